"""The window, every page and the preferences, as a reader and a keyboard come to them: whatever takes the focus has a name that is no type's, and Tab
reaches it. See harness.py."""

import re
import subprocess
import time

import pyatspi

from harness import expect, find, focus, frame, frames, has_state, key, run, state_is, wait_for, walk, xdotool

PAGES = ["chart", "latency", "log", "lab", "models", "journal", "backtest"]
# What is chosen by the arrow keys once Tab has come to the first of its kind, and what hands the focus to what is in it.
BY_ARROWS = {"table row", "list item", "radio button", "menu item", "check menu item", "radio menu item", "page tab", "list",
             "scroll pane"}
# The lines between two panes: GTK's own key for them is Shift+F8. Buttons of the window's frame: the window manager's keys.
BY_OTHER_KEYS = {"Watchlist and charts", "Chart and latency", "Timeline and figures", "Sessions and comparison", "Models and figures", "Result and trades",
                 "Close", "Maximize", "Minimize", "Restore"}


def everything(node, depth=0):
    """With the rows of tables, unlike walk()."""
    yield node
    for i in range(node.childCount if depth < 60 else 0):
        try:
            child = node.getChildAtIndex(i)
        except Exception:
            continue
        if child is not None:
            yield from everything(child, depth + 1)


def extents(node):
    return node.queryComponent().getExtents(pyatspi.WINDOW_COORDS)


def takes_focus(node):
    """Now: what has no room is on a page that has never been shown, or in a list that is closed."""
    if not has_state(node, pyatspi.STATE_FOCUSABLE) or not has_state(node, pyatspi.STATE_SENSITIVE):
        return False
    place = extents(node)
    return place.width > 1 and place.height > 1 and not in_control(node) and not in_insensitive(node)


def in_insensitive(node):
    """In a row or a menu button that is insensitive as a whole."""
    while node is not None and node.getRoleName() != "frame":
        if not has_state(node, pyatspi.STATE_SENSITIVE):
            return True
        node = node.parent
    return False


def in_control(node):
    """A part of a button, as the row that a drop-down shows of its list: the button takes the focus, and says what it shows. The items
    of a choice that is closed have no name until it opens."""
    if node.getRoleName() == "list item" and not node.name:
        return True
    for _ in range(6):
        node = node.parent
        if node is None or node.getRoleName() in ("frame", "filler"):
            return False
        if node.getRoleName() in ("push button", "toggle button") and has_state(node, pyatspi.STATE_FOCUSABLE):
            return True
    return False


GONE = "what has gone"


def describe(node):
    words = []
    for _ in range(4):
        if node is None:
            break
        try:
            node.getRoleName()
        except Exception:
            return GONE
        words.append(f"{node.getRoleName()} \"{node.name}\"")
        node = node.parent
    return " in ".join(words)


def expect_names(root, where):
    nodes = [node for node in everything(root) if takes_focus(node)]
    nameless = {describe(node) for node in nodes if not node.name.strip() or re.match(r"(Gtk|Adw|Bs|Gd)[A-Z]", node.name)}
    expect(nodes, f"{where}: something takes the focus")
    expect(not nameless, f"{where}: can take the focus and has no name: " + "; ".join(sorted(nameless)))
    return nodes


def had_focus(node):
    """Or has gone: lists are made anew now and then."""
    try:
        return has_state(node, pyatspi.STATE_FOCUSED)
    except Exception:
        return True


def expect_tab(nodes, where):
    """Tab comes by all of them, from wherever it is, until it has come by none that is new for a whole round."""
    left = [node for node in nodes if node.getRoleName() not in BY_ARROWS and node.name not in BY_OTHER_KEYS]
    total = len(left)
    for backward in (False, True):
        idle = 0
        while left and idle < 60:
            subprocess.run(["xdotool", "key", "--clearmodifiers", "shift+Tab" if backward else "Tab"], check=True)
            time.sleep(0.04)
            still = [node for node in left if not had_focus(node)]
            idle = 0 if len(still) < len(left) else idle + 1
            left = still
    left = [node for node in left if describe(node) != GONE]
    expect(not left, f"{where}: Tab reaches {total - len(left)} of {total}; not: " + "; ".join(sorted(describe(node) for node in left)))


def start(program, folder):
    root = wait_for("the window with the sample", lambda: frame("Sample"))
    focus("Sample")
    xdotool("mousemove", "3", "3")
    state_is(root, r"^replaying")
    time.sleep(2.0)
    key("ctrl+space")
    state_is(root, "^paused$")
    return root


def page_node(root, number):
    """The pages are the children of what the log is in."""
    log = wait_for("the log", lambda: next((node for node in walk(root) if node.name == "Signal log" and node.getRoleName() == "panel"), None))
    return log.parent.getChildAtIndex(number)


def page_test(number):
    def test(root, folder):
        focus("Sample")
        key(f"alt+{number + 1}")
        time.sleep(1.0)
        nodes = expect_names(page_node(root, number), PAGES[number])
        expect_tab(nodes, PAGES[number])
    test.__name__ = f"test_{PAGES[number]}"
    return test


def test_window(root, folder):
    """What is around the pages: header bar, sidebar, foot."""
    focus("Sample")
    key("alt+1")
    time.sleep(1.0)
    inside = [extents(node) for node in [page_node(root, 0)]]
    pages = set()
    for number in range(len(PAGES)):
        pages.update(hash(node) for node in everything(page_node(root, number)))
    nodes = [node for node in expect_names(root, "the window") if hash(node) not in pages]
    expect(inside and len(nodes) > 20, f"there are {len(nodes)} around the pages")
    expect_tab(nodes, "the window")


def test_preferences(root, folder):
    """What its window's rows are called; GTK's and libadwaita's own ways through it are not tried."""
    focus("Sample")
    key("alt+1")
    key("ctrl+comma")
    window = wait_for("the preferences", lambda: next((node for node in frames() if node != root), None))
    focus("Preferences")
    time.sleep(1.0)
    try:
        expect(window.name.strip() and not re.match(r"(Gtk|Adw|Bs)[A-Z]", window.name), f"it is called \"{window.name}\"")
        expect_names(window, "preferences")
    finally:
        key("Escape")
    wait_for("the preferences to close", lambda: len(frames()) == 1)


def test_alerts(root, folder):
    """The list under the bell."""
    focus("Sample")
    key("F7")
    rules = wait_for("the alerts", lambda: find(root, "push button", "^Rules…$"))
    popover = rules.parent.parent
    try:
        expect_tab(expect_names(popover, "alerts"), "alerts")
    finally:
        key("Escape")


def test_quit(root, folder):
    focus("Sample")
    key("ctrl+q")


if __name__ == "__main__":
    run(start, [test_window] + [page_test(number) for number in range(len(PAGES))] + [test_alerts, test_preferences, test_quit])
