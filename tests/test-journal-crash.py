#!/usr/bin/env python3
"""Kills a session with a journal at random moments, and looks whether what it had shown is in the file: test-journal-crash.py DRIVER

Exit status 0: all is there, once, and the file is sound. BS_CRASHES is the number of moments (12), BS_SEED makes them the same again."""

import os
import random
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time

BARS_A_SECOND = 500
PATIENCE_S = 30.0


def wait_for_line(process, path, size):
    end = time.monotonic() + PATIENCE_S
    while not os.path.exists(path) or os.path.getsize(path) <= size:
        if process.poll() is not None or time.monotonic() > end:
            sys.exit(f"the driver shows no signal: exit status {process.poll()}")
        time.sleep(0.005)


def main():
    driver = sys.argv[1]
    n = int(os.environ.get("BS_CRASHES", "12"))
    seed = int(os.environ.get("BS_SEED", str(random.randrange(1 << 30))))
    moments = random.Random(seed)
    folder = tempfile.mkdtemp(prefix="barscope-crash-")
    journal, log = os.path.join(folder, "journal.sqlite"), os.path.join(folder, "log")
    print(f"# seed {seed}, {n} moments, {BARS_A_SECOND} bars/s")

    n_seen = n_ahead = 0
    for crash in range(n):
        size = os.path.getsize(log) if os.path.exists(log) else 0
        process = subprocess.Popen([driver, journal, log, str(BARS_A_SECOND)])
        try:
            # Half of the moments count from its start, the others from its first signal.
            if moments.random() < 0.5:
                wait_for_line(process, log, size)
            time.sleep(moments.uniform(0.0, 0.6))
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        if not os.path.exists(log):
            continue
        with open(log, "rb") as file:
            file.seek(size)
            lines = file.read().decode().splitlines()
        db = sqlite3.connect(journal)
        state = db.execute("PRAGMA quick_check").fetchone()[0]
        if state != "ok":
            sys.exit(f"crash {crash}: the file is damaged: {state}")
        last = {}
        for line in lines:
            kept, run, bar, time_us, klass, bits = line.split()
            if kept != "kept":
                sys.exit(f"crash {crash}: shown though it was not kept: {line}")
            rows = db.execute("SELECT class, p_short, time_us FROM signal JOIN bar USING (run, bar) WHERE run = ? AND bar = ?",
                              (int(run), int(bar))).fetchall()
            if len(rows) != 1:
                sys.exit(f"crash {crash}: shown {line!r}, in the journal {len(rows)} times")
            found = (rows[0][0], struct.pack(">d", rows[0][1]).hex(), rows[0][2])
            if found != (int(klass), bits, int(time_us)):
                sys.exit(f"crash {crash}: shown {line!r}, in the journal {found}")
            last[int(run)] = int(bar)
            n_seen += 1
        for run, bar in last.items():
            n_ahead += db.execute("SELECT count(*) FROM signal WHERE run = ? AND bar > ?", (run, bar)).fetchone()[0]
        db.close()

    db = sqlite3.connect(journal)
    state = db.execute("PRAGMA integrity_check").fetchone()[0]
    total, distinct = db.execute("SELECT (SELECT count(*) FROM signal), (SELECT count(*) FROM (SELECT DISTINCT run, bar FROM signal))"
                                 ).fetchone()
    holes = db.execute("SELECT count(*) FROM (SELECT run, max(bar) - min(bar) + 1 - count(*) AS n FROM bar GROUP BY run) WHERE n <> 0"
                       ).fetchone()[0]
    db.close()
    if state != "ok" or total != distinct or holes:
        sys.exit(f"at the end: {state}, {total} signals, {distinct} different, {holes} runs with holes")
    if n_seen == 0:
        sys.exit("no signal was ever shown: nothing is tested")
    for name in os.listdir(folder):
        os.unlink(os.path.join(folder, name))
    os.rmdir(folder)
    print(f"# killed {n} times: {n_seen} signals shown, all of them in the journal, once; {n_ahead} more were committed and not yet "
          f"shown; {total} in all, file sound")


main()
