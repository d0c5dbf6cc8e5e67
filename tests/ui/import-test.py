"""The page before a file is opened: chosen, another zone, the first bar's time, cancelled, opened, by the keyboard alone; and the signal
log sorted, filtered and exported."""

import csv
import json
import os
import re
import time

import pyatspi

from harness import (application, click, expect, find, focus, frame, key, label, run, save_as, state_is, wait_for, walk,
                     write_bars, xdotool)


def test_start(program, folder):
    root = wait_for("the window with the sample", lambda: frame("Sample"))
    state_is(root, r"^(replaying|paused)")
    focus("Sample")
    return root


def choose(root, path):
    key("ctrl+o")
    wait_for("the file chooser", lambda: find(application(), "label", "^Price bars$")
             or find(application(), "combo box", "Price bars") or len(list(application())) > 1)
    time.sleep(1.0)
    xdotool("type", "--delay", "20", path)
    time.sleep(0.3)
    key("Return")


def first_times(root):
    """The first bar's time as the file has it, and on the chart."""
    times = [node.name for node in walk(root) if node.getRoleName() == "label" and re.match(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$", node.name)]
    return times[:2]


def test_cancel(root, folder):
    path = os.path.join(folder, "ES-1m.csv")
    write_bars(path, 300, bad=(50, 51))
    choose(root, path)
    wait_for("the page", lambda: label(root, r"^Open ES-1m.csv\?$"))
    wait_for("what was found", lambda: label(root, "generic, told by the names"))
    expect(label(root, r"^2 of 300 rows would be left out"), "refused rows are counted")
    expect(label(root, "^Line 52$"), "and listed by line")
    expect(first_times(root) == ["2024-01-02 09:00:00"] * 2, f"times are as written: {first_times(root)}")
    key("Escape")
    wait_for("the sample again", lambda: not label(root, r"^Open ES-1m.csv\?$"))
    expect(frame("Sample"), "nothing was opened")


def test_other_zone(root, folder):
    """By the keyboard: from Open back to the zone, another one, and open."""
    path = os.path.join(folder, "ES-1m.csv")
    choose(root, path)
    wait_for("the page", lambda: label(root, r"^Open ES-1m.csv\?$"))
    key("Tab")
    key("Down")
    key("Return")
    time.sleep(0.5)
    key("Down", "Down")
    key("Return")
    wait_for("the times of New York", lambda: first_times(root) == ["2024-01-02 09:00:00", "2024-01-02 14:00:00"])
    time.sleep(0.3)
    # Back to Open, which the rows stand behind.
    key("shift+Tab", "shift+Tab")
    key("Return")
    es = wait_for("the window to show ES", lambda: frame("ES"))
    state_is(es, r"^ended$")
    wait_for("that it says so", lambda: label(es, r"^Loaded 298 bars, 2 rows refused"))


def test_again(root, folder):
    """It is known by now: opened at once, and as it was chosen."""
    focus("ES")
    key("alt+3")
    first = wait_for("the log", lambda: rows(root, 1))
    choose(root, os.path.join(folder, "ES-1m.csv"))
    time.sleep(2.0)
    expect(not label(root, r"^Open ES-1m.csv\?$"), "it is not asked again")
    state_is(root, r"^ended$")
    expect(rows(root, 1)[0]["Time"] == first[0]["Time"], "its times are those of New York again")


def table(root):
    return wait_for("the log's table", lambda: find(root, "table", "^Signal log$"))


def row(root):
    """What the selected row says, column by column, as a screen reader is told."""
    text = table(root).description
    pairs = [re.match(r"^(Time|Signal|Confidence|Price|Latency|Bar|Note) (.*)$", part) for part in re.split(r", (?=[A-Z])", text)]
    return {match[1]: match[2] for match in pairs if match}


def rows(root, n):
    """The first n rows, from the top down."""
    click(table(root))
    time.sleep(0.2)
    key("Home")
    result = [row(root)]
    while len(result) < n:
        key("Down")
        result.append(row(root))
    return [r for r in result if r] or None


def head(root, name):
    return wait_for(f"the head {name}", lambda: find(root, "push button", f"^{name}"))


def number(text):
    return float(re.sub(r"[^\d.]", "", text))


def test_sort(root, folder):
    """By a press of a head as a reader does it, and by the keyboard; its name says how it is sorted."""
    head(root, "Confidence").queryAction().doAction(0)
    wait_for("the name", lambda: find(root, "push button", "^Confidence, sorted upwards$"))
    time.sleep(0.5)
    low = [number(r["Confidence"]) for r in rows(root, 6)]
    expect(low == sorted(low), f"rising: {low}")
    # Above the table: its heads, the one of the confidence the third of five.
    click(table(root))
    key("shift+Tab", "shift+Tab", "shift+Tab")
    key("space")
    wait_for("the name", lambda: find(root, "push button", "^Confidence, sorted downwards$"))
    time.sleep(0.5)
    high = [number(r["Confidence"]) for r in rows(root, 6)]
    expect(high == sorted(high, reverse=True) and high[0] > low[0], f"falling: {high}")


def test_export(root, folder):
    """What is shown, in the order shown: each row of the file against what a reader is told of it."""
    label_text = wait_for("the count", lambda: label(root, r"^[\d,.]+ signals$"))
    n = int(re.sub(r"\D", "", label_text))
    path = os.path.join(folder, "signals.csv")
    click(table(root))
    key("ctrl+e")
    save_as(path)
    wait_for("the toast", lambda: label(root, "^Exported [0-9,.]+ signals"))
    with open(path, newline="") as file:
        written = list(csv.DictReader(file))
    expect(len(written) == n, f"{len(written)} rows of {n}")
    focus("ES")
    shown = rows(root, 25)
    for i, (a, b) in enumerate(zip(shown, written)):
        said = (a["Time"], a["Signal"].lower(), round(number(a["Confidence"]), 1), round(number(a["Price"]), 2), int(number(a["Bar"])))
        stands = (b["time"].replace("T", " ").rstrip("Z"), b["signal"], round(100 * float(b["confidence"]) + 1e-9, 1),
                  round(float(b["close"]), 2), int(b["row"]))
        expect(said[0] == stands[0] and said[1] == stands[1] and abs(said[2] - stands[2]) < 0.11 and said[3:] == stands[3:],
               f"row {i}: {said}, written {stands}")


def test_export_filtered(root, folder):
    """As JSON, by another key, of what the filter lets through."""
    focus("ES")
    click(wait_for("the filter", lambda: find(root, "label", "^Changes$")))
    text = wait_for("the count", lambda: label(root, r"^[\d,.]+ of [\d,.]+ signals?$"))
    n = int(re.sub(r"\D", "", text.split(" of ")[0]))
    path = os.path.join(folder, "changes.json")
    click(table(root))
    key("ctrl+shift+e")
    save_as(path)
    time.sleep(0.5)
    with open(path) as file:
        written = json.load(file)
    expect(len(written) == n, f"{len(written)} rows of {n}")
    confidences = [r["confidence"] for r in written]
    expect(confidences == sorted(confidences, reverse=True), "in the order shown")


def test_quit(root, folder):
    key("ctrl+q")


TESTS = [test_cancel, test_other_zone, test_again, test_sort, test_export, test_export_filtered, test_quit]
run(test_start, TESTS)
