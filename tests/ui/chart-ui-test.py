"""The chart in the hand of a trader: measure, threshold, styles, pictures, menu, settings. What is not said here: harness.py."""

import os
import re
import time

import pyatspi

from harness import (Failure, click, expect, find, focus, frame, key, place, press, run, save_as, state_is, test_names, wait_for, walk,
                     xdotool)


def chart_of(root):
    return wait_for("the chart", lambda: find(root, "image", "^Price chart$"))


def start(program, folder):
    root = wait_for("the window", lambda: frame("Sample"))
    focus("Sample")
    state_is(root, r"^(replaying|paused)")
    key("ctrl+space")
    state_is(root, r"^paused$")
    return root


def to_chart(root):
    """The focus on the chart, a crosshair on its newest bar but one."""
    focus("Sample")
    chart = chart_of(root)
    click(chart)
    xdotool("mousemove", "5", "5")
    key("ctrl+End", "Left", "Left")
    wait_for("the crosshair's text", lambda: "close" in chart.description)
    return chart


def stored(name):
    """A key of the chart's settings as they are kept, "" for one that was never set."""
    path = os.path.join(os.environ["XDG_CONFIG_HOME"], "glib-2.0", "settings", "keyfile")
    try:
        with open(path) as file:
            text = file.read()
    except FileNotFoundError:
        return ""
    part = re.search(r"\[org/barscope/Barscope/chart\]\n((?:[^\[\n].*\n|\n)*)", text)
    match = re.search(rf"^{name}=(.*)$", part[1], re.M) if part else None
    return match[1] if match else ""


def is_stored(name, value):
    wait_for(f"{name} to be kept as {value}", lambda: stored(name) == value)


def threshold(root):
    spin = wait_for("the threshold's control", lambda: find(root, "spin button", "(?i)threshold"))
    return round(spin.queryValue().currentValue * 100)


def test_measure_by_key(root, folder):
    chart = to_chart(root)
    key("m", "Left", "Left", "Left")
    wait_for("what was measured", lambda: re.match(r"Measured: [+−]?[\d.]+ \([+−]?[\d.]+ %\), −3 bars, 3 min\. ", chart.description))
    key("Escape", "Left")
    wait_for("it to be over", lambda: "Measured" not in chart.description and "close" in chart.description)


def test_measure_by_mouse(root, folder):
    chart = to_chart(root)
    xdotool("mousemove", *place(chart, 0.3, 0.2), "keydown", "Shift_L", "mousedown", "1")
    xdotool("mousemove", *place(chart, 0.4, 0.25))
    xdotool("mousemove", *place(chart, 0.5, 0.3), "mouseup", "1", "keyup", "Shift_L")
    xdotool("mousemove", *place(chart, 0.55, 0.3))
    text = wait_for("what was measured", lambda: re.match(r"Measured: (−[\d.]+) \((−[\d.]+) %\), (\d+) bars?, ", chart.description))
    expect(int(text[3]) > 5, f"down and to the right is a loss over bars: {chart.description}")
    # A click takes it away, and drags nothing.
    click(chart)
    xdotool("mousemove", *place(chart, 0.2, 0.3))
    wait_for("it to be gone", lambda: "Measured" not in chart.description)


def test_threshold_by_key(root, folder):
    before = threshold(root)
    to_chart(root)
    key("shift+Up", "shift+Up", "shift+Up")
    wait_for("the panel's threshold to follow", lambda: threshold(root) == before + 3)
    key("shift+Down")
    wait_for("it to go down", lambda: threshold(root) == before + 2)


def test_threshold_by_mouse(root, folder):
    """The line is somewhere in the lowest pane: it is where a drag moves it."""
    chart = to_chart(root)
    before = threshold(root)
    for step in range(40):
        down = 0.95 - 0.004 * step
        xdotool("mousemove", *place(chart, 0.5, down), "mousedown", "1")
        xdotool("mousemove", *place(chart, 0.5, down - 0.012))
        xdotool("mousemove", *place(chart, 0.5, down - 0.02), "mouseup", "1")
        if threshold(root) != before:
            break
    expect(threshold(root) > before, f"the threshold has been dragged up from {before} to {threshold(root)}")
    key("shift+Down")


def test_styles(root, folder):
    to_chart(root)
    key("s")
    is_stored("price-style", "'bars'")
    key("s", "s")
    is_stored("price-style", "'heikin-ashi'")
    key("s", "l", "t")
    is_stored("price-style", "'candles'")
    is_stored("price-axis", "'log'")
    is_stored("true-time", "true")
    key("p", "t")
    is_stored("price-axis", "'percent'")
    is_stored("true-time", "false")
    key("p")
    is_stored("price-axis", "'linear'")


def test_axis_drag(root, folder):
    """Dragging the price axis and resetting it leaves the crosshair's bar where it is; drags between panes are kept."""
    chart = to_chart(root)
    xdotool("mousemove", *place(chart, 0.98, 0.3), "mousedown", "1")
    xdotool("mousemove", *place(chart, 0.98, 0.4))
    xdotool("mousemove", *place(chart, 0.98, 0.45), "mouseup", "1")
    xdotool("mousemove", *place(chart, 0.98, 0.3), "click", "--repeat", "2", "--delay", "60", "1")
    expect(stored("pane-sizes") in ("", "''"), f"no pane has been resized: {stored('pane-sizes')}")
    for step in range(30):
        down = 0.5 + 0.006 * step
        xdotool("mousemove", *place(chart, 0.5, down), "mousedown", "1")
        xdotool("mousemove", *place(chart, 0.5, down + 0.03))
        xdotool("mousemove", *place(chart, 0.5, down + 0.06), "mouseup", "1")
        time.sleep(1.3 if step % 5 == 4 else 0)
        if stored("pane-sizes") not in ("", "''"):
            return
    raise Failure("no line between two panes could be dragged")


def menu_item(name):
    for node in walk(chart_of(frame("Sample"))):
        if node.getRoleName() in ("menu item", "check menu item", "radio menu item") and node.name == name:
            return node
    return None


def test_menu(root, folder):
    to_chart(root)
    for opened in ("shift+F10", "Menu"):
        key(opened)
        wait_for("the chart's menu", lambda: menu_item("Fit All Bars"))
        key("Escape")
        time.sleep(0.3)
    click(chart_of(root))
    xdotool("mousemove", *place(chart_of(root), 0.4, 0.3), "click", "3")
    wait_for("the menu by the right button", lambda: menu_item("Chart Settings…"))
    key("Escape")
    press(chart_of(root), "Chart menu")
    wait_for("the menu by its button", lambda: menu_item("Copy Picture"))
    key("Escape")
    time.sleep(0.3)


def test_settings(root, folder):
    to_chart(root)
    key("shift+F10")
    item = wait_for("the menu", lambda: menu_item("Chart Settings…"))
    item.queryAction().doAction(0)
    window = wait_for("the settings", lambda: frame("Chart Settings"))
    test_names(root, folder)
    volume = wait_for("the switch of the volume", lambda: find(window, "toggle button", "^Volume$") or find(window, "check box", "^Volume$"))
    volume.queryAction().doAction(0)
    is_stored("show-volume", "false")
    volume.queryAction().doAction(0)
    is_stored("show-volume", "true")
    period = wait_for("the period", lambda: find(window, "spin button", "^Period$"))
    period.queryValue().currentValue = 20
    is_stored("atr-period", "20")
    period.queryValue().currentValue = 0
    is_stored("atr-period", "0")
    focus("Chart Settings")
    key("Escape")
    wait_for("the settings to close", lambda: frame("Chart Settings") is None)


def test_pictures(root, folder):
    to_chart(root)
    key("ctrl+c")
    wait_for("a word about it", lambda: find(root, "label", "^Copied a picture of the chart$"))
    for suffix, begins in (("png", b"\x89PNG\r\n"), ("svg", b"<?xml"), ("pdf", b"%PDF-")):
        to_chart(root)
        key("ctrl+s")
        focus("Save Chart")
        path = os.path.join(folder, "chart." + suffix)
        save_as(path)
        with open(path, "rb") as file:
            expect(file.read(len(begins)) == begins, f"{path} is what its name says")
        expect(os.path.getsize(path) > 10000, f"{path} holds a chart")


def test_quit(root, folder):
    focus("Sample")
    key("ctrl+q")


TESTS = [test_measure_by_key, test_measure_by_mouse, test_threshold_by_key, test_threshold_by_mouse, test_styles, test_axis_drag, test_menu,
         test_settings, test_names, test_pictures, test_quit]
# See harness.run().
SHORT = [test_measure_by_key, test_threshold_by_key, test_styles, test_quit]

if __name__ == "__main__":
    run(start, TESTS, short=SHORT)
