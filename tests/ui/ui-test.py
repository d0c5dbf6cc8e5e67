"""The window as it opens: replay, chart, pages, switches, files. What is not said here: harness.py."""

import gzip
import json
import os
import re
import subprocess
import time

import pyatspi

from harness import (BARSCOPE, PATIENCE, application, click, expect, find, focus, frame, frames, has_state, key,
                     label, place, position, press, run, save_as, size, state, state_is, test_names, wait_for, walk,
                     write_bars, xdotool)


def test_start(program, folder):
    root = wait_for("the window with the sample", lambda: frame("Sample"))
    expect("1 min" in root.name, f"the title names the bar length: {root.name}")
    state_is(root, r"^replaying")
    first = wait_for("a position", lambda: position(root))
    wait_for("bars to stream in", lambda: position(root) > first)
    wait_for("the newest signal", lambda: find(root, "label", r"(?i)\b(short|hold|long)\b"))
    focus("Sample")
    key("Super_L")
    return root


def test_play_and_pause(root, folder):
    focus("Sample")
    expect(find(root, "push button", "^Pause$"), "the button says Pause while it plays")
    key("ctrl+space")
    state_is(root, r"^paused$")
    expect(find(root, "push button", "^Play$"), "the button says Play while it rests")
    time.sleep(0.5)  # what was on its way
    at = position(root)
    time.sleep(0.7)
    expect(position(root) == at, "a paused replay stands still")
    key("ctrl+Right")
    wait_for("one bar more", lambda: position(root) == at + 1)
    key("ctrl+Right", "ctrl+Right")
    wait_for("two bars more", lambda: position(root) == at + 3)
    key("ctrl+space")
    state_is(root, r"^replaying")
    wait_for("it to play on", lambda: position(root) > at + 3)


def test_plain_keys(root, folder):
    """Without a modifier, with the focus on the chart."""
    chart = find(root, "image", "^Price chart$")
    expect(chart, "there is a chart")
    focus("Sample")
    click(chart)
    state_is(root, r"^replaying")
    key("space")
    state_is(root, r"^paused$")
    time.sleep(0.5)
    at = position(root)
    key("period")
    wait_for("one bar more", lambda: position(root) == at + 1)
    key("space")
    state_is(root, r"^replaying")


def test_speed(root, folder):
    focus("Sample")
    state_is(root, r"^replaying, 10 bars/s")
    key("ctrl+Up")
    state_is(root, r"^replaying, 20 bars/s")
    expect(find(root, "push button", "Replay speed: 20 bars/s"), "the button says the speed")
    key("ctrl+Down", "ctrl+Down")
    state_is(root, r"^replaying, 5 bars/s")
    # Multiples of real time, from the menu; the keys stay with them.
    def choose(title):
        inner = [node for node in walk(root) if node.name.startswith("Replay speed: ") and has_state(node, pyatspi.STATE_FOCUSABLE)]
        inner[0].queryAction().doAction(0)
        item = wait_for(title, lambda: [node for node in walk(root) if node.name == title and "menu item" in node.getRoleName()])
        item[0].queryAction().doAction(0)

    choose("600×")
    state_is(root, r"^replaying, 600× real time")
    key("ctrl+Down")
    state_is(root, r"^replaying, 60× real time")
    expect(find(root, "push button", "Replay speed: 60× real time"), "the button says the speed")
    choose("10 bars/s")
    state_is(root, r"^replaying, 10 bars/s")


def test_seek(root, folder):
    focus("Sample")
    key("ctrl+space")
    state_is(root, r"^paused$")
    slider = find(root, "slider", "Replay position")
    expect(slider, "there is a slider")
    slider.queryValue().currentValue = 400
    wait_for("400 bars", lambda: position(root) == 400)
    wait_for("the 400th bar's time", lambda: label(root, r"^2024-01-04 05:40:00 UTC$"))
    state_is(root, r"^paused$")
    slider.queryValue().currentValue = 2500
    wait_for("2,500 bars", lambda: position(root) == 2500)
    state_is(root, r"^paused$")
    slider.queryValue().currentValue = 5000
    state_is(root, r"^ended$")
    key("ctrl+space")
    state_is(root, r"^replaying")
    expect(position(root) < 3000, "play begins anew at the end")


def test_zoom_and_pan(root, folder):
    """The chart says what it shows: see its description."""
    focus("Sample")
    chart = wait_for("the chart", lambda: find(root, "image", "^Price chart$"))
    key("ctrl+space")
    state_is(root, r"^paused$")

    def at_crosshair():
        return chart.description

    click(chart)
    key("ctrl+End")
    key("Left")
    before = wait_for("the crosshair's text", at_crosshair)
    key("Left")
    wait_for("the crosshair to move", lambda: at_crosshair() not in ("", before))
    for action in ("ctrl+plus", "ctrl+minus", "ctrl+0", "alt+Left", "alt+Right", "ctrl+Home", "ctrl+End"):
        key(action)
    xdotool("mousemove", *place(chart, 0.5, 0.3), "click", "4", "click", "4", "click", "5")
    xdotool("mousemove", *place(chart, 0.5, 0.3), "mousedown", "1")
    xdotool("mousemove", *place(chart, 0.6, 0.3), "mouseup", "1")
    xdotool("mousemove", *place(chart, 0.4, 0.3))
    wait_for("a text under the mouse", at_crosshair)
    key("ctrl+End", "ctrl+space")
    state_is(root, r"^replaying")


def export_button(root, latency):
    """The button of the latency page's menu, or of the lab's."""
    for node in walk(root):
        if node.name == "Export" and has_state(node, pyatspi.STATE_FOCUSABLE) \
           and node.parent.name == ("Export latency" if latency else "Export what was measured"):
            return node
    return None


def selected_page(root):
    for node in walk(root):
        if node.getRoleName() in ("radio button", "toggle button", "page tab") and node.name in ("Chart", "Latency", "Log", "Lab"):
            if has_state(node, pyatspi.STATE_CHECKED) or has_state(node, pyatspi.STATE_PRESSED) \
               or has_state(node, pyatspi.STATE_SELECTED):
                return node.name
    return None


def test_pages(root, folder):
    focus("Sample")
    for shortcut, name in (("alt+2", "Latency"), ("alt+3", "Log"), ("alt+4", "Lab"), ("alt+1", "Chart")):
        key(shortcut)
        wait_for(f"the page {name}", lambda: selected_page(root) == name)


def test_lab(root, folder):
    """An ablation beside the replay: run and cancelled, run to its end, exported."""
    focus("Sample")
    key("alt+4")
    wait_for("the lab", lambda: selected_page(root) == "Lab")
    for name, value in (("Rounds", 1000), ("Newest bars", 400)):
        wait_for(name, lambda: find(root, "spin button", f"^{name}$")).queryValue().currentValue = value
    press(root, "Run")
    wait_for("a round", lambda: label(root, r"%, round [2-9]"))
    press(root, "Cancel the run")
    wait_for("what was measured until then", lambda: label(root, r"^Cancelled after \d+ of 1000 rounds$"))
    wait_for("its comparisons", lambda: find(root, "list item", r"^tail-window=on: "))

    row = find(root, "list item", r"^incremental=off: ")
    expect("ratio" in row.name and "agree" in row.name, f"speed and answer are told: {row.name}")
    expect(find(root, "list item", r"^prune=on: "), "the pruned network has its row")
    expect(find(root, "image", "^Times of two runs$").description, "the histogram is told in words")

    at = position(root)
    press(find(root, "combo box", "^Plan$"), "Plan")
    time.sleep(0.5)
    key("Down", "Down", "Down", "Return")
    wait_for("a field for the values", lambda: find(root, "text", "^Option and values"))
    find(root, "spin button", "^Rounds$").queryValue().currentValue = 6
    press(root, "Run")
    wait_for("the end of the run", lambda: label(root, r"^6 rounds in "))
    wait_for("its comparisons", lambda: find(root, "list item", r"^hurst-every=50: "))
    wait_for("what it measured, beside the switch", lambda: label(root, r"50: .*, not .*confidence ±"))
    wait_for("the replay to have gone on", lambda: position(root) > at)
    test_names(root, folder)
    for item, name in (("JSON", "lab.json"), ("Picture", "lab.png")):
        wait_for("the button", lambda: export_button(root, False)).queryAction().doAction(0)
        entry = wait_for(f"the menu item {item}", lambda: find(root, "menu item", f"^{item}"))
        entry.queryAction().doAction(0)
        path = os.path.join(folder, name)
        save_as(path)
        wait_for("the toast", lambda: label(root, f"^Saved {name}$"))
    again = subprocess.run([BARSCOPE, "ablate", "--repeat", os.path.join(folder, "lab.json"), "--format", "csv"],
                           capture_output=True, text=True, timeout=4 * PATIENCE, check=False)
    expect(again.returncode == 0 and "hurst-every=50" in again.stdout, f"the report can be repeated: {again.stderr}")
    with open(os.path.join(folder, "lab.png"), "rb") as picture:
        expect(picture.read(8) == b"\x89PNG\r\n\x1a\n", "the picture is a PNG")
    focus("Sample")
    key("alt+1")
    wait_for("the chart", lambda: selected_page(root) == "Chart")


def test_sidebar_and_full_screen(root, folder):
    focus("Sample")
    button = find(root, "toggle button", "^Sidebar$") or find(root, "push button", "^Sidebar$")
    expect(button, "there is a button for the sidebar")

    def shown():
        return has_state(button, pyatspi.STATE_PRESSED) or has_state(button, pyatspi.STATE_CHECKED)

    before = shown()
    key("F9")
    wait_for("the sidebar to change", lambda: shown() != before)
    key("F9")
    wait_for("the sidebar to change back", lambda: shown() == before)
    window = focus("Sample")
    before = size(window)
    key("F11")
    wait_for("full screen", lambda: size(window) == (1366, 768))
    key("F11")
    wait_for("the old size", lambda: size(window) == before)


def test_option(root, folder):
    """A switch takes effect between two bars."""
    switch = wait_for("the switch of the Hurst cache", lambda: find(root, "toggle button", "^Hurst cache")
                      or find(root, "switch", "^Hurst cache") or find(root, "check box", "^Hurst cache"))
    before = has_state(switch, pyatspi.STATE_CHECKED)
    switch.queryAction().doAction(0)
    wait_for("the switch to change", lambda: has_state(switch, pyatspi.STATE_CHECKED) != before)
    switch.queryAction().doAction(0)
    wait_for("the switch to change back", lambda: has_state(switch, pyatspi.STATE_CHECKED) == before)


def switches_of(root, names):
    """The switches of that name, in one walk."""
    found = {}
    for node in walk(root):
        if node.getRoleName() in ("toggle button", "switch", "check box"):
            found.update({name: node for name in names if node.name.startswith(name)})
    return found if len(found) == len(names) else None


def flip(switch, on):
    """Flips a switch unless it is so already, and waits for the session's word."""
    if has_state(switch, pyatspi.STATE_CHECKED) == on:
        return
    wait_for(f"{switch.name} to be sensitive", lambda: has_state(switch, pyatspi.STATE_SENSITIVE))
    switch.queryAction().doAction(0)
    wait_for(f"{switch.name} to turn {'on' if on else 'off'}",
             lambda: has_state(switch, pyatspi.STATE_CHECKED) == on)


def test_switches_rule_out(root, folder):
    """What cannot be had with another switch is insensitive and says why, or gives way to it; bars go on."""
    names = ["Tail window", "Incremental", "Inference mode", "Fused network", "Pruned network"]
    switches = wait_for("all switches", lambda: switches_of(root, names))

    def sensitive(name):
        return has_state(switches[name], pyatspi.STATE_SENSITIVE)

    expect(not sensitive("Tail window"), "with incremental on there is no tail to compute")
    wait_for("the row to say so", lambda: label(root, "^With incremental=on "))
    flip(switches["Pruned network"], True)
    flip(switches["Pruned network"], False)

    expect(not sensitive("Inference mode"), "with fused on activations cannot be kept")
    flip(switches["Fused network"], False)
    flip(switches["Inference mode"], False)
    wait_for("fused to be ruled out", lambda: not sensitive("Fused network"))
    flip(switches["Inference mode"], True)
    flip(switches["Fused network"], True)

    expect(not sensitive("Tail window"), "with incremental on there is no tail")
    flip(switches["Incremental"], False)
    flip(switches["Tail window"], True)
    # What the tail needs is taken from it: it gives way.
    flip(switches["Incremental"], True)
    wait_for("the tail to give way", lambda: not has_state(switches["Tail window"], pyatspi.STATE_CHECKED))

    at = position(root)
    wait_for("bars to go on", lambda: position(root) > at + 5)


def test_fidelity(root, folder):
    """The answers are compared with the plain path, and it is said beside the state and in the sidebar."""
    wait_for("the figure under the title", lambda: label(root, r"^ΔP .*%"))
    wait_for("the words in the sidebar", lambda: label(root, r"^Within the limit of .* compared$"))


def test_record(root, folder):
    """A session is recorded while switches are flipped, and replayed to the bit."""
    focus("Sample")
    state_is(root, r"^replaying")
    key("ctrl+shift+r")
    wait_for("the file chooser", lambda: find(application(), "label", "^Recordings$")
             or find(application(), "combo box", "Recordings") or len(list(application())) > 1)
    time.sleep(1.0)
    # What is selected is the name without its end, which stays.
    xdotool("type", "--delay", "20", os.path.join(folder, "session"))
    time.sleep(0.3)
    key("Return")
    wait_for("that it says so", lambda: label(root, r"Recording 0:0[1-9]$"))
    switch = find(root, "toggle button", "^Hurst cache") or find(root, "switch", "^Hurst cache") \
        or find(root, "check box", "^Hurst cache")
    for _ in range(2):
        before = has_state(switch, pyatspi.STATE_CHECKED)
        switch.queryAction().doAction(0)
        wait_for("the switch to change", lambda: has_state(switch, pyatspi.STATE_CHECKED) != before)
        time.sleep(0.5)
    focus("Sample")
    key("ctrl+shift+r")
    path = os.path.join(folder, "session.bsrec")
    wait_for("the recording's end", lambda: '"kind":"end"' in open(path).read())
    wait_for("that it no longer records", lambda: not label(root, r"Recording 0:"))
    replay = subprocess.run([BARSCOPE, "replay", "--format", "json", path],
                            capture_output=True, text=True, timeout=PATIENCE, check=False)
    expect(replay.returncode == 0, f"it is the same to the bit: {replay.stdout}{replay.stderr[-500:]}")
    outcome = json.loads(replay.stdout)
    expect(outcome["ended"] and outcome["bars"] > 5 and outcome["bars"] == outcome["same_bits"]
           and outcome["switches"] == 2, replay.stdout)

    opened = subprocess.run([BARSCOPE, path], timeout=PATIENCE, check=False)
    expect(opened.returncode == 0, "a recording is opened")
    # Asked of the X server: the accessibility bus sometimes learns late of a window that another process has asked for.

    def n_windows():
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "^Sample .* Barscope$"],
                               capture_output=True, text=True, timeout=PATIENCE, check=False)
        return len(found.stdout.split())

    wait_for("its window, which bears the name of what was recorded", lambda: n_windows() == 2)
    time.sleep(1.0)
    key("ctrl+w")
    wait_for("it to close", lambda: n_windows() == 1)
    focus("Sample")


# Flipped while bars come fast: those that can be as they stand; test_switches_rule_out flips what they rule out.
SWITCHES = ("Hurst cache", "Vector ATR", "Incremental", "Fused network", "Batch", "Timing")


def test_latency_page(root, folder):
    """Switches are flipped while bars come fast; what was before a switch is compared with what is after it, two
    ranges with each other, and it is all exported."""
    focus("Sample")
    find(root, "slider", "Replay position").queryValue().currentValue = 1500
    state_is(root, r"^replaying")

    def speed():  # bars a second; a state that names none is that of the highest
        named = re.search(r"(\d+) bars?/s", state(root))
        return int(named.group(1)) if named else 1000000

    while speed() != 100:
        at = speed()
        key("ctrl+Up" if at < 100 else "ctrl+Down")
        wait_for("another speed", lambda: speed() != at)
    key("alt+2")
    before_after = wait_for("the page", lambda: find(root, "push button", "^Before/After$"))

    def switches_shown():
        found = [node for node in walk(root) if node.name in SWITCHES and has_state(node, pyatspi.STATE_SENSITIVE)
                 and node.getRoleName() in ("toggle button", "switch", "check box")]
        return found if len(found) == len(SWITCHES) else None

    switches = wait_for("the switches", switches_shown)
    for node in switches:
        if not has_state(node, pyatspi.STATE_SENSITIVE):  # one switch may rule another out
            continue
        before = has_state(node, pyatspi.STATE_CHECKED)
        for wanted in (not before, before):
            node.queryAction().doAction(0)
            wait_for(f"{node.name} to change", lambda: has_state(node, pyatspi.STATE_CHECKED) == wanted)
    at = position(root)
    wait_for("bars to go on", lambda: position(root) > at + 50)

    wait_for("switches to compare", lambda: has_state(before_after, pyatspi.STATE_SENSITIVE))
    before_after.queryAction().doAction(0)
    wait_for("the comparison", lambda: label(root, r"(?s)^A: \d+: .*\nB: \d+: after .* predictions?, median"))

    def shown(name):
        return wait_for(name, lambda: [node for node in walk(root) if node.name == name][-1])

    timeline = shown("Latency by stage")
    shown("A drag selects A").queryAction().doAction(0)
    for side, part in (("A", 0.2), ("B", 0.6)):
        xdotool("mousemove", *place(timeline, part, 0.4), "mousedown", "1")
        xdotool("mousemove", *place(timeline, part + 0.1, 0.4))
        xdotool("mousemove", *place(timeline, part + 0.2, 0.4))
        xdotool("mouseup", "1")
        wait_for(f"range {side}", lambda: label(root, rf"(?s)(^|\n){side}: Range – .* predictions?, median"))
    # And by the keyboard: a range between two places of the cursor.
    key("a", "Left", "Left", "Left", "a")
    wait_for("the range of four", lambda: label(root, r"(?s)^A: Range – \d+ predictions?, median"))

    for item, name, starts in (("CSV", "l.csv", b"prediction,bar,"), ("JSON", "l.json", b"[\n"), ("PNG", "l.png", b"\x89PNG")):
        path = os.path.join(folder, name)
        wait_for("the button", lambda: export_button(root, True)).queryAction().doAction(0)
        choice = wait_for(f"the menu's {item}", lambda: find(root, "menu item", rf"\({item}\)"))
        choice.queryAction().doAction(0)
        save_as(path)
        wait_for(f"{name} to be written", lambda: os.path.exists(path))
        with open(path, "rb") as file:
            expect(file.read(len(starts)) == starts, f"{name} is what it says")
    wait_for("the toast", lambda: label(root, r"^Exported"))
    wait_for("it to go", lambda: not label(root, r"^Exported"))
    key("alt+1")


def test_shortcuts_window(root, folder):
    focus("Sample")
    key("ctrl+question")
    wait_for("the shortcuts window", lambda: find(application(), "label", "^Play or pause$"))
    time.sleep(0.3)
    key("Escape")
    wait_for("it to close", lambda: not find(application(), "label", "^Play or pause$"))


def test_open_by_chooser(root, folder):
    path = os.path.join(folder, "ES-1m.csv")
    write_bars(path, 600, bad=(50, 51, 300))
    write_bars(os.path.join(folder, "ES-5m.csv"), 120)
    focus("Sample")
    key("ctrl+o")
    wait_for("the file chooser", lambda: find(application(), "label", "^Price bars$")
             or find(application(), "combo box", "Price bars") or len(list(application())) > 1)
    time.sleep(1.0)
    xdotool("type", "--delay", "20", path)
    time.sleep(0.3)
    key("Return")
    # A new file: how it would be read is shown first; Open has the keyboard.
    wait_for("the page before opening", lambda: label(root, r"^Open ES.*\?$"))
    key("Return")
    es = wait_for("the window to show ES", lambda: frame("ES"))
    expect("1 min" in es.name, es.name)
    wait_for("the toast", lambda: label(es, r"^Loaded 597 bars, 3 rows refused"))
    state_is(es, r"^ended$")
    expect(position(es) == 597, f"all bars are shown: {position(es)}")


def test_file_details(root, folder):
    focus("ES")
    key("ctrl+i")
    wait_for("the refused rows", lambda: find(application(), "label", r"^Line 52: "))
    time.sleep(0.3)
    key("Escape")
    wait_for("it to close", lambda: not find(application(), "label", r"^Line 52: "))


def test_open_by_command_line(root, folder):
    """A second start opens a second window in the program that runs; what cannot be read is said in place."""
    bad = os.path.join(folder, "bad.csv")
    with open(bad, "w") as file:
        file.write("what,is,this\n1,2,3\n")
    second = subprocess.run([BARSCOPE, bad], timeout=PATIENCE, check=False)
    expect(second.returncode == 0, "the second start succeeds")
    wait_for("the error page", lambda: find(application(), "label", r"^bad\.csv Cannot Be Opened$"))
    wait_for("what was expected", lambda: find(application(), "label", r"expected"))
    expect(len(frames()) == 2, "there are two windows")
    window = focus("^Barscope$")
    expect(window, "the new window has its own title")
    key("ctrl+w")
    wait_for("it to close", lambda: len(frames()) == 1)


def test_cancel_load(root, folder):
    """A load that takes its time shows how far it is, and can be given up."""
    slow = os.path.join(folder, "slow.csv.gz")
    blank = gzip.compress(b"\n" * (16 << 20))
    with open(slow, "wb") as file:
        file.write(gzip.compress(b"time,open,high,low,close\n2024-01-02T00:00:00Z,1,1,1,1\n") + blank * 64)
    second = subprocess.run([BARSCOPE, slow], timeout=PATIENCE, check=False)
    expect(second.returncode == 0, "the second start succeeds")
    wait_for("the progress", lambda: find(application(), "label", r"^Loading slow\.csv\.gz$"))
    expect(find(application(), "progress bar", "^Progress of loading$"), "there is a progress bar")
    focus("^Barscope$")
    find(application(), "push button", "^Cancel$").queryAction().doAction(0)
    wait_for("the empty page", lambda: find(application(), "label", "^No Bars Yet$"))
    key("ctrl+w")
    wait_for("the window to close", lambda: len(frames()) == 1)


def test_close_bars(root, folder):
    focus("ES")
    key("ctrl+shift+w")
    empty = wait_for("the empty page", lambda: find(application(), "label", "^No Bars Yet$"))
    expect(empty, "it says that there are no bars")
    for node in walk(application()):
        if node.getRoleName() == "push button" and node.name == "Show the Sample":
            node.queryAction().doAction(0)
            break
    state_is(wait_for("the sample", lambda: frame("Sample")), r"^(replaying|computing)")


def test_quit(root, folder):
    focus("Sample")
    key("ctrl+q")


TESTS = [
    test_play_and_pause,
    test_plain_keys,
    test_speed,
    test_seek,
    test_zoom_and_pan,
    test_pages,
    test_lab,
    test_sidebar_and_full_screen,
    test_option,
    test_switches_rule_out,
    test_fidelity,
    test_record,
    test_latency_page,
    test_shortcuts_window,
    test_names,
    test_open_by_chooser,
    test_file_details,
    test_open_by_command_line,
    test_cancel_load,
    test_close_bars,
    test_quit,
]

# See run().
SHORT = [
    test_play_and_pause,
    test_plain_keys,
    test_speed,
    test_seek,
    test_pages,
    test_option,
    test_switches_rule_out,
    test_fidelity,
    test_shortcuts_window,
    test_names,
    test_quit,
]


def screenshot(folder):
    picture = os.path.join(folder, "picture.png")
    shot = subprocess.run([BARSCOPE, "--screenshot", picture, "--after", "1", "--size", "1000x700"],
                          capture_output=True, text=True, timeout=PATIENCE, check=False)
    expect(shot.returncode == 0, f"exit {shot.returncode}: {shot.stderr[-500:]}")
    expect(open(picture, "rb").read(8) == b"\x89PNG\r\n\x1a\n", "it is a PNG")
    refused = subprocess.run([BARSCOPE, "--screenshot", os.path.join(folder, "no", "such", "folder.png"), "--after", "0.5"],
                             capture_output=True, text=True, timeout=PATIENCE, check=False)
    expect(refused.returncode == 1 and "folder.png" in refused.stderr,
           f"a picture that cannot be written: exit {refused.returncode}: {refused.stderr[-500:]}")


if __name__ == "__main__":
    run(test_start, TESTS, short=SHORT, afterwards=[screenshot])
