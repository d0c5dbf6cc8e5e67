"""The Journal page: past sessions listed, looked at again, compared, exported, deleted; a journal that cannot be written."""

import contextlib
import os
import re
import sqlite3
import time

import pyatspi

from harness import (application, expect, find, focus, frame, key, label, place, press, run, save_as, state_is, test_names,
                     wait_for, walk, xdotool)


def table(root, name):
    return find(root, "tree table", f"^{name}$") or find(root, "table", f"^{name}$")


def kept():
    """Sessions in the file, hidden or not."""
    path = os.path.join(os.environ["XDG_DATA_HOME"], "barscope", "journal.sqlite")
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as db:
        return db.execute("SELECT count(*) FROM run").fetchone()[0]


def test_start(program, folder):
    root = wait_for("the window with the sample", lambda: frame("Sample"))
    state_is(root, r"^replaying")
    focus("Sample")
    return root


def sessions(root):
    text = label(root, r"^[\d,.]+ sessions?$")
    return int(re.sub(r"\D", "", text)) if text else None


def test_listed(root, folder):
    """What streams in is a session, and is listed while it goes on."""
    key("alt+6")
    wait_for("one session", lambda: sessions(root) == 1)
    expect(table(root, "Sessions"), "there is a table of sessions")
    expect(not sensitive(root, "Compare"), "with nothing selected there is nothing to compare")


def test_begun_anew(root, folder):
    """A replay that begins anew is another session."""
    key("ctrl+BackSpace")
    time.sleep(0.5)
    state_is(root, r"^(replaying|paused)")
    if re.search("paused", wait_for("a state", lambda: label(root, "^(replaying|paused)"))):
        key("ctrl+space")
    wait_for("two sessions", lambda: sessions(root) == 2)
    time.sleep(2.0)
    key("ctrl+space")
    state_is(root, r"^paused")


def go_to_sessions(root):
    """Clicks on the newest session."""
    focus("Sample")
    sessions_table = wait_for("the table", lambda: table(root, "Sessions"))
    extents = sessions_table.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
    xdotool("mousemove", *place(sessions_table, 0.2, 40 / extents.height), "click", "1")
    time.sleep(0.3)


def sensitive(root, name):
    return find(root, "push button", f"^{name}$").getState().contains(pyatspi.STATE_SENSITIVE)


def test_compare(root, folder):
    go_to_sessions(root)
    key("ctrl+a")
    wait_for("two to be selected", lambda: sensitive(root, "Compare"))
    press(root, "Compare")
    wait_for("how they agree", lambda: label(root, r"^[\d,.]+ of [\d,.]+ signals agree \(100"))
    wait_for("that none differs", lambda: label(root, "^No signal differs$"))
    test_names(root, folder)
    press(root, "Close the comparison")


def test_show(root, folder):
    """The session that has ended, on the chart as it was."""
    go_to_sessions(root)
    key("End")
    wait_for("one to be selected", lambda: sensitive(root, "Show on Chart"))
    press(root, "Show on Chart")
    wait_for("what it is", lambda: label(root, "^session of .*, from the journal$"))
    expect(find(root, "image", "^Price chart$"), "the chart is shown")
    key("alt+3")
    wait_for("its signals in the log", lambda: label(root, r"^[\d,.]+ signals$"))


def test_export(root, folder):
    key("alt+6")
    wait_for("the page", lambda: find(root, "push button", "^Show on Chart$"))
    go_to_sessions(root)
    key("End")
    wait_for("one to be selected", lambda: sensitive(root, "Show on Chart"))
    # The menu of the button, with CSV first; other pages have such a button, too.
    bar = find(root, "push button", "^Show on Chart$").parent
    button = [node for node in walk(bar) if node.name == "Export" and node.getRoleName() == "push button"][-1]
    expect(sensitive(bar, "Export"), "there is something to export")
    button.queryAction().doAction(0)
    wait_for("the menu item", lambda: find(root, "menu item", "^CSV")).queryAction().doAction(0)
    path = os.path.join(folder, "session.csv")
    save_as(path)
    with open(path) as file:
        lines = file.read().splitlines()
    expect(lines[0].startswith("bar,time,arrival,open"), f"the file has a header: {lines[0]}")
    expect(len(lines) > 5, f"the file has {len(lines)} lines")


def test_delete(root, folder):
    go_to_sessions(root)
    key("End")
    before = wait_for("the sessions", lambda: sessions(root))
    wait_for("one to be selected", lambda: sensitive(root, "Delete"))
    press(root, "Delete")
    wait_for("one session less", lambda: sessions(root) == before - 1)
    expect(kept() == before, "nothing is gone while it can be undone")
    undo = wait_for("the way back", lambda: find(root, "push button", "Undo$"))
    undo.queryAction().doAction(0)
    wait_for("it to be back", lambda: sessions(root) == before)


def test_delete_for_good(root, folder):
    """Once the toast is gone, so is the session."""
    go_to_sessions(root)
    key("End")
    before = wait_for("the sessions", lambda: sessions(root))
    wait_for("one to be selected", lambda: sensitive(root, "Delete"))
    press(root, "Delete")
    wait_for("the file to be without it", lambda: kept() == before - 1)
    expect(sessions(root) == before - 1, "it is not listed")


def test_quit(root, folder):
    key("ctrl+q")


run(test_start, [test_listed, test_begun_anew, test_compare, test_show, test_export, test_delete, test_delete_for_good, test_quit])
