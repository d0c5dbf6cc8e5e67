"""The window in German: menu, pages, tooltips and names are translated, numbers are shown and typed the German way, and everything
fits on a small screen. See harness.py."""

import re
import subprocess
import tempfile

import languages
from harness import (click, expect, find, focus, frame, frames, key, place, press, run, size, test_names, wait_for, walk, xdotool)

PAGES = ["Chart", "Latenz", "Log", "Backtest", "Labor", "Modelle", "Journal"]


def start(program, folder):
    root = wait_for("the window with the sample", lambda: frame("Beispiel"))
    wait_for("the replay", lambda: find(root, "label", r"^Wiedergabe, "))
    focus("Beispiel")
    return root


def names(root, roles):
    return {node.name for node in walk(root) if node.getRoleName() in roles}


def test_menu(root, folder):
    key("F10")
    wanted = {"Kerzen öffnen …", "Verbinden …", "Erscheinungsbild", "Einstellungen", "Tastenkürzel", "Info zu Barscope"}
    wait_for("the menu", lambda: wanted <= names(root, {"menu item", "check menu item", "radio menu item"}))
    key("Escape")


def test_pages(root, folder):
    tabs = names(root, {"toggle button", "page tab", "radio button", "push button"})
    expect(set(PAGES) <= tabs, f"pages are {PAGES}, found {sorted(tabs)}")
    key(f"alt+{len(PAGES)}")
    wait_for("the journal", lambda: find(root, "label", r"^(\d+ Sitzung(en)?|Noch keine Sitzungen)$"))
    key("alt+1")


def test_named(root, folder):
    """What a screen reader says."""
    for role, name in (("image", "^Kursdiagramm$"), ("image", "^Latenz nach Stufen$"), ("image", "^Wahrscheinlichkeiten$"),
                       ("check box", "^Hurst-Zwischenspeicher$"), ("push button", "^Hauptmenü$")):
        expect(find(root, role, name), f"there is a {role} {name}")


def test_tooltip(root, folder):
    button = find(root, "push button", "^Hauptmenü$")
    xdotool("mousemove", *place(button, 0.3, 0.3))
    xdotool("mousemove_relative", "3", "3")
    wait_for("the tooltip", lambda: any(re.search(r"Hauptmenü \(F10\)", node.name + "|" + (node.description or ""))
                                        for app in [root.parent] for node in walk(app)))


def test_numbers_shown(root, folder):
    wait_for("bars with German thousands", lambda: find(root, "label", r"^\d\.\d{3} / 5\.000 Kerzen$"))
    numbers = {name for name in names(root, {"label"}) if re.search(r"^[<\d][\d.,]*$", name)}
    expect(any(re.search(r"^<?\d+,\d+$", name) for name in numbers), f"numbers have decimal commas: {sorted(numbers)}")
    expect(not any(re.search(r"^<?0\.\d+$", name) for name in numbers), f"none has a decimal point: {sorted(numbers)}")


def test_budget(root, folder):
    """Ten milliseconds: not the ten thousand that "10.000" would be in German."""
    key("alt+2")
    spin = wait_for("the budget", lambda: find(root, "spin button", "^Budget in Millisekunden$"))
    expect(spin.queryValue().currentValue == 10, f"the budget is {spin.queryValue().currentValue}")
    key("alt+1")


def test_numbers_typed(root, folder):
    """A decimal comma and a decimal point are the same to whoever types a number."""
    key("ctrl+comma")
    window = wait_for("the preferences", lambda: next((node for node in frames() if find(node, "label", "^Auf und Ab$")), None))
    tab = wait_for("the page of alerts", lambda: find(window, "page tab", "^Meldungen$"))
    focus("Einstellungen")
    click(tab)
    wait_for("the rule", lambda: find(window, "label", "^Melderegeln$"))
    press(window, "Regel hinzufügen")
    spin = wait_for("the field of confidence", lambda: [node for node in walk(window) if node.getRoleName() == "spin button"
                                                        and node.name == "Konfidenz mindestens"][-1])
    # The last one is no number: what was there stays.
    for typed, value in (("0,7", 0.7), ("0.75", 0.75), ("0,8x", 0.75)):
        xdotool("mousemove", *place(spin, 0.1, 0.5), "click", "1")
        key("ctrl+a")
        xdotool("type", "--delay", "30", typed)
        key("Return")
        wait_for(f"{typed} to be {value}", lambda: abs(spin.queryValue().currentValue - value) < 1e-9, 10)
    test_names(root, folder)
    key("Escape")
    wait_for("the preferences to go", lambda: len(frames()) == 1)


def test_cost_typed(root, folder):
    """What a trade costs, on the page of the backtest."""
    key("alt+7")
    spin = wait_for("the cost", lambda: find(root, "spin button", "^Kosten je Seite in Punkten$"))
    xdotool("mousemove", *place(spin, 0.1, 0.5), "click", "1")
    key("ctrl+a")
    xdotool("type", "--delay", "30", "0,5")
    key("Return")
    wait_for("half a point", lambda: abs(spin.queryValue().currentValue - 0.5) < 1e-9, 10)
    key("alt+1")


def test_size(root, folder):
    """German words are long: the window still fits on a laptop's screen, on every page."""
    window = focus("Beispiel")
    for n in range(1, len(PAGES) + 1):
        key(f"alt+{n}")
        subprocess.run(["xdotool", "windowsize", "--sync", window, "1366", "740"], check=False, timeout=10)
        width, height = size(window)
        expect(width <= 1366 and height <= 768, f"page {n} needs {width}x{height}")
    key("alt+1")


def test_quit(root, folder):
    focus("Beispiel")
    key("ctrl+q")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        languages.german_locale(scratch)
        run(start, [test_menu, test_pages, test_named, test_names, test_tooltip, test_numbers_shown, test_budget, test_numbers_typed,
                    test_cost_typed, test_size, test_quit])
