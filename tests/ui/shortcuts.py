"""The keys of the shortcuts window, read from its own definition. Each of two tests presses the keys of its groups, and fails at the end
where one of them has not been pressed; press() is followed by a look at what it did."""

import os
import re
import xml.etree.ElementTree

from harness import expect, key

DEFINITION = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "app", "help-overlay.ui")

# Which test presses the keys of which groups.
GROUPS = {
    "shortcuts-window": {"bars", "replay", "window", "pages-go", "charts", "watchlist"},
    "shortcuts-chart": {"chart-move", "chart-look", "latency", "latency-table", "log", "backtest", "journal"},
}

pressed = set()


def defined():
    """(group, accelerator) of every key that the window shows."""
    found = []
    for group in xml.etree.ElementTree.parse(DEFINITION).iter("object"):
        if group.get("class") != "GtkShortcutsGroup":
            continue
        for item in group.iter("property"):
            if item.get("name") == "accelerator":
                found += [(group.get("id"), accelerator) for accelerator in item.text.split(" ")]
    return found


def press(group, accelerator):
    """Presses a key as the definition names it: "<Control><Shift>o"."""
    pressed.add((group, accelerator))
    names = {"Control": "ctrl", "Shift": "shift", "Alt": "alt"}
    words = [names[word] for word in re.findall(r"<(\w+)>", accelerator)] + [re.sub(r"<\w+>", "", accelerator)]
    key("+".join(words))


def expect_all_pressed(test):
    """Every key of the test's groups is pressed, and every group belongs to a test."""
    everything = defined()
    expect(len(everything) > 80, f"the shortcuts window has {len(everything)} keys")
    unknown = {group for group, _ in everything} - set().union(*GROUPS.values())
    expect(not unknown, f"groups of the shortcuts window that no test presses: {unknown}")
    missing = [item for item in everything if item[0] in GROUPS[test] and item not in pressed]
    expect(not missing, f"in the shortcuts window, and pressed by no test: {missing}")
    stale = pressed - set(everything)
    expect(not stale, f"pressed, and not in the shortcuts window: {stale}")
