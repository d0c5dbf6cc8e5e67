"""Several instruments of a venue fill the watchlist over one connection; each row says how its feed stands. The next start goes on from
the journal, before the venue can be reached, and then without a bar twice or missing."""

import contextlib
import os
import re
import sqlite3
import time

from harness import Program, expect, focus, frame, frames, key, label, run, test_names, wait_for
from venue import Venue

SYMBOLS = ["BTCUSDT", "ETHUSDT", "SOLUSDT"]
venue = Venue(300)


def rows(root):
    """The rows in words, by symbol."""
    return {node.name.split(",")[0]: node.name for node in walk_all(root) if node.name.split(",")[0] in SYMBOLS and "," in node.name}


def walk_all(node, depth=0):
    """As walk(), into the list of instruments, too."""
    yield node
    if depth < 60:
        for i in range(node.childCount):
            child = node.getChildAtIndex(i)
            if child is not None:
                yield from walk_all(child, depth + 1)


def feeds(root):
    return {symbol: match[1] for symbol, text in rows(root).items() if (match := re.search(r"Feed (\w+)", text))}


def ask(sql):
    path = os.path.join(os.environ["XDG_DATA_HOME"], "barscope", "journal.sqlite")
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as db:
        return db.execute(sql).fetchall()


def start(program, folder):
    return wait_for("the window with the first", lambda: frame("BTCUSDT"))


def test_rows(root, folder):
    wait_for("three rows, live", lambda: feeds(root) == {symbol: "live" for symbol in SYMBOLS})
    expect(venue.streams == [[f"{symbol.lower()}@kline_1m" for symbol in SYMBOLS]], f"one connection brings all: {venue.streams}")
    for _ in range(3):
        venue.close_bar(*SYMBOLS)
    wait_for("the bars to be kept", lambda: all(n == 303 for _, n in bars_kept()) and len(bars_kept()) == 3)
    wait_for("the newest prices", lambda: all(f"Last {venue.prices(symbol, 302)[3]:.2f}" in text for symbol, text in rows(root).items()))
    test_names(root, folder)


def bars_kept():
    """(instrument, how many bars of it): each once, whatever run it is in."""
    return ask("SELECT instrument, count(DISTINCT time_us) FROM bar JOIN run ON run.id = bar.run WHERE kind = 'websocket' GROUP BY instrument")


def test_lost(root, folder):
    venue.down = True
    venue.cut()
    wait_for("all to be lost", lambda: set(feeds(root).values()) == {"lost"})
    venue.n_closed += 2  # missed
    venue.down = False
    wait_for("all to be live again", lambda: set(feeds(root).values()) == {"live"})
    wait_for("the bars that were missed", lambda: all(n == 305 for _, n in bars_kept()))


def test_quit(root, folder):
    focus("BTCUSDT")
    key("ctrl+q")


def test_restart(folder):
    """Stopped, and started again while the venue cannot be reached."""
    venue.down = True
    venue.cut()
    venue.n_closed += 4  # while nobody looked
    before = len(venue.asked)
    program = Program("--feed", venue.address("BTCUSDT"))
    root = wait_for("the window", lambda: frame("BTCUSDT"))
    wait_for("the feed to be lost", lambda: label(root, "^lost: "))
    last = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(venue.base_ms / 1000 + 304 * 60))
    wait_for("the last bar, from the journal", lambda: label(root, f"^Bar of {last} UTC$"))
    expect(len(venue.asked) == before, "nothing was asked of the venue for that")
    venue.down = False
    wait_for("the feed", lambda: label(root, "^connected"))
    venue.close_bar("BTCUSDT")
    wait_for("all bars", lambda: dict(bars_kept())["BTCUSDT"] == 310)
    expect(venue.asked[before:] == [("BTCUSDT", 305)], f"only what was missing was asked for: {venue.asked[before:]}")
    times = [us for us, in ask("SELECT time_us FROM bar JOIN run ON run.id = bar.run WHERE kind = 'websocket' AND instrument = 'BTCUSDT'"
                                   " ORDER BY time_us")]
    expect(len(times) == 310, f"{len(times)} bars of 310: none twice")
    expect(all(b - a == 60000000 for a, b in zip(times, times[1:])), "none is missing")
    focus("BTCUSDT")
    key("ctrl+q")
    expect(program.wait() == 0, "it ends well")
    complaints = program.complaints()
    expect(not complaints, "\n".join(complaints))


if __name__ == "__main__":
    run(start, [test_rows, test_lost, test_quit], arguments=["--feed", venue.address(",".join(SYMBOLS))], afterwards=[test_restart])
