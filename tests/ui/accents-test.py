"""The window in a language made of accents alone: what shows up without one was not marked for translation. See languages.py."""

import os
import re
import subprocess
import sys
import tempfile
import time

import harness
import languages
from harness import application, expect, find, focus, frames, key, run, wait_for, walk

# Words that are the same in every language: names of this and other programs, of the field, of units and of files.
NAMES = set("""Barscope UTC ATR LSTM CPU GPU SHA HTTP JSON CSV PNG Beispiel FP32 INT8 Hurst min max vulkan reference
    Binance Alpaca Redis Streams
    Ctrl Shift BackSpace End Page Up Down Jan Feb Mar
    cpu generic""".split())
# What a node is called that has no name: its type's.
TYPE = re.compile(r"^(Gtk|Adw|Bs|Gdk)[A-Z]\w*$")
unmarked = {}


def collect(where):
    toolkit = languages.toolkit_texts()
    for node in walk(application()):
        for text in (node.name, node.description):
            text = (text or "").strip()
            if not text or TYPE.match(text) or text in toolkit or text == harness.APPLICATION:
                continue
            # Names of files, and the digits of a hash.
            text = re.sub(r"\S*\.(csv|safetensors)\S*|\b[0-9a-f]{12,}\b", "", text)
            words = [word for word in languages.plain_words(text) if word not in NAMES and word not in DATA]
            if words:
                unmarked.setdefault(text, f"{where}: {node.getRoleName()}: {' '.join(words)}")


def data_words():
    """Words of data, not of the program's: names of features and switches, and what the model says of itself."""
    resources = os.path.join(languages.SOURCE, "resources")
    header = subprocess.run([harness.BARSCOPE, "features", os.path.join(resources, "sample-5m.csv.gz")], capture_output=True, text=True,
                            check=True).stdout.split("\n", 1)[0]
    with open(os.path.join(resources, "default-model.safetensors"), "rb") as file:
        metadata = file.read(int.from_bytes(file.read(8), "little")).decode()
    schema = os.path.join(os.path.dirname(harness.BARSCOPE), "..", "resources", "org.barscope.Barscope.options.gschema.xml")
    with open(schema, encoding="utf-8") as file:
        switches = " ".join(re.findall(r'key name="([^"]+)"', file.read()))
    return set(languages.plain_words(" ".join([header.replace("_", " "), metadata, switches])))


DATA = set()
# The title of the window with the sample.
MAIN = languages.accented("Sample")


def start(program, folder):
    root = wait_for("the window", lambda: (frames() or [None])[0])
    wait_for("bars", lambda: find(root, "label", r"/ 5"))
    focus(MAIN)
    return root


def test_pages(root, folder):
    for n in range(1, 8):
        key(f"alt+{n}")
        collect(f"page {n}")
    key("alt+1")


def menu(keys):
    """A test of what the keys open over the window."""

    def test(root, folder):
        key(*keys.split())
        time.sleep(1)
        collect(keys)
        key("Escape")

    test.__name__ = "test_" + re.sub(r"\W", "_", keys)
    return test


def test_chart(root, folder):
    harness.click(find(root, "image", languages.accented("Price chart")))
    menu("shift+F10")(root, folder)


def window_of(keys):
    """A test of the window that the keys open."""

    def test(root, folder):
        focus(MAIN)
        before = application().childCount
        key(keys)
        wait_for(f"the window of {keys}", lambda: application().childCount > before)
        collect(keys)
        key("Escape")
        wait_for(f"the window of {keys} to go", lambda: application().childCount == before)

    test.__name__ = "test_" + re.sub(r"\W", "_", keys)
    return test


def test_marked(root, folder):
    expect(not unmarked, "not marked for translation:\n" + "\n".join(f"{text!r} ({where})" for text, where in sorted(unmarked.items())))


def test_quit(root, folder):
    focus(MAIN)
    key("ctrl+q")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        harness.BARSCOPE = languages.accented_program(harness.BARSCOPE, scratch)
        DATA |= data_words()
        run(start, [test_pages, menu("F10"), menu("F7"), test_chart, window_of("ctrl+comma"), window_of("ctrl+question"),
                    window_of("ctrl+l"), window_of("ctrl+i"), test_marked, test_quit])
