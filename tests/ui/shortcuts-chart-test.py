"""Every key of the shortcuts window that belongs to a chart, a table or a list, pressed: what it does is seen. See shortcuts.py, harness.py."""

import re
import subprocess
import time

import pyatspi

from harness import (PATIENCE, click, expect, find, focus, frame, has_state, is_shown, key, label, place, position, run, state_is, wait_for, walk,
                     xdotool)
from shortcuts import expect_all_pressed, press


def start(program, folder):
    root = wait_for("the window with the sample", lambda: frame("Sample"))
    focus("Sample")
    xdotool("mousemove", "3", "3")
    state_is(root, r"^replaying")
    wait_for("some bars", lambda: position(root) > 1300)
    key("ctrl+space")
    state_is(root, "^paused$")
    time.sleep(0.4)
    return root


def showing(root, role, name):
    return next((node for node in walk(root) if node.getRoleName() == role and re.search(name, node.name)
                 and is_shown(node)), None)


def take(node):
    """Gives a widget the keyboard, and takes the pointer away from it again."""
    click(node)
    xdotool("mousemove", "3", "3")
    wait_for("the focus", lambda: has_state(node, pyatspi.STATE_FOCUSED))


def chart_of(root):
    return wait_for("the chart", lambda: showing(root, "image", "^Price chart$"))


def number(text):
    return float(re.sub(r"[^\d.]", "", text))


def view_of(chart):
    """What is in view, as the chart says it: (style, from, to, bars, low, high, the rest)."""
    match = re.match(r"([^:]+): bars ([\d,]+) to ([\d,]+) of ([\d,]+), .* to .*, prices ([\d.,]+) to ([\d.,]+)((?:, [a-z ]+)*)$",
                     chart.description)
    return (match[1], *(number(match[i]) for i in range(2, 7)), match[7]) if match else None


def changed(chart, group, accelerator, what, condition):
    """Presses a key and waits until condition (before, after) holds of what is in view."""
    before = wait_for("what is in view", lambda: view_of(chart))
    press(group, accelerator)
    try:
        return wait_for(f"{what} by {accelerator}", lambda: view_of(chart) and condition(before, view_of(chart)) and view_of(chart))
    except Exception as error:
        raise type(error)(f"{error}; before {before}, now {chart.description}") from None


def to_chart(root):
    focus("Sample")
    chart = chart_of(root)
    take(chart)
    key("Escape", "0")
    wait_for("what is in view", lambda: view_of(chart))
    return chart


def span(view):
    return view[2] - view[1]


def test_move(root, folder):
    chart = to_chart(root)
    # So narrow that there is something to pan to.
    for accelerator in ("<Control>plus", "plus"):
        changed(chart, "chart-move", accelerator, "fewer bars", lambda a, b: span(b) < span(a))
    for accelerator in ("<Control>minus", "minus"):
        changed(chart, "chart-move", accelerator, "more bars", lambda a, b: span(b) > span(a))
    key("plus", "plus", "plus")
    for accelerator in ("<Control>0", "f"):
        view = changed(chart, "chart-move", accelerator, "all bars", lambda a, b: b[1] == 1 and b[2] == b[3] and b != a)
        if accelerator == "f":
            break
        key("0")
        wait_for("fewer bars", lambda: view_of(chart)[1] > 1)
    view = changed(chart, "chart-move", "0", "as at first", lambda a, b: b[1] > 1 and b[2] == b[3])
    for oldest, newest in (("<Control>Home", "<Control>End"), ("Home", "End")):
        changed(chart, "chart-move", oldest, "the oldest bar", lambda a, b: b[1] == 1 and b[2] < b[3])
        changed(chart, "chart-move", newest, "the newest bar", lambda a, b: b[2] == b[3])
    for older, newer in (("<Alt>Left", "<Alt>Right"), ("<Shift>Left", "<Shift>Right"), ("Page_Up", "Page_Down")):
        moved = changed(chart, "chart-move", older, "older bars", lambda a, b: b[1] < a[1] and b[2] < a[2])
        by = view[1] - moved[1]
        expect(by > 0.8 * span(view) if older == "Page_Up" else 2 <= by < 0.3 * span(view), f"{older} moves by {by} of {span(view)}")
        view = changed(chart, "chart-move", newer, "newer bars", lambda a, b: b[1] > a[1])


def minutes(text):
    match = re.search(r"(\d+):(\d\d)", text)
    return int(match[1]) * 60 + int(match[2])


def test_crosshair(root, folder):
    chart = to_chart(root)
    key("Left")
    wait_for("the crosshair's text", lambda: "close" in chart.description)
    at = minutes(chart.description)
    for accelerator, by in (("Left", -1), ("Right", 1), ("<Control><Shift>Left", -10), ("<Control><Shift>Right", 10)):
        press("chart-move", accelerator)
        at += by
        wait_for(f"a crosshair {by} bars on", lambda: "close" in chart.description and (minutes(chart.description) - at) % 1440 == 0)
    press("chart-move", "Escape")
    wait_for("no crosshair", lambda: view_of(chart))


def test_axis(root, folder):
    chart = to_chart(root)

    def prices(view):
        return view[5] - view[4]

    changed(chart, "chart-look", "<Control><Shift>Up", "a stretched axis",
            lambda a, b: prices(b) < prices(a) and "set by hand" in b[6])
    changed(chart, "chart-look", "<Control><Shift>Down", "a compressed axis", lambda a, b: prices(b) > prices(a))
    changed(chart, "chart-look", "a", "an automatic axis", lambda a, b: "set by hand" not in b[6])
    changed(chart, "chart-look", "l", "a logarithmic axis", lambda a, b: "logarithmic" in b[6])
    changed(chart, "chart-look", "l", "a linear axis", lambda a, b: "logarithmic" not in b[6])
    changed(chart, "chart-look", "p", "a percent axis", lambda a, b: "percent" in b[6])
    changed(chart, "chart-look", "p", "a linear axis", lambda a, b: "percent" not in b[6])
    for style in ("OHLC Bars", "Line", "Heikin-Ashi", "Candles"):
        changed(chart, "chart-look", "s", style, lambda a, b, style=style: b[0] == style)
    changed(chart, "chart-look", "t", "room for hours without bars", lambda a, b: "room for hours" in b[6])
    changed(chart, "chart-look", "t", "no such room", lambda a, b: "room for hours" not in b[6])


def windows(title):
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", title], capture_output=True, text=True, timeout=PATIENCE,
                           check=False)
    return found.stdout.split()


def test_marks(root, folder):
    chart = to_chart(root)
    key("Left")
    press("chart-look", "e")
    wait_for("the bar that is explained", lambda: find(root, "push button", "^Explain the newest signal again$"))
    press("chart-look", "e")
    press("chart-look", "m")
    key("Left", "Left")
    wait_for("what was measured", lambda: re.match(r"Measured: .* −2 bars", chart.description))
    key("Escape", "Escape")
    spin = wait_for("the threshold's control", lambda: find(root, "spin button", "(?i)threshold"))

    def threshold():
        return round(spin.queryValue().currentValue * 100)

    before = threshold()
    press("chart-look", "<Shift>Up")
    wait_for("a higher threshold", lambda: threshold() == before + 1)
    press("chart-look", "<Shift>Down")
    wait_for("a lower threshold", lambda: threshold() == before)
    press("chart-look", "<Control>c")
    wait_for("a word about the copy", lambda: label(root, "^Copied a picture of the chart$"))
    press("chart-look", "<Control>s")
    wait_for("where to save", lambda: windows("Save Chart"))
    focus("Save Chart")
    time.sleep(0.3)
    key("Escape")
    wait_for("it to close", lambda: not windows("Save Chart"))
    for accelerator in ("<Shift>F10", "Menu"):
        to_chart(root)
        press("chart-look", accelerator)
        item = wait_for("the menu", lambda: next((node for node in walk(chart) if node.name == "Fit All Bars"
                                                  and is_shown(node)), None))
        key("Escape")
        wait_for("the menu to close", lambda: not has_state(item, pyatspi.STATE_SHOWING))


def test_latency(root, folder):
    focus("Sample")
    key("alt+2")
    # The strip under the chart has one, too, and comes first.
    timeline = wait_for("the timeline", lambda: [node for node in walk(root) if node.name == "Latency by stage"
                                                 and node.getRoleName() == "image"][-1])
    wait_for("it to be there", lambda: is_shown(timeline))
    take(timeline)

    def view():
        match = re.match(r"Predictions ([\d,]+) to ([\d,]+) of ([\d,]+)$", timeline.description)
        return [number(match[i]) for i in (1, 2, 3)] if match else None

    def seen(what, accelerator, condition):
        before = view()
        press("latency", accelerator)
        wait_for(f"{what} by {accelerator}", lambda: view() and condition(before, view()))

    def cursor():
        match = re.match(r"Bar ([\d,]+): total ", timeline.description)
        return number(match[1]) if match else None

    key("Left")
    at = wait_for("a cursor", cursor)
    press("latency", "Left")
    wait_for("a cursor at an older prediction", lambda: cursor() < at)
    press("latency", "Right")
    wait_for("the cursor at the newer one", lambda: cursor() == at)
    for side, name in (("a", "A"), ("b", "B")):
        press("latency", side)
        key("Left", "Left")
        press("latency", side)
        wait_for(f"selection {name}", lambda: label(root, rf"(?m)^{name}: Range – 3 predictions"))
    press("latency", "Escape")
    wait_for("no cursor", view)
    seen("fewer predictions", "plus", lambda a, b: b[1] - b[0] < a[1] - a[0])
    seen("more predictions", "minus", lambda a, b: b[1] - b[0] > a[1] - a[0])
    for _ in range(3):
        key("plus")
    wait_for("few predictions", lambda: view()[0] > 1)
    seen("older predictions", "<Shift>Left", lambda a, b: b[1] < a[1])
    seen("newer predictions", "<Shift>Right", lambda a, b: b[1] > a[1])
    seen("the oldest prediction", "Home", lambda a, b: b[0] == 1)
    seen("the newest prediction", "End", lambda a, b: b[1] == b[2])

    table = wait_for("the table", lambda: [node for node in walk(root) if node.name == "Percentiles by stage"
                                           and node.getRoleName() == "table"][-1])
    take(table)

    def distribution():
        return next((node.name for node in walk(root) if node.name.startswith("Distribution: ")), None)

    before = distribution()
    press("latency-table", "Down")
    wait_for("another stage's histogram", lambda: distribution() != before)
    press("latency-table", "Up")
    wait_for("the one before", lambda: distribution() == before)


def test_log(root, folder):
    focus("Sample")
    key("alt+3")
    table = wait_for("the log", lambda: showing(root, "table", "^Signal log$"))
    take(table)
    press("log", "Home")
    first = wait_for("the first row", lambda: table.description)

    def goes(accelerator, condition, what):
        before = table.description
        press("log", accelerator)
        wait_for(f"{what} by {accelerator}", lambda: table.description != before and condition(table.description))

    goes("End", lambda text: text != first, "the last row")
    goes("Page_Up", lambda text: text != first, "a page up")
    goes("Page_Down", lambda text: True, "a page down")
    goes("Home", lambda text: text == first, "the first row")
    goes("Down", lambda text: text != first, "the next row")
    goes("Up", lambda text: text == first, "the row before")
    for accelerator in ("<Control>e", "<Control><Shift>e"):
        press("log", accelerator)
        wait_for("where to save", lambda: windows("Export Signals"))
        focus("Export Signals")
        time.sleep(0.3)
        key("Escape")
        wait_for("it to close", lambda: not windows("Export Signals"))
        take(table)
    key("Home")
    wait_for("the first row again", lambda: table.description == first)
    press("log", "e")
    wait_for("the bar that is explained", lambda: find(root, "push button", "^Explain the newest signal again$"))
    press("log", "Return")
    chart = chart_of(root)
    wait_for("its bar under the crosshair", lambda: "close" in chart.description and minutes(chart.description) == minutes(first))


def test_backtest(root, folder):
    focus("Sample")
    key("alt+7")
    equity = wait_for("the equity", lambda: showing(root, "image", "^Hypothetical equity and drawdown$"))
    take(equity)

    def goes(accelerator, what):
        before = equity.description
        press("backtest", accelerator)
        wait_for(f"{what} by {accelerator}", lambda: equity.description != before and re.match(r"Bar ", equity.description))

    press("backtest", "End")
    wait_for("the newest bar", lambda: re.match(r"Bar ", equity.description))
    goes("Home", "the first bar")
    goes("Right", "one on")
    goes("Left", "one back")
    press("backtest", "Escape")
    wait_for("no cursor", lambda: not re.match(r"Bar ", equity.description))
    press("backtest", "Home")
    wait_for("the first bar", lambda: re.match(r"Bar ", equity.description))
    press("backtest", "Return")
    chart = chart_of(root)
    wait_for("its bar under the crosshair", lambda: "close" in chart.description)


def sensitive(root, name):
    return has_state(find(root, "push button", f"^{name}$"), pyatspi.STATE_SENSITIVE)


def test_journal(root, folder):
    focus("Sample")
    at = position(root)
    key("ctrl+BackSpace")
    wait_for("it to begin again", lambda: position(root) < at)
    key("ctrl+space")
    wait_for("some bars", lambda: position(root) > 1250)
    key("ctrl+space")
    key("alt+6")
    wait_for("two sessions", lambda: label(root, "^2 sessions$"))
    table = wait_for("the sessions", lambda: showing(root, "tree table", "^Sessions$"))

    def to_table():
        focus("Sample")
        extents = table.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
        xdotool("mousemove", *place(table, 0.2, 40 / extents.height), "click", "1")
        time.sleep(0.3)

    to_table()
    expect(not sensitive(root, "Compare"), "nothing is selected")
    press("journal", "<Control>a")
    wait_for("both to be selected", lambda: sensitive(root, "Compare"))
    # The newest one goes on, and cannot be deleted.
    key("End")
    wait_for("the older one alone", lambda: not sensitive(root, "Compare"))
    press("journal", "Delete")
    wait_for("one session less", lambda: label(root, "^1 session$"))
    wait_for("the way back", lambda: find(root, "push button", "Undo$")).queryAction().doAction(0)
    wait_for("both sessions again", lambda: label(root, "^2 sessions$"))
    to_table()
    key("End")
    press("journal", "Return")
    wait_for("the session on the chart", lambda: label(root, "^session of .*, from the journal$"))


def test_every_key_was_pressed(root, folder):
    key("ctrl+q")
    expect_all_pressed("shortcuts-chart")


def test_quit(root, folder):
    key("ctrl+q")


TESTS = [test_move, test_crosshair, test_axis, test_marks, test_latency, test_log, test_backtest]

if __name__ == "__main__":
    # Under a sanitizer without the journal's: its second session is not there within the time that is waited.
    run(start, TESTS + [test_journal, test_every_key_was_pressed], short=TESTS + [test_quit])
