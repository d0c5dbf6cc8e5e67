"""What the tests of the real window have in common: they drive it as a user would, with the keyboard and the mouse (xdotool), and
look at it as a screen reader does (the accessibility bus). Each is started by run-ui-test, which gives it a screen, a session
bus and an empty home: run-ui-test BARSCOPE [NAME-test.py].

A test is a function of (root, folder): the window's node and a folder for files; it raises Failure through expect() and
wait_for(). run() starts the program, calls start and each test in turn, and prints TAP. Any warning or critical of GTK or GLib
on the program's stderr fails it."""

import gzip
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback

import pyatspi

BARSCOPE = sys.argv[1]
APPLICATION = "org.barscope.Barscope"
# A loaded machine is slow; nothing here depends on speed, so wait for long before giving up.
PATIENCE = 30.0


class Failure(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Failure(what)


def wait_for(what, function, patience=PATIENCE):
    """Calls function until it gives something, which is returned."""
    end = time.monotonic() + patience
    error = None
    while time.monotonic() < end:
        try:
            value = function()
            if value:
                return value
        except Failure:
            raise
        except Exception as e:  # the tree changes while one walks it
            error = e
        time.sleep(0.05)
    raise Failure(f"waited {patience:.0f} s for: {what}" + (f" ({error})" if error else ""))


# Not walked into: thousands of cells, each a round trip over the bus.
LARGE_ROLES = {"tree table", "table"}


def walk(node, depth=0):
    if node is None or depth > 60:
        return
    yield node
    if node.getRoleName() in LARGE_ROLES:
        return
    for i in range(node.childCount):
        try:
            child = node.getChildAtIndex(i)
        except Exception:
            continue
        yield from walk(child, depth + 1)


def has_state(node, state):
    return node.getState().contains(state)


def is_shown(node):
    """Whether it has a place in its window, and neither it nor what it is in is hidden: GTK 4.8 tells no reader what is "showing"."""
    extents = node.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
    if extents.width <= 0 or extents.height <= 0:
        return False
    while node is not None and node.getRoleName() != "application":
        if not has_state(node, pyatspi.STATE_VISIBLE):
            return False
        node = node.parent
    return True


def application():
    for app in pyatspi.Registry.getDesktop(0):
        if app is not None and app.name == APPLICATION:
            return app
    return None


def frames():
    app = application()
    return [node for node in app if node is not None and node.getRoleName() == "frame"] if app else []


def frame(title):
    for node in frames():
        if title in node.name:
            return node
    return None


def find(root, role, name=None):
    """The first node of that role whose name matches the pattern."""
    for node in walk(root):
        if node.getRoleName() == role and (name is None or re.search(name, node.name)):
            return node
    return None


def label(root, pattern):
    node = find(root, "label", pattern)
    return node.name if node is not None else None


# Labels that are looked at again and again, by window: found once, then only read.
known = {}


def known_text(root, key, pattern):
    node = known.get((root, key))
    if node is None:
        node = known[(root, key)] = find(root, "label", pattern)
    return node.name if node is not None else ""


def position(root):
    """Bars shown, of the label beside the slider: "1,523 / 5,000 bars"."""
    text = known_text(root, "position", r"^[\d,.\s]+ / [\d,.\s]+ bars")
    return int(re.sub(r"\D", "", text.split("/")[0])) if text else None


def state(root):
    return known_text(root, "state", r"^(replaying|paused|ended|computing|no signals)")


def xdotool(*words):
    subprocess.run(["xdotool", *words], check=True, stdout=subprocess.DEVNULL)
    time.sleep(0.1)


def key(*names):
    xdotool("key", "--clearmodifiers", *names)


def place(node, right, down):
    """A point of a node as xdotool takes it: parts of its width and height, in the window that has the keyboard."""
    extents = node.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
    window = subprocess.run(["xdotool", "getactivewindow"], capture_output=True, text=True, check=True).stdout.strip()
    return ["--window", window, str(int(extents.x + extents.width * right)), str(int(extents.y + extents.height * down))]


def click(node):
    xdotool("mousemove", *place(node, 0.5, 0.3), "click", "1")


class Program:
    """The program under test."""

    def __init__(self, *arguments):
        self.stderr = tempfile.TemporaryFile(mode="w+")
        # GTK's file chooser leaks; the other programs that are started here look for leaks to the end.
        environment = dict(os.environ, ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0")
        self.process = subprocess.Popen([BARSCOPE, *arguments], stderr=self.stderr, env=environment)

    def wait(self):
        try:
            return self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Failure("the program did not end")

    def complaints(self):
        self.stderr.seek(0)
        return [line.rstrip() for line in self.stderr if re.search(r"WARNING|CRITICAL|ERROR|Sanitizer", line)]


def focus(title):
    """Gives the keyboard to the window with that title."""

    def try_once():
        ids = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", title], capture_output=True, text=True)
        for window in ids.stdout.split():
            subprocess.run(["xdotool", "windowactivate", "--sync", window], check=False, capture_output=True, timeout=10)
            return window
        return None

    return wait_for(f"a window {title} to give the keyboard to", try_once)


def size(window):
    text = subprocess.run(["xdotool", "getwindowgeometry", "--shell", window], capture_output=True, text=True).stdout
    return int(re.search(r"WIDTH=(\d+)", text)[1]), int(re.search(r"HEIGHT=(\d+)", text)[1])


def state_is(root, pattern, patience=PATIENCE):
    return wait_for(f"the state {pattern}", lambda: re.search(pattern, state(root)), patience)


def write_bars(path, n, start=1704186000, bad=()):
    """Bars of a minute each; the rows in bad are garbage."""
    rows = ["time,open,high,low,close,volume"]
    price = 100.0
    for i in range(n):
        step = ((i * 7919) % 13 - 6) * 0.05
        close = price + step
        when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(start + 60 * i))
        low, high = min(price, close) - 0.1, max(price, close) + 0.1
        rows.append("garbage" if i in bad else f"{when},{price:.2f},{high:.2f},{low:.2f},{close:.2f},{100 + i % 7}")
        price = close
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "wt") as file:
        file.write("\n".join(rows) + "\n")


def press(root, name):
    button = wait_for(f"the button {name}", lambda: find(root, "push button", f"^{name}$"))
    button.queryAction().doAction(0)


def save_as(path):
    """Types a path into the dialog that asks where to save."""
    time.sleep(1.0)
    key("ctrl+a")
    xdotool("type", "--delay", "20", path)
    time.sleep(0.3)
    key("Return")
    wait_for(f"{path} to be written", lambda: os.path.exists(path) and os.path.getsize(path) > 0)


# Rows of a list view have no name of their own in GTK 4.8: a reader reads what is in them.
UNNAMED_TYPES = {"GtkListItemWidget"}


def test_names(root, folder):
    """Whatever can take the focus now has a name of its own."""
    nameless = set()
    for node in walk(application()):
        if not has_state(node, pyatspi.STATE_FOCUSABLE) or node.name in UNNAMED_TYPES:
            continue
        # The items of a list that is closed: they are read, and named, once it opens.
        if node.getRoleName() == "list item" and not has_state(node, pyatspi.STATE_SHOWING):
            continue
        # libadwaita 1.2 gives the button that closes a toast no name, and no way to give it one.
        if node.parent is not None and node.parent.name == "AdwToastWidget":
            continue
        name = node.name.strip()
        if not name and node.getRoleName() == "list item":
            continue  # a choice's rows, as those above
        if not name or re.match(r"(Gtk|Adw|Bs)[A-Z]", name):
            nameless.add(f"{node.getRoleName()} \"{name}\" in \"{node.parent.name}\" in \"{node.parent.parent.name}\"")
    expect(not nameless, "can take the focus and has no name: " + "; ".join(sorted(nameless)))


def run(start, tests, arguments=(), short=None, afterwards=()):
    """start (program, folder) gives the first window's node. short: the tests that hold where everything takes five times as long,
    as under a sanitizer: no toast is waited for, which is gone before the tree has been walked; BS_UI_TESTS=short runs these. The
    last test ends the program. afterwards: functions (folder), called once it has ended."""
    signal.alarm(900)
    if short is not None and os.environ.get("BS_UI_TESTS") == "short":
        tests = short
    print(f"1..{len(tests) + len(afterwards) + 3}", flush=True)
    failures = 0
    number = 0

    def report(name, error=None, since=0.0):
        nonlocal failures, number
        number += 1
        failures += error is not None
        print(f"{'not ok' if error else 'ok'} {number} {name} # {time.monotonic() - since:.1f} s", flush=True)
        if error:
            print("\n".join("# " + line for line in error.splitlines()), flush=True)

    def attempt(function, *arguments):
        since = time.monotonic()
        error = result = None
        try:
            result = function(*arguments)
        except Failure as e:
            error = str(e)
        except Exception:
            error = traceback.format_exc()
        report(function.__name__, error, since)
        return result, error

    with tempfile.TemporaryDirectory() as folder:
        program = Program(*arguments)
        root, error = attempt(start, program, folder)
        for test in tests:
            if error and program.process.poll() is not None:
                break
            root = root if root in frames() else (frames() or [None])[0]
            error = attempt(test, root, folder)[1]
        since = time.monotonic()
        try:
            status = program.wait()
            report("exit status", None if status == 0 else f"it is {status}", since)
        except Failure as e:
            report("exit status", str(e), since)
        complaints = program.complaints()
        report("no warning", "\n".join(complaints) or None, since)
        for function in afterwards:
            attempt(function, folder)
    sys.exit(1 if failures else 0)
