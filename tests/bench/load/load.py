#!/usr/bin/env python3
"""One million bars of CSV: Barscope beside pandas.read_csv with dates, on one core, in turn, in one run.

Usage: load.py BUILD [--rounds N]. Needs pandas (pip install pandas). Each round reads the same file once with either; a figure is the
median over the rounds, the ratio the median of the rounds' ratios. Both read from the disk's cache.
CPU time says what a core is busy for, whatever else the machine does.
"""
import argparse
import os
import statistics
import subprocess
import tempfile
import time

import pandas as pd

BARS = 1_000_000


def ours(loader, path):
    """Wall and CPU seconds of loading, as the loader has taken them around it."""
    return tuple(float(x) for x in subprocess.run([loader, path], check=True, capture_output=True, text=True).stdout.split())


def theirs(path):
    before, begin = time.process_time(), time.perf_counter()
    frame = pd.read_csv(path, parse_dates=["time"])
    wall, cpu = time.perf_counter() - begin, time.process_time() - before
    assert len(frame) == BARS and str(frame["time"].dtype).startswith("datetime64")
    return wall, cpu


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    loader = os.path.join(arguments.build, "tests", "load-bars")
    barscope = os.path.join(arguments.build, "app", "barscope")
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "bars.csv")
        subprocess.run([barscope, "generate", "--bars", str(BARS), "--seed", "1", "--output", path], check=True)
        rows = []
        theirs(path)
        for _ in range(arguments.rounds):
            rows.append(ours(loader, path) + theirs(path))
    print(f"pandas {pd.__version__}, {BARS:,} bars, one core, {arguments.rounds} rounds")
    print(f"{'':10}{'wall s':>10}{'CPU s':>10}{'min CPU s':>12}")
    for name, k in (("barscope", 0), ("pandas", 2)):
        walls, cpus = [row[k] for row in rows], [row[k + 1] for row in rows]
        print(f"{name:10}{statistics.median(walls):10.3f}{statistics.median(cpus):10.3f}{min(cpus):12.3f}")
    print(f"pandas / barscope, CPU time: {statistics.median(row[3] / row[1] for row in rows):.1f}")


main()
