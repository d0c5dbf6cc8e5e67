"""The Backtest page: labelled as hypothetical, follows the chart, costs count, trades are sorted, jump to their bars and are exported."""

import os
import re

import pyatspi

from harness import (click, expect, find, focus, frame, is_shown, key, label, place, run, save_as, state_is, test_names,
                     wait_for, xdotool)

SAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "resources", "sample-1m.csv.gz")


def test_start(program, folder):
    root = wait_for("the window", lambda: frame("sample"))
    state_is(root, r"^ended")
    focus("sample")
    return root


def bars(root):
    text = label(root, r"^[\d,.]+ bars? · .* · [\d,.]+ signals?$")
    return int(re.sub(r"\D", "", text.split("·")[0])) if text else None


def figure(root, name):
    """The value of the signals beside a title."""
    title = find(root, "label", f"^{name}$")
    siblings = [title.parent.getChildAtIndex(i) for i in range(title.parent.childCount)]
    text = siblings[siblings.index(title) + 1].name
    return float(text.replace(",", "").replace("−", "-").replace("+", "").replace("%", "").strip())


def cells(root, n):
    """The first texts of the table of trades, its heads among them."""
    table = wait_for("the table", lambda: find(root, "tree table", "^Hypothetical trades$") or find(root, "table", "^Hypothetical trades$"))
    texts, stack = [], [table]
    while stack and len(texts) < n:
        node = stack.pop()
        if node.getRoleName() == "label":
            texts.append(node.name)
        stack.extend(node.getChildAtIndex(i) for i in reversed(range(node.childCount)))
    return table, texts


def equity(root):
    return wait_for("the equity", lambda: find(root, "image", "^Hypothetical equity and drawdown$"))


def chart_shown(root):
    chart = find(root, "image", "^Price chart$")
    return chart is not None and is_shown(chart)


def test_labelled(root, folder):
    key("alt+7")
    wait_for("the label", lambda: label(root, "^Hypothetical$"))
    expect(label(root, "^Nothing was traded: "), "it says that nothing was traded")
    wait_for("what the bars are to the model", lambda: label(root, "of the time that the model was trained on"))
    expect(wait_for("the bars", lambda: bars(root)) < 5000, "only the bars that the chart shows count")


def test_all_bars(root, folder):
    before = bars(root)
    find(root, "push button", "^All Bars$").queryAction().doAction(0)
    wait_for("all bars", lambda: bars(root) == 5000)
    expect(before < 5000 and figure(root, "Trades") > 20, f"more bars and trades than {before} before")
    test_names(root, folder)


def test_cost(root, folder):
    net = figure(root, "Net, points")
    expect(figure(root, "Costs") == 0, "nothing costs anything at first")
    spin = wait_for("the cost", lambda: find(root, "spin button", "^Cost a side in points$"))
    spin.queryValue().currentValue = 0.5
    wait_for("costs", lambda: figure(root, "Costs") > 0)
    expect(abs(net - figure(root, "Costs") - figure(root, "Net, points")) < 0.02, "the costs are taken off")
    worth = find(root, "spin button", "^Value of a point$")
    worth.queryValue().currentValue = 50
    wait_for("money", lambda: abs(figure(root, "Net, money") - 50 * figure(root, "Net, points")) < 1)


def test_follows(root, folder):
    """The bars that count are those in view: all of them, then fewer."""
    find(root, "push button", "^Shown Bars$").queryAction().doAction(0)
    key("ctrl+0")
    wait_for("all bars in view", lambda: bars(root) == 5000)
    for _ in range(4):
        key("ctrl+plus")
    wait_for("fewer bars", lambda: bars(root) < 4500)
    key("ctrl+0")
    wait_for("all bars in view", lambda: bars(root) == 5000)


def test_equity_keys(root, folder):
    click(equity(root))
    key("End")
    wait_for("the newest bar", lambda: re.match(r"Bar 4,?999, 2024-01-09 13:28:00: equity ", equity(root).description))
    key("Home")
    wait_for("the oldest bar", lambda: re.match(r"Bar 0, ", equity(root).description))
    key("Right")
    wait_for("one on", lambda: not re.match(r"Bar 0, ", equity(root).description))
    key("Return")
    wait_for("the chart", lambda: chart_shown(root))
    key("alt+7")
    wait_for("the page", lambda: is_shown(equity(root)))


def test_heads(root, folder):
    _, texts = cells(root, 9)
    expect(texts == ["Trade", "Side", "Entry", "Entry Price", "Exit", "Exit Price", "Bars", "Cost", "Net"], f"the heads: {texts}")


def test_jump(root, folder):
    """A trade shows its bar on the chart."""
    table, _ = cells(root, 1)
    extents = table.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
    xdotool("mousemove", *place(table, 0.3, 42 / extents.height), "click", "1")
    key("Return")
    wait_for("the chart", lambda: chart_shown(root))
    chart = find(root, "image", "^Price chart$")
    wait_for("the bar", lambda: re.search(r"2024", chart.description or ""))
    key("alt+7")
    wait_for("the page", lambda: is_shown(equity(root)))


def test_export(root, folder):
    find(find(root, "push button", "^Export the backtest$"), "push button", "^Export$").queryAction().doAction(0)
    wait_for("the menu item", lambda: find(root, "menu item", "^Trades .*CSV")).queryAction().doAction(0)
    path = os.path.join(folder, "trades.csv")
    save_as(path)
    with open(path) as file:
        lines = file.read().splitlines()
    expect(lines[0].startswith("trade,side,entry_bar,entry_time,"), f"the file has a header: {lines[0]}")
    expect(len(lines) - 1 == figure(root, "Trades"), f"the file has {len(lines)} lines")
    net = sum(float(line.split(",")[11]) for line in lines[1:])
    expect(abs(net - figure(root, "Net, points")) < 0.02, f"the trades add up to {net}")


def test_replayed(root, folder):
    """It follows bars that come."""
    find(root, "push button", "^All Bars$").queryAction().doAction(0)
    wait_for("all bars", lambda: bars(root) == 5000)
    key("ctrl+BackSpace")
    wait_for("fewer bars", lambda: bars(root) and bars(root) < 5000)
    before = bars(root)
    key("ctrl+Right")
    wait_for("one more", lambda: bars(root) == before + 1)


def test_quit(root, folder):
    key("ctrl+q")


run(test_start, [test_labelled, test_all_bars, test_cost, test_follows, test_equity_keys, test_heads, test_jump, test_export,
                 test_replayed, test_quit], arguments=(SAMPLE,))
