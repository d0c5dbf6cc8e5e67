"""The explanation of a bar that the user pins: by the chart's crosshair, from the log, and back to the newest."""
import datetime
import json
import os
import re
import subprocess

from harness import (BARSCOPE, click, expect, find, focus, frame, is_shown, key, label, position, run, state_is, wait_for,
                     walk)

SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "resources")
PINNED = r"^Bar of [-0-9]+ [:0-9]+$"  # the signal's own line has the zone, too


def start(program, folder):
    root = wait_for("the window with the sample", lambda: frame("Sample"))
    state_is(root, r"^replaying")
    focus("Sample")
    key("ctrl+space")
    state_is(root, r"^paused$")
    return root


def to_chart(root):
    click(wait_for("the chart", lambda: find(root, "image", "^(Price c|C)hart")))


def description(root):
    """What the panel tells, as a dictionary of parts, or the sentence that says why not."""
    text = find(root, "image|panel", "Why") or next(node for node in walk(root) if node.name.startswith("Why: "))
    return text.description


def parts(text):
    return {name.strip(): float(value) for name, value in re.findall(r"([A-Za-z0-9 ]+) ([+-][0-9.]+)", text)}


def explained_by_command(row):
    done = subprocess.run([BARSCOPE, "explain", os.path.join(SAMPLES, "sample-1m.csv.gz"), "--secondary",
                           os.path.join(SAMPLES, "sample-5m.csv.gz"), "--row", str(row), "--format", "json"],
                          capture_output=True, text=True, timeout=120, check=True)
    return json.loads(done.stdout)


def pinned_time(root):
    text = label(root, PINNED)
    return text.removeprefix("Bar of ") if text is not None else None


def test_chart(root, folder):
    expect(pinned_time(root) is None, "nothing is pinned at first")
    newest = description(root)
    to_chart(root)
    key("Left", "Left", "ctrl+Left", "e")
    time = wait_for("the pinned bar", lambda: pinned_time(root))
    told = wait_for("its explanation", lambda: parts(description(root)) if "+" in description(root) and description(root) != newest else None)
    # The bar of that time: the sample has a bar a minute, with a few missing.
    row = position(root) - 1
    at = datetime.datetime.fromisoformat(time + "+00:00")
    for _ in range(5):
        by_command = explained_by_command(row)
        off = round((datetime.datetime.fromisoformat(by_command["time"].replace("Z", "+00:00")) - at).total_seconds() / 60)
        if off == 0:
            break
        row -= off
    expect(off == 0, f"the bar of {time}: {by_command['time']} is row {row}")
    features = {name.replace("_", " "): value for name, value in by_command["features"].items()}
    groups = {"Hurst": "hurst", "ATR": "atr", "Rolling statistics": "rolling", "Order flow": "flow", "Secondary series": "secondary"}
    expect(len(told) == 10, f"five features and five groups: {told}")
    for name, value in told.items():
        wanted = by_command["groups"][groups[name]] if name in groups else features[name]
        expect(abs(value - wanted) <= 0.0051, f"{name}: {value} in the window, {wanted} by the command")
    # The same key once more: the newest again.
    key("e")
    wait_for("no pinned bar", lambda: pinned_time(root) is None)
    wait_for("the newest one's explanation", lambda: description(root) == newest)


def test_back(root, folder):
    for back in ("Newest", "End"):
        key("Left", "Left", "e")
        wait_for("the pinned bar", lambda: pinned_time(root))
        if back == "End":
            key("End")
        else:
            button = wait_for("the button", lambda: find(root, "push button", "^Explain the newest signal again$"))
            button.queryAction().doAction(0)
            to_chart(root)
        wait_for("no pinned bar", lambda: pinned_time(root) is None)


def test_too_early(root, folder):
    find(root, "slider", "Replay position").queryValue().currentValue = 10
    wait_for("10 bars", lambda: position(root) == 10)
    to_chart(root)
    key("Home", "Left", "e")
    wait_for("the pinned bar", lambda: pinned_time(root))
    wait_for("why not", lambda: re.search(r"no signal: 1[0-9] bars too early", description(root)))


def test_log(root, folder):
    find(root, "slider", "Replay position").queryValue().currentValue = 1500
    wait_for("1,500 bars", lambda: position(root) == 1500)
    state_is(root, r"^paused$")
    key("alt+3")
    click(wait_for("the log", lambda: next((n for n in walk(root) if n.name == "Signal log" and n.getRoleName() == "table"
                                            and is_shown(n)), None)))
    key("Down", "Down", "e")
    wait_for("the pinned bar", lambda: pinned_time(root))
    wait_for("its explanation", lambda: "+" in description(root))


def test_quit(root, folder):
    key("ctrl+q")


if __name__ == "__main__":
    run(start, [test_chart, test_back, test_too_early, test_log, test_quit])
