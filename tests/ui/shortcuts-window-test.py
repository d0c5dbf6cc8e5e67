"""Every key of the shortcuts window that works in the whole window, pressed: what it does is seen. See shortcuts.py, harness.py."""

import os
import re
import subprocess
import time

import pyatspi

from harness import (BARSCOPE, PATIENCE, click, expect, find, focus, frame, frames, has_state, is_shown, key, position, run, size, state,
                     state_is, wait_for, walk, write_bars)
from shortcuts import expect_all_pressed, press


def start(program, folder):
    root = wait_for("the window with the sample", lambda: frame("Sample"))
    focus("Sample")
    state_is(root, r"^replaying")
    return root


def windows(title):
    """X windows of that title: the accessibility bus sometimes learns late of a dialog."""
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", title], capture_output=True, text=True, timeout=PATIENCE,
                           check=False)
    return found.stdout.split()


def opens(title, group, accelerator, owner="Sample"):
    """The key opens a window of that title, which Escape closes."""
    focus(owner)
    press(group, accelerator)
    wait_for(f"{title} by {accelerator}", lambda: windows(title))
    focus(title)
    time.sleep(0.3)
    key("Escape")
    wait_for(f"{title} to close", lambda: not windows(title))
    focus(owner)


def pause(root, paused=True):
    focus("Sample")
    if bool(re.search("paused", state(root))) != paused:
        key("ctrl+space")
    state_is(root, "^paused$" if paused else "^replaying")
    time.sleep(0.4)  # what was on its way


def test_replay(root, folder):
    chart = find(root, "image", "^Price chart$")
    click(chart)
    for accelerator in ("space", "<Control>space"):
        press("replay", accelerator)
        state_is(root, "^paused$")
        key("ctrl+space")
        state_is(root, "^replaying")
    pause(root)
    for accelerator in ("period", "<Control>Right"):
        at = position(root)
        press("replay", accelerator)
        wait_for(f"one bar on by {accelerator}", lambda: position(root) == at + 1)
    pause(root, False)
    state_is(root, r"^replaying, 10 bars/s")
    for faster, slower in (("bracketright", "bracketleft"), ("<Control>Up", "<Control>Down")):
        press("replay", faster)
        state_is(root, r"^replaying, 20 bars/s")
        press("replay", slower)
        state_is(root, r"^replaying, 10 bars/s")
    wait_for("some bars", lambda: position(root) > 1300)
    pause(root)
    at = position(root)
    press("replay", "<Control>BackSpace")
    wait_for("it to begin again", lambda: position(root) < at)
    opens("Record Session", "replay", "<Control><Shift>r")


def selected_page(root):
    names = {"Chart", "Latency", "Log", "Lab", "Models", "Journal", "Backtest"}
    for node in walk(root):
        if node.getRoleName() in ("radio button", "toggle button", "page tab") and node.name in names:
            if any(has_state(node, s) for s in (pyatspi.STATE_CHECKED, pyatspi.STATE_PRESSED, pyatspi.STATE_SELECTED)):
                return node.name
    return None


def test_pages(root, folder):
    focus("Sample")
    pages = ["Chart", "Latency", "Log", "Lab", "Models", "Journal", "Backtest"]
    for number, name in list(enumerate(pages, 1))[1:] + [(1, "Chart")]:
        press("pages-go", f"<Alt>{number}")
        wait_for(f"the page {name}", lambda: selected_page(root) == name)


def shown(button):
    return has_state(button, pyatspi.STATE_PRESSED) or has_state(button, pyatspi.STATE_CHECKED)


def test_window(root, folder):
    opens("Preferences", "window", "<Control>comma")
    opens("Keyboard Shortcuts", "window", "<Control>question")
    press("window", "F7")
    # What a popover holds is in the tree while it is open.
    wait_for("the alerts", lambda: find(root, "push button", "^Rules…$"))
    key("Escape")
    wait_for("the alerts to close", lambda: not find(root, "push button", "^Rules…$"))
    press("window", "F10")
    item = wait_for("an item of the main menu, which has the focus", lambda: next((
        node for node in walk(root) if node.getRoleName() == "menu item" and has_state(node, pyatspi.STATE_FOCUSED)), None))
    key("Escape")
    wait_for("the menu to close", lambda: not has_state(item, pyatspi.STATE_FOCUSED))
    button = find(root, "toggle button", "^Sidebar$") or find(root, "push button", "^Sidebar$")
    before = shown(button)
    press("window", "F9")
    wait_for("the sidebar to change", lambda: shown(button) != before)
    press("window", "F9")
    wait_for("the sidebar to change back", lambda: shown(button) == before)
    window = focus("Sample")
    was = size(window)
    press("window", "F11")
    wait_for("full screen", lambda: size(window) == (1366, 768))
    press("window", "F11")
    wait_for("the old size", lambda: size(window) == was)


def test_bars(root, folder):
    opens("Open Bars", "bars", "<Control>o")
    opens("Open a Folder of Bars", "bars", "<Control><Shift>o")
    opens("^Connect$", "bars", "<Control>l")
    opens("^Bars of ", "bars", "<Control>i")
    pause(root, False)
    wait_for("some bars", lambda: position(root) > 1300)
    pause(root)
    at = position(root)
    press("bars", "<Control>r")
    wait_for("the bars to be loaded again", lambda: position(root) < at)
    press("bars", "<Control><Shift>w")
    wait_for("no bars", lambda: is_shown(find(root, "label", "^No Bars Yet$")))


def charts(window):
    return [node for node in walk(window) if node.getRoleName() == "image" and node.name.startswith("Price chart")
            and is_shown(node)]


def test_watchlist(root, folder):
    """Some files in another window."""
    bars = os.path.join(folder, "bars")
    os.mkdir(bars)
    for name in ("AA", "BB", "CC", "DD", "EE", "FF"):
        write_bars(os.path.join(bars, f"{name}-1m.csv"), 300)
    second = subprocess.run([BARSCOPE, bars], timeout=PATIENCE, check=False)
    expect(second.returncode == 0, "the second start succeeds")
    window = wait_for("AA in a window", lambda: frame("AA "))
    focus("^AA")

    def watchlist():
        return find(window, "tree table", "^Watchlist$") or find(window, "table", "^Watchlist$")

    wait_for("the list", watchlist)
    press("watchlist", "<Alt>Down")
    wait_for("BB", lambda: frame("BB "))
    press("watchlist", "<Alt>Up")
    wait_for("AA", lambda: frame("AA "))
    press("window", "F8")
    wait_for("the list to go", lambda: not watchlist())
    press("window", "F8")
    wait_for("the list to come", watchlist)
    # Its search has the keyboard now; the list comes after it.
    key("Tab", "End")
    press("watchlist", "Return")
    wait_for("FF", lambda: frame("FF "))
    for n in (2, 4, 6, 1):
        press("charts", f"<Control>{n}")
        wait_for(f"{n} charts", lambda n=n: len(charts(window)) == n)
    focus("^FF")
    press("window", "<Control>w")
    wait_for("the window to close", lambda: len(frames()) == 1)


def test_every_key_was_pressed(root, folder):
    focus("Barscope")
    press("window", "<Control>q")
    expect_all_pressed("shortcuts-window")


if __name__ == "__main__":
    run(start, [test_replay, test_pages, test_window, test_bars, test_watchlist, test_every_key_was_pressed])
