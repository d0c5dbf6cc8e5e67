#!/usr/bin/env python3
"""Realtime calls to `barscope serve`: bar in to answer out, at a fixed rate, the server on one core.

Usage: serve.py BUILD [--rate 200] [--seconds 30] [--journal]. Needs nothing but Python.

A POST /analysis with a new bar goes out every 1/rate seconds over one connection, with a GET /health-check half-way between two: that
one costs the same client, system and transport, and no prediction, so it shows what the machine itself adds. Times are from sending to
the whole answer, and from when the call was due.
"""
import argparse
import csv
import http.client
import json
import os
import subprocess
import tempfile
import time

HISTORY = 2000


def percentile(times, p):
    times = sorted(times)
    return times[min(len(times) - 1, int(len(times) * p))] * 1e3


def server_cpu(server):
    """CPU seconds that the server has used, all its threads together; Linux."""
    try:
        with open(f"/proc/{server.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return float("nan")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--journal", action="store_true", help="commit everything before it is answered")
    arguments = parser.parse_args()
    barscope = os.path.join(arguments.build, "app", "barscope")
    n = int(arguments.rate * arguments.seconds)
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "bars.csv")
        subprocess.run([barscope, "generate", "--bars", str(HISTORY + n), "--seed", "1", "--output", path], check=True)
        with open(path, encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        bars = [{k: v[:19] if k == "time" else float(v) for k, v in row.items()} for row in rows]
        command = [barscope, "serve", "--headless", "--listen", "127.0.0.1:0", "--allow-out-of-range"]
        command += ["--journal", os.path.join(folder, "journal.sqlite")] if arguments.journal else ["--no-journal"]
        pin = {"preexec_fn": lambda: os.sched_setaffinity(0, {cores[-1]})} if len(cores) > 1 else {}
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **pin)
        try:
            if len(cores) > 1:
                os.sched_setaffinity(0, {cores[0]})
            address = server.stdout.readline().strip().rsplit("/", 1)[1]
            connection = http.client.HTTPConnection(address, timeout=60)

            def call(method, target, body=None):
                begin = time.perf_counter()
                connection.request(method, target, body, {"Content-Type": "application/json"} if body else {})
                answer = connection.getresponse()
                text = answer.read()
                return answer.status, text, begin, time.perf_counter()

            body = json.dumps({"type": "historical", "primary_bars": bars[:HISTORY], "secondary_bars": []})
            status, text, _, _ = call("POST", "/analysis", body)
            assert status == 200, text
            bodies = [json.dumps({"type": "realtime", "primary_bar": bar, "dailyPnL": 0.0}) for bar in bars[HISTORY:]]
            status, text, _, _ = call("POST", "/analysis", bodies[0])  # waits until the history has been through
            assert status == 200, text
            took, late, plain = [], [], []
            used = server_cpu(server)
            start = time.perf_counter() + 0.1
            for i, body in enumerate(bodies[1:]):
                due = start + i / arguments.rate
                while (left := due - time.perf_counter()) > 0:
                    time.sleep(left)
                status, text, begin, end = call("POST", "/analysis", body)
                assert status == 200, text
                took.append(end - begin)
                late.append(end - due)
                while (left := due + 0.5 / arguments.rate - time.perf_counter()) > 0:
                    time.sleep(left)
                _, _, begin, end = call("GET", "/health-check")
                plain.append(end - begin)
            seconds = time.perf_counter() - start
            used = server_cpu(server) - used
        finally:
            server.terminate()
            server.wait()
    print(f"{len(took)} realtime calls, {len(took) / seconds:.1f} a second, {'with' if arguments.journal else 'without'} a journal")
    print(f"the server's CPU time for a realtime call and a health-check together: {used / len(took) * 1e3:.2f} ms")
    print(f"{'ms':24}{'p50':>8}{'p95':>8}{'p99':>8}{'max':>8}")
    for name, times in (("realtime", took), ("realtime, from due", late), ("health-check", plain)):
        print(f"{name:24}" + "".join(f"{percentile(times, p):8.2f}" for p in (0.5, 0.95, 0.99, 1.0)))


main()
