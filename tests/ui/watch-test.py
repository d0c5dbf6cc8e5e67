"""Many instruments in the window: the watchlist, its keys, charts side by side, a folder opened together."""

import os
import re
import subprocess

import pyatspi

from harness import (UNNAMED_TYPES, BARSCOPE, PATIENCE, application, click, expect, find, focus, frame, frames, has_state, key, run, wait_for, walk,
                     write_bars, xdotool)

N = 12


def table(root):
    return find(root, "tree table", "^Watchlist$")


def is_shown(root):
    # What is hidden is not in the tree.
    return table(root) is not None


def rows(root):
    """Names of the rows that the list has made, from the top: the first word is the symbol."""
    nodes = find(table(root), "list", "^Instruments$") or [
        node for node in table(root) if node is not None and node.getRoleName() == "list"][0]
    return [node for node in nodes if node is not None and node.getRoleName() == "table row"]


def names(root):
    return [node.name for node in rows(root)]


def symbols(root):
    return [re.split(r"[ ,]", name)[0] for name in names(root)]


def title_is(symbol):
    return wait_for(f"{symbol} in the title", lambda: frame(f"{symbol} "))


def charts(root):
    return [node for node in walk(root) if node.getRoleName() == "image" and node.name.startswith("Price chart")]


def test_start(program, folder):
    root = title_is("SIM001")
    focus("SIM001")
    wait_for(f"{N} rows", lambda: len(rows(root)) == N)
    expect(sorted(symbols(root)) == [f"SIM{i:03}" for i in range(1, N + 1)], f"the rows are {symbols(root)}")
    return root


def test_rows_say_how_they_stand(root, folder):
    """A screen reader is told price, signal and how old they are; bars come."""
    wait_for("a row in words", lambda: re.search(r"^SIM001, Signal \w+, Conf\. \d+.%, Last [\d,.]+", names(root)[0]))
    before = names(root)
    wait_for("other prices", lambda: names(root) != before)
    wait_for("ages", lambda: re.search(r"Age (now|\d+.s)", names(root)[0]))


def test_next_and_previous(root, folder):
    key("alt+Down")
    title_is("SIM002")
    key("alt+Down")
    title_is("SIM003")
    key("alt+Up")
    title_is("SIM002")
    key("alt+Up")
    title_is("SIM001")
    key("alt+Up")
    title_is(f"SIM{N:03}")


def test_row_activated(root, folder):
    """F8 hides the list and shows it again with the keyboard in it; Enter in the search opens what is found."""
    key("F8")
    wait_for("the list to go", lambda: not is_shown(root))
    key("F8")
    wait_for("the list to come", lambda: len(rows(root)) == N)
    xdotool("type", "007")
    wait_for("what is found", lambda: symbols(root) == ["SIM007"])
    key("Return")
    title_is("SIM007")
    key("ctrl+a", "BackSpace")
    wait_for("all of them", lambda: len(rows(root)) == N)
    # From the search into the list, and down in it.
    key("Tab")
    key("Home", "Down", "Down")
    key("Return")
    wait_for("another one", lambda: frame("SIM00") and not frame("SIM007"))


def test_order(root, folder):
    """A click on a head orders by it, another one the other way round."""
    def head(name):
        return [node for node in walk(application()) if node.getRoleName() == "label" and node.name == name] or [
            node for node in walk_all(table(root)) if node.getRoleName() == "label" and node.name == name]

    def click_head(name):
        extents = wait_for(name, lambda: head(name))[0].queryComponent().getExtents(pyatspi.WINDOW_COORDS)
        window = subprocess.run(["xdotool", "getactivewindow"], capture_output=True, text=True, check=True).stdout.strip()
        xdotool("mousemove", "--window", window, str(int(extents.x + extents.width / 2)),
                str(int(extents.y + extents.height / 2)), "click", "1")

    click_head("Symbol")
    wait_for("falling order", lambda: symbols(root)[0] == f"SIM{N:03}")
    click_head("Symbol")
    wait_for("rising order", lambda: symbols(root)[0] == "SIM001")

    def lasts():
        found = [re.search(r"Last ([\d,.]+)", name) for name in names(root)]
        return [float(match[1].replace(",", "")) for match in found if match]

    click_head("Last")
    # Prices move between two looks at the rows: the ends of the list are far apart.
    wait_for("order by price", lambda: len(lasts()) == N and lasts()[0] == min(lasts()) and lasts()[-1] == max(lasts()))
    click_head("Symbol")
    wait_for("order by symbol", lambda: symbols(root) == sorted(symbols(root)))


def walk_all(node):
    yield node
    for i in range(node.childCount):
        child = node.getChildAtIndex(i)
        if child is not None:
            yield from walk_all(child)


def test_charts(root, folder):
    """Two, four and six charts of different instruments; a row goes to the one that has the keyboard."""
    for n in (2, 4, 6):
        key(f"ctrl+{n}")
        wait_for(f"{n} charts", lambda n=n: len(charts(root)) == n)
        beside = [node.name for node in charts(root)][1:]
        expect(len(set(beside)) == n - 1 and all(re.match(r"Price chart of SIM\d+$", name) for name in beside),
               f"the charts beside are {beside}")
    key("ctrl+2")
    wait_for("2 charts", lambda: len(charts(root)) == 2)
    click(charts(root)[1])
    before = charts(root)[1].name
    title = frames()[0].name
    key("alt+Down")
    wait_for("another one beside", lambda: charts(root)[1].name != before)
    expect(frames()[0].name == title, "the main chart stays")
    key("ctrl+1")
    wait_for("one chart", lambda: len(charts(root)) == 1)


def test_names(root, folder):
    """Whatever the keyboard comes to has a name, and none that is a type's."""
    for node in walk_all(find(root, "filler", "^Watchlist and charts$")):
        if has_state(node, pyatspi.STATE_FOCUSABLE) and node.name not in UNNAMED_TYPES:
            expect(node.name and not re.match(r"(Gtk|Adw|Bs)[A-Z]", node.name), f"a {node.getRoleName()} is called '{node.name}'")


def test_folder(root, folder):
    """A folder: its files fill the list of another window, the longer bars beside them do not, and what is no file of bars is said."""
    bars = os.path.join(folder, "bars")
    os.mkdir(bars)
    write_bars(os.path.join(bars, "ES-1m.csv"), 300)
    write_bars(os.path.join(bars, "NQ-1m.csv"), 200)
    with open(os.path.join(bars, "bad.csv"), "w") as file:
        file.write("what,is,this\n1,2,3\n")
    second = subprocess.run([BARSCOPE, bars], timeout=PATIENCE, check=False)
    expect(second.returncode == 0, "the second start succeeds")
    window = wait_for("ES in a window", lambda: frame("ES "))
    wait_for("two rows", lambda: len(rows(window)) == 2)
    wait_for("what is wrong", lambda: find(window, "label", r"bad\.csv"))
    focus("^ES")
    wait_for("its bars", lambda: find(window, "label", r"^300 / 300 bars"))
    key("alt+Down")
    title_is("NQ")
    wait_for("its bars", lambda: find(window, "label", r"^200 / 200 bars"))
    key("ctrl+w")
    wait_for("it to close", lambda: len(frames()) == 1)


def test_close(root, folder):
    focus("SIM")
    key("ctrl+shift+w")
    wait_for("no list", lambda: not is_shown(root))
    wait_for("the empty page", lambda: find(root, "label", "^No Bars Yet$"))


def test_quit(root, folder):
    focus("Barscope")
    key("ctrl+q")


TESTS = [
    test_rows_say_how_they_stand,
    test_next_and_previous,
    test_row_activated,
    test_order,
    test_charts,
    test_names,
    test_folder,
    test_close,
    test_quit,
]

SHORT = [
    test_next_and_previous,
    test_names,
    test_close,
    test_quit,
]

if __name__ == "__main__":
    run(test_start, TESTS, arguments=["--watch", str(N), "--watch-rate", "2"], short=SHORT)
