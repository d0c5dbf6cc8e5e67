"""Preferences and alerts: what is chosen takes effect and is kept; a rule is added, tells, and is removed. See harness.py."""

import pyatspi

from harness import (application, click, expect, find, focus, frame, frames, has_state, key, run, state_is, test_names, wait_for,
                     walk)



def press(root, role, name):
    node = wait_for(f"{role} {name}", lambda: find(root, role, name))
    node.queryAction().doAction(0)
    return node


def start(program, folder):
    root = wait_for("the window with the sample", lambda: frame("Sample"))
    state_is(root, r"^replaying")
    focus("Sample")
    return root


def preferences():
    for node in frames():
        if find(node, "label", "^Up and Down$") or find(node, "label", "^Alert Rules$"):
            return node
    return None


def test_preferences(root, folder):
    key("ctrl+comma")
    window = wait_for("the preferences", preferences)
    for title in ("Style", "Up and Down", "Latency Budget", "Fidelity Check"):
        expect(find(window, "label", f"^{title}$"), f"there is {title}")
    own = find(window, "list item", "Own Colour for Up")
    expect(own is not None, "there are own colours")
    expect(not has_state(own, pyatspi.STATE_SENSITIVE), "own colours wait until they are chosen")


def test_rule(root, folder):
    window = preferences()
    tab = find(window, "page tab", "^Alerts$")
    expect(tab, "there is a page of alerts")
    click(tab)
    wait_for("the rules", lambda: find(window, "label", "^Alert Rules$"))
    press(window, "push button", "^Add a rule$")
    wait_for("a second rule", lambda: len([n for n in walk(window) if n.getRoleName() == "label" and n.name == "Any instrument"]) == 2)


def test_remove_rule(root, folder):
    window = preferences()
    # The last one, which is open.
    [n for n in walk(window) if n.name == "Remove this rule"][-1].queryAction().doAction(0)
    wait_for("one rule", lambda: len([n for n in walk(window) if n.getRoleName() == "label" and n.name == "Any instrument"]) == 1)
    key("Escape")


def test_bell(root, folder):
    """Signals of the sample change class now and then: the bell counts them."""
    focus("Sample")
    for _ in range(4):
        key("ctrl+Up")

    def bell():
        return find(root, "toggle button", r"^Alerts: \d+ new$") or find(root, "push button", r"^Alerts: \d+ new$")

    wait_for("new alerts", bell, 60)
    click(bell())
    wait_for("the list", lambda: find(application(), "label", r"^\S+ (long|short) \d+"))
    wait_for("nothing new any more", lambda: not bell())
    key("Escape")


def test_quit(root, folder):
    focus("Sample")
    key("ctrl+q")


if __name__ == "__main__":
    run(start, [test_preferences, test_names, test_rule, test_names, test_remove_rule, test_bell, test_quit])
