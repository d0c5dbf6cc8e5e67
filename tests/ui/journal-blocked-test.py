"""A journal that cannot be written, in the window: disk full, a read-only file system. Both are said, nothing stops, and what waited is
written once there is room. On file systems of the test's own, so as root; skipped where these cannot be had."""

import contextlib
import ctypes
import os
import sqlite3
import subprocess
import sys

from harness import Program, expect, focus, frame, frames, key, label, position, run, state_is, test_names, wait_for

PLACE = os.path.join(os.environ["XDG_DATA_HOME"], "barscope")
FILLER = os.path.join(PLACE, "filler")
CLONE_NEWNS = 0x20000


def mount():
    """A disk of 48 MB (the log grows to 16) that only this test and the programs that it starts see."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) != 0:
        return False
    os.makedirs(PLACE)
    commands = ["mount", "--make-rprivate", "/"], ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", PLACE]
    return all(subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0 for command in commands)


def fill():
    with open(FILLER, "wb", buffering=0) as file:
        for size in 65536, 512:
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                pass


def signals():
    return ask("SELECT count(*), count(DISTINCT bar) FROM signal")


def ask(sql):
    path = os.path.join(PLACE, "journal.sqlite")
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as db:
        return db.execute(sql).fetchone()


def banner(root):
    return label(root, "^The journal cannot be written: ")


def start(program, folder):
    root = wait_for("the window with the sample", lambda: frame("Sample"))
    state_is(root, r"^replaying")
    focus("Sample")
    return root


def test_full(root, folder):
    wait_for("signals to be kept", lambda: signals()[0] > 10)
    expect(not banner(root), "there is no banner while all is well")
    fill()
    text = wait_for("the banner", lambda: banner(root))
    expect("full" in text, f"it says that the disk is full: {text}")
    before = wait_for("bars", lambda: position(root))
    wait_for("the session to go on", lambda: position(root) > before + 5)
    test_names(root, folder)


def test_room(root, folder):
    os.remove(FILLER)
    wait_for("the banner to go", lambda: not banner(root))
    kept = wait_for("what waited", lambda: signals())
    wait_for("signals to be kept again", lambda: signals()[0] > kept[0])
    n, n_bars = signals()
    expect(n == n_bars, f"{n} signals of {n_bars} bars: none twice")
    first, last, n = ask("SELECT min(bar), max(bar), count(*) FROM bar")
    expect(last - first + 1 == n, f"{n} bars from {first} to {last}: none is missing")


def test_quit(root, folder):
    focus("Sample")
    key("ctrl+q")


def test_read_only(folder):
    """From the start: the window works, and says so."""
    subprocess.run(["mount", "-o", "remount,ro", PLACE], check=True)
    program = Program()
    root = wait_for("the window", lambda: (frames() or [None])[0])
    text = wait_for("the banner", lambda: banner(frames()[0]))
    expect("read" in text.lower(), f"it says that it is read-only: {text}")
    before = wait_for("bars", lambda: position(frames()[0]))
    wait_for("the session to go on", lambda: position(frames()[0]) > before + 5)
    subprocess.run(["mount", "-o", "remount,rw", PLACE], check=True)
    wait_for("the banner to go", lambda: not banner(frames()[0]))
    expect(root is not None, "there is a window")
    key("ctrl+q")
    expect(program.wait() == 0, "it ends well")
    complaints = program.complaints()
    expect(not complaints, "\n".join(complaints))


if not mount():
    print("1..0 # SKIP no file system of one's own can be had here")
    sys.exit(0)
run(start, [test_full, test_room, test_quit], afterwards=[test_read_only])
