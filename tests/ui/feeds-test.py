#!/usr/bin/env python3
"""Live feeds in the window: a file that grows is followed, goes stale and recovers; the Connect dialog; signals served over HTTP."""
import http.client
import json
import os
import re
import tempfile
import time

from harness import application, expect, find, focus, frame, frames, key, label, run, test_names, wait_for, walk, write_bars, xdotool

FOLDER = tempfile.mkdtemp()
PATH = os.path.join(FOLDER, "ES-1s.csv")

START = 1704186000


def append_bars(path, begin, n, step=1):
    with open(path, "a", encoding="utf-8") as file:
        for i in range(begin, begin + n):
            when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(START + step * i))
            file.write(f"{when},100.00,100.20,99.80,100.{i % 10}0,10\n".replace("100.00,100.20", "100.00,101.00"))


def write_seconds(path, n):
    with open(path, "w", encoding="utf-8") as file:
        file.write("time,open,high,low,close,volume\n")
    append_bars(path, 0, n)


def live_state(root):
    return label(root, r"^(connecting|connected|catching up|stale|lost|ended)") or ""


def wait_for_state(root, pattern):
    return wait_for(f"the state {pattern}", lambda: re.search(pattern, live_state(root)))


def test_follow(root, folder):
    wait_for_state(root, r"^connected")
    append_bars(PATH, 300, 1)
    wait_for_state(root, r"^connected, last bar")
    # No bar for two bar lengths and 5 s: words, and the panel says that its signal is old.
    wait_for_state(root, r"^stale, no bar for \d+ s")
    wait_for("the banner", lambda: label(root, r"^The feed is late"))
    wait_for("the panel", lambda: label(root, r"^No bar for"))
    append_bars(PATH, 301, 1)
    wait_for_state(root, r"^connected, last bar")
    wait_for("no banner", lambda: not label(root, r"^The feed is late"))


def test_gone(root, folder):
    os.rename(PATH, PATH + ".old")
    wait_for_state(root, r"^lost: ")
    write_seconds(PATH, 310)
    wait_for_state(root, r"^connected")


def test_connect(root, folder):
    other = os.path.join(folder, "NQ-1m.csv")
    write_bars(other, 400)
    focus("Barscope")
    key("ctrl+l")
    dialog = wait_for("the dialog", find_connect)
    wait_for("its entry", lambda: find(dialog, "text", "^File"))
    test_names(root, folder)
    # The address has the focus already, with the last feed's in it.
    key("ctrl+a")
    xdotool("type", "--delay", "20", other)
    time.sleep(0.3)
    key("Return")
    wait_for("the other file", lambda: frame("NQ"))
    wait_for_state(frame("NQ"), r"^connected")


def find_connect():
    for node in application():
        if node is not None and node.name == "Connect":
            return node
    return None


def bar(i):
    when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(START + 60 * i))
    return {"time": when, "open": 100.0, "high": 101.0, "low": 99.0, "close": 100.0 + (i % 10) / 10, "volume": 10.0 + i % 7}


def post(body):
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=60)
    connection.request("POST", "/analysis", json.dumps(body))
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def test_serve(root, folder):
    try:
        http.client.HTTPConnection("127.0.0.1", 8000, timeout=5).connect()
        return  # somebody else listens there
    except OSError:
        pass
    root = wait_for("the window", lambda: frame("Barscope"))
    focus("Barscope")
    key("F10")
    item = wait_for("the menu", lambda: find(root, "menu item|check menu item", "Serve Signals") or find_menu(root))
    item.queryAction().doAction(0)

    def listening():
        try:
            http.client.HTTPConnection("127.0.0.1", 8000, timeout=5).connect()
            return True
        except OSError:
            return False

    wait_for("the server", listening)
    status, answer = post({"type": "historical", "primary_bars": [bar(i) for i in range(300)]})
    expect(status == 200 and answer["bars_received"] == 300, f"{status} {answer}")
    root = wait_for("the posted bars", lambda: frame("HTTP"))
    wait_for_state(root, r"^connected")
    status, answer = post({"type": "realtime", "primary_bar": bar(300)})
    expect(status in (200, 503), f"{status} {answer}")
    expect(status == 503 or answer["signal"] in ("long", "short", "hold"), f"{answer}")
    expect(status == 200 or "signal" not in answer, f"{answer}")
    wait_for_state(root, r"^connected, last bar")


def find_menu(root):
    for node in walk(root):
        if "Serve Signals" in (node.name or "") and node.getRoleName() in ("menu item", "check menu item", "push button", "check box"):
            return node
    return None


def start(program, folder):
    return wait_for("the window", lambda: (frames() or [None])[0])


def test_quit(root, folder):
    focus("Barscope")
    key("ctrl+q")


TESTS = [test_follow, test_gone, test_connect, test_serve, test_quit]

if __name__ == "__main__":
    write_seconds(PATH, 300)
    run(start, TESTS, arguments=["--follow", PATH])
