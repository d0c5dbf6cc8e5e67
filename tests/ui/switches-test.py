"""Every row of the switch panel moved by its own control while bars come at 100 a second: the lab runs beside it, no bar is lost,
each change leaves its mark on the latency page, and what was recorded of it all replays to the bit."""

import json
import os
import re
import subprocess
import tempfile
import time

import pyatspi

from harness import (BARSCOPE, Program, application, expect, find, focus, frame, has_state, key, label, position, press, run,
                     state, state_is, test_names, wait_for, walk, xdotool)


def start(program, folder):
    root = wait_for("the window with the bars", lambda: frame("made-up"))
    state_is(root, r"^ended$")
    focus("made-up")
    find(root, "slider", "Replay position").queryValue().currentValue = 600
    wait_for("600 bars", lambda: position(root) == 600)
    key("ctrl+space")
    state_is(root, r"^replaying")

    def speed():
        named = re.search(r"(\d+) bars?/s", state(root))
        return int(named.group(1)) if named else 1000000

    while speed() != 100:
        at = speed()
        key("ctrl+Up" if at < 100 else "ctrl+Down")
        wait_for("another speed", lambda: speed() != at)
    return root


controls = {}


def control(root, name, roles=("toggle button", "switch", "check box")):
    """A row's control; found once."""
    if (name, roles) not in controls:
        controls[(name, roles)] = wait_for(
            name, lambda: [node for node in walk(root) if node.name == name and node.getRoleName() in roles][-1])
    return controls[(name, roles)]


def flip(root, name, on):
    switch = control(root, name)
    wait_for(f"{name} to be sensitive", lambda: has_state(switch, pyatspi.STATE_SENSITIVE))
    if has_state(switch, pyatspi.STATE_CHECKED) != on:
        switch.queryAction().doAction(0)
    wait_for(f"{name} to turn {'on' if on else 'off'}", lambda: has_state(switch, pyatspi.STATE_CHECKED) == on)


def bars_go_on(root, n=30):
    at = position(root)
    wait_for("bars to go on", lambda: position(root) > at + n)


def choose(root, name, value, step):
    """Opens the drop-down of a row by the keyboard and goes step entries on."""
    button = control(root, name, ("push button",))
    wait_for(f"{name} to be sensitive", lambda: has_state(button, pyatspi.STATE_SENSITIVE))
    # With the focus the sidebar scrolls there; GTK complains of a list that opens beyond the screen.
    for _ in range(80):
        if has_state(button, pyatspi.STATE_FOCUSED):
            break
        key("Tab")
    expect(has_state(button, pyatspi.STATE_FOCUSED), f"Tab leads to {name}")
    time.sleep(0.3)
    key("space")
    time.sleep(0.7)
    for _ in range(abs(step)):
        key("Down" if step > 0 else "Up")
    key("Return")
    wait_for(f"{name} to be {value}", lambda: find(control(root, name, ("combo box",)), "label", f"^{value}$"))


def test_record_begins(root, folder):
    focus("made-up")
    key("ctrl+shift+r")
    wait_for("the file chooser", lambda: find(application(), "label", "^Recordings$")
             or find(application(), "combo box", "Recordings") or len(list(application())) > 1)
    time.sleep(1.0)
    xdotool("type", "--delay", "20", os.path.join(folder, "switches"))
    time.sleep(0.3)
    key("Return")
    wait_for("that it says so", lambda: label(root, r"Recording 0:0[0-9]$"))


def test_lab_beside(root, folder):
    focus("made-up")
    key("alt+4")
    for name, value in (("Rounds", 1000), ("Newest bars", 400)):
        wait_for(name, lambda: find(root, "spin button", f"^{name}$")).queryValue().currentValue = value
    press(root, "Run")
    wait_for("a round", lambda: label(root, r"%, round [2-9]"))
    key("alt+2")
    wait_for("the latency page", lambda: find(root, "push button", "^Before/After$"))


def test_booleans(root, folder):
    for name in ("Hurst cache", "Vector ATR", "Batch", "Timing"):
        before = has_state(control(root, name), pyatspi.STATE_CHECKED)
        flip(root, name, not before)
        flip(root, name, before)
    bars_go_on(root)


def test_what_needs_others(root, folder):
    flip(root, "Fused network", False)
    flip(root, "Inference mode", False)
    bars_go_on(root)
    flip(root, "Inference mode", True)
    flip(root, "Fused network", True)
    flip(root, "Incremental", False)
    flip(root, "Tail window", True)
    bars_go_on(root)
    flip(root, "Tail window", False)
    flip(root, "Incremental", True)
    flip(root, "Pruned network", True)
    bars_go_on(root)
    flip(root, "Pruned network", False)
    tail = control(root, "Tail window")
    wait_for("tail-window to be ruled out", lambda: not has_state(tail, pyatspi.STATE_SENSITIVE))
    # The reason is to be read, and not as faint as what cannot be used.
    reason = find(root, "label", "^With incremental=on ")
    expect(reason is not None and has_state(reason, pyatspi.STATE_SENSITIVE), "the reason can be read")


def test_integer(root, folder):
    spin = wait_for("the field", lambda: find(root, "spin button", "^Hurst every"))
    for value in (3, 10):
        spin.queryValue().currentValue = value
        wait_for(f"{value}", lambda: spin.queryValue().currentValue == value)
        bars_go_on(root, 10)


def test_choices(root, folder):
    choose(root, "Precision", "int8", 1)
    bars_go_on(root)
    choose(root, "Precision", "fp32", -1)
    choose(root, "Backend", "reference", 1)
    bars_go_on(root)
    if os.environ.get("BARSCOPE_VULKAN") != "off" and "vulkan       available" in subprocess.run(
            [BARSCOPE, "info"], capture_output=True, text=True, check=True).stdout:
        choose(root, "Backend", "vulkan", 1)
        choose(root, "Precision", "fp16", 2)
        bars_go_on(root, 5)
        choose(root, "Precision", "fp32", -2)
        choose(root, "Backend", "reference", -1)
    choose(root, "Backend", "cpu", -1)
    bars_go_on(root)


def test_marks(root, folder):
    """What was changed is there to be compared: the stretches between the marks."""
    before_after = find(root, "push button", "^Before/After$")
    wait_for("switches to compare", lambda: has_state(before_after, pyatspi.STATE_SENSITIVE))
    before_after.queryAction().doAction(0)
    wait_for("the comparison", lambda: label(root, r"(?s)^A: \d+: .*\nB: \d+: after backend.* predictions?, median"))


def test_cancel_lab(root, folder):
    focus("made-up")
    key("alt+4")
    if find(root, "label", r"%, round"):
        press(root, "Cancel the run")
        wait_for("what was measured until then", lambda: label(root, r"^Cancelled after \d+ of 1000 rounds$"))


def test_replay(root, folder):
    focus("made-up")
    key("ctrl+shift+r")
    path = os.path.join(folder, "switches.bsrec")
    wait_for("the recording's end", lambda: '"kind":"end"' in open(path).read())
    replay = subprocess.run([BARSCOPE, "replay", "--format", "json", path],
                            capture_output=True, text=True, timeout=180, check=False)
    expect(replay.returncode == 0, f"it is the same to the bit: {replay.stdout}{replay.stderr[-500:]}")
    outcome = json.loads(replay.stdout)
    expect(outcome["bars"] > 200 and outcome["bars"] == outcome["same_bits"] and outcome["switches"] >= 16, replay.stdout)
    # None was lost and none came twice: indices and times follow each other.
    with open(path) as file:
        bars = [entry for entry in map(json.loads, file) if entry.get("kind") == "bar"]
    first = bars[0]["index"]
    expect([bar["index"] for bar in bars] == list(range(first, first + len(bars))), "indices follow each other")
    expect(all("signal" in bar for bar in bars), "each bar has its answer")


def test_quit(root, folder):
    focus("made-up")
    key("ctrl+q")


def stored_backend(folder):
    """What was set on a machine with a GPU cannot be had without one: said, and the CPU answers."""
    settings = os.path.join(os.environ["XDG_CONFIG_HOME"], "glib-2.0", "settings")
    os.makedirs(settings, exist_ok=True)
    with open(os.path.join(settings, "keyfile"), "w") as file:
        file.write("[org/barscope/Barscope/options]\nbackend='vulkan'\n")
    os.environ["BARSCOPE_VULKAN"] = "off"
    program = Program()
    root = wait_for("the window with the sample", lambda: frame("Sample"))
    wait_for("that it says so", lambda: label(root, r"^As last time, but backend=vulkan cannot be had: switched off"))
    state_is(root, r"^replaying")
    focus("Sample")
    key("ctrl+q")
    expect(program.wait() == 0, "it ends")
    expect(not program.complaints(), "no warning")


TESTS = [test_record_begins, test_lab_beside, test_booleans, test_what_needs_others, test_integer, test_choices, test_marks,
         test_cancel_lab, test_names, test_replay, test_quit]
# See harness.run().
SHORT = [test_booleans, test_what_needs_others, test_integer, test_quit]

if __name__ == "__main__":
    # Bars for some ten minutes.
    with tempfile.TemporaryDirectory() as bars:
        path = os.path.join(bars, "made-up-1m.csv")
        subprocess.run([BARSCOPE, "generate", "--bars", "60000", "-o", path], check=True)
        run(start, TESTS, arguments=[path], short=SHORT, afterwards=[stored_backend])
