"""The models page: a model is trained on the bars of the window while they stand there, is offered beside the one in use, takes over
at the next bar, and the one before comes back with a click."""

import glob
import os
import re
import subprocess
import tempfile
import time

import pyatspi

from harness import (BARSCOPE, click, expect, find, focus, frame, has_state, key, label, run, state_is, test_names, wait_for, walk)

TRAINING_PATIENCE = 240.0  # at the lowest priority, beside whatever else this machine does


def start(program, folder):
    root = wait_for("the window with the bars", lambda: frame("made-up"))
    state_is(root, r"^ended$")
    focus("made-up")
    key("alt+5")
    wait_for("the models page", lambda: find(root, "push button", "^Train on These Bars$"))
    return root


def set_number(root, name, value):
    wait_for(name, lambda: find(root, "spin button", f"^{name}$")).queryValue().currentValue = value


def rows(root):
    """What a reader says of each model of the list."""
    listed = find(root, "list box", "^Models$") or find(root, "list", "^Models$")
    return [node.name for node in walk(listed) if node.getRoleName() == "list item"]


def used(root):
    return [name for name in rows(root) if "in use" in name]


def press_button(root, name):
    button = wait_for(name, lambda: find(root, "push button", f"^{name}$"))
    wait_for(f"{name} to be sensitive", lambda: has_state(button, pyatspi.STATE_SENSITIVE))
    button.queryAction().doAction(0)


def test_default_in_use(root, folder):
    wait_for("the default model", lambda: any(re.search("Demonstration model.*in use", name) for name in rows(root)))


def test_cancel(root, folder):
    press_button(root, "Train on These Bars")
    press_button(root, "Cancel the training")
    wait_for("the word that it was cancelled", lambda: label(root, "was cancelled"), TRAINING_PATIENCE)
    expect(not glob.glob(os.path.join(os.environ["XDG_DATA_HOME"], "barscope", "models", "*")), "nothing is kept of a cancelled training")


def test_train(root, folder):
    for name, value in (("Newest bars to learn from", 700), ("Epochs at most", 2), ("Hidden units", 4)):
        set_number(root, name, value)
    press_button(root, "Train on These Bars")
    wait_for("the curves", lambda: find(root, "image", "^Loss by epoch$") or find(root, "icon", "^Loss by epoch$"))
    wait_for("the verdict", lambda: label(root, r"^(No better|Better) than .*: right on"), TRAINING_PATIENCE)
    files = glob.glob(os.path.join(os.environ["XDG_DATA_HOME"], "barscope", "models", "made-up*.safetensors"))
    expect(len(files) == 1, f"one model is written: {files}")
    check = subprocess.run([BARSCOPE, "info"], capture_output=True, text=True)
    expect(check.returncode == 0, "the program still runs")
    wait_for("the new model in the list", lambda: any("Trained on made-up" in name for name in rows(root)))
    expect(any(re.search("Demonstration model.*in use", name) for name in used(root)), "the old one is in use until the user says so")


def test_take_over(root, folder):
    press_button(root, "Use This Model")
    wait_for("the new model in use", lambda: any("Trained on made-up" in name for name in used(root)))
    expect(len(used(root)) == 1, f"one model is in use: {used(root)}")


def test_back(root, folder):
    """The one before is a click away: in the toast, as long as it is there, and in the list."""
    listed = find(root, "list box", "^Models$") or find(root, "list", "^Models$")
    focus("made-up")
    click([node for node in walk(listed) if node.getRoleName() == "list item" and "Demonstration model" in node.name][0])
    press_button(root, "Use This Model")
    wait_for("the old model in use again", lambda: any("Demonstration model" in name for name in used(root)))
    expect(any("Trained on made-up" in name and "in use" not in name for name in rows(root)), "the new one stays in the list")


def test_close(root, folder):
    key("ctrl+q")


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "made-up.csv")
        subprocess.run([BARSCOPE, "generate", "--bars", "900", "--seed", "5", "--output", path], check=True)
        run(start, [test_default_in_use, test_cancel, test_train, test_names, test_take_over, test_back, test_close],
            arguments=[path, "--set", "backend=cpu"],
            short=[test_default_in_use, test_cancel, test_train, test_close])


if __name__ == "__main__":
    main()
