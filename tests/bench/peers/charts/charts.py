#!/usr/bin/env python3
"""Barscope's chart beside lightweight-charts and uPlot in headless Chromium: same bars, same size, one run. See README.md."""
import argparse
import array
import csv
import http.server
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import datetime

HERE = os.path.dirname(os.path.abspath(__file__))
SIZES, MOTIONS = (1000, 100000, 1000000), ("in", "out", "pan", "stream")
LIBRARIES = ("lightweight-charts", "uPlot")
PATIENCE_S = 240


def make_bars(barscope, folder, n):
    """Six doubles a bar: time in s, open, high, low, close, volume."""
    path = os.path.join(folder, "bars.csv")
    subprocess.run([barscope, "generate", "--seed", "3", "--bars", str(n), "--output", path], check=True)
    values = array.array("d")
    with open(path, newline="") as file:
        rows = csv.reader(file)
        head = [name.lower() for name in next(rows)]
        columns = [head.index(name) for name in ("open", "high", "low", "close", "volume")]
        # Minutes as they come: neither peer has room for the hours without bars, nor may two bars have one time.
        for i, row in enumerate(rows):
            values.append(1704326400.0 + 60.0 * i)
            values.extend(float(row[c]) for c in columns)
    return values.tobytes()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, modules, bars):
        super().__init__(("127.0.0.1", 0), Handler)
        self.modules, self.bars, self.answer, self.answered = modules, bars, None, threading.Event()


class Handler(http.server.BaseHTTPRequestHandler):
    TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}

    def reply(self, body, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        # With these the page's clock counts in 5 us and not in 100.
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/bars":
            self.reply(self.server.bars, "application/octet-stream")
            return
        root, name = (self.server.modules, path[5:]) if path.startswith("/npm/") else (HERE, path[1:])
        full = os.path.realpath(os.path.join(root, name))
        if not full.startswith(os.path.realpath(root) + os.sep) or not os.path.isfile(full):
            self.send_error(404)
            return
        with open(full, "rb") as file:
            self.reply(file.read(), self.TYPES.get(os.path.splitext(full)[1], "application/octet-stream"))

    def do_POST(self):
        self.server.answer = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.reply(b"", "text/plain")
        self.server.answered.set()

    def log_message(self, *arguments):
        pass


def run_peer(server, chromium, library, bars, frames):
    with tempfile.TemporaryDirectory() as profile:
        server.answered.clear()
        url = (f"http://127.0.0.1:{server.server_address[1]}/page.html?library={library}&bars={bars}&frames={frames}"
               f"&motions={','.join(MOTIONS)}")
        process = subprocess.Popen(
            [chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--window-size=1600,1000",
             "--force-device-scale-factor=1", f"--user-data-dir={profile}", url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        done = server.answered.wait(PATIENCE_S)
        process.terminate()
        process.wait()
        if not done:
            return None
        if "error" in server.answer:
            sys.exit(f"charts.py: {library}: {server.answer['error']}")
        return server.answer


def run_ours(barscope, rounds):
    """{(bars, motion): (p50 ms, p99 ms)} of our own snapshot and drawing, and of the composition."""
    command = [barscope, "bench", "--only", "draw", "--json", "--rounds", str(rounds)]
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        if shutil.which("xvfb-run") is None:
            sys.exit("charts.py: no display, and no xvfb-run to make one")
        command = ["xvfb-run", "-a", "-s", "-screen 0 1700x1100x24"] + command
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    results = {}
    for row in json.loads(out):
        part = row["name"].split("/")
        results[int(part[1]), part[2], len(part) > 3] = (row["p50"] / 1000, row["p99"] / 1000)
    return results


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, max(0, round(share * len(values) + 0.5) - 1))]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", help="build folder with app/barscope")
    parser.add_argument("--rounds", type=int, default=3, help="over all three, taking turns")
    parser.add_argument("--frames", type=int, default=60, help="of a peer, a round and a motion")
    parser.add_argument("--bars", type=int, nargs="*", default=SIZES, choices=SIZES)
    parser.add_argument("--json", help="where to write all figures")
    arguments = parser.parse_args()
    barscope = os.path.join(arguments.build, "app", "barscope")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None or shutil.which("npm") is None:
        print("charts.py: skipped: needs chromium and npm", file=sys.stderr)
        return 77
    store = os.path.join(arguments.build, "chart-peers")
    os.makedirs(store, exist_ok=True)
    shutil.copy(os.path.join(HERE, "package.json"), store)
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", store], check=True)

    times, ours = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        bars = make_bars(barscope, folder, max(arguments.bars) + (arguments.frames + 5) * 17)
        server = Server(os.path.join(store, "node_modules"), bars)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for round_number in range(arguments.rounds):
            print(f"round {round_number + 1} of {arguments.rounds}: ours", file=sys.stderr)
            for key, value in run_ours(barscope, arguments.frames).items():
                ours.setdefault(key, []).append(value)
            for n in arguments.bars:
                for library in LIBRARIES:
                    print(f"round {round_number + 1} of {arguments.rounds}: {library}, {n:,} bars", file=sys.stderr)
                    answer = run_peer(server, chromium, library, n, arguments.frames)
                    for motion in MOTIONS:
                        times.setdefault((library, n, motion), []).append(answer[motion] if answer else None)
        server.shutdown()

    version = subprocess.run([chromium, "--version"], stdout=subprocess.PIPE, text=True).stdout.strip()
    print(f"{version}; {datetime.date.today()}; ms a frame at 1600 x 1000, median over the rounds of p50 / p99\n")
    print("| bars | | ours | ours, with composition | " + " | ".join(LIBRARIES) + " |")
    print("|---|---|---|---|" + "---|" * len(LIBRARIES))
    table = []
    for n in arguments.bars:
        for motion in MOTIONS:
            own = [statistics.median(v[i] for v in ours[n, motion, False]) for i in (0, 1)]
            both = own[0] + statistics.median(v[0] for v in ours[n, motion, True])
            cells, row = [], {"bars": n, "motion": motion, "ours": own, "ours_with_composition_p50": both}
            for library in LIBRARIES:
                rounds = [t for t in times[library, n, motion] if t]
                if not rounds:
                    cells.append(f"over {PATIENCE_S} s")
                    continue
                p50 = statistics.median(percentile(t, 0.5) for t in rounds)
                p99 = statistics.median(percentile(t, 0.99) for t in rounds)
                row[library] = [p50, p99]
                cells.append(f"{p50:.2f} / {p99:.2f} ({p50 / both:.1f}x)")
            table.append(row)
            print(f"| {n:,} | {motion} | {own[0]:.2f} / {own[1]:.2f} | {both:.2f} | " + " | ".join(cells) + " |")
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"browser": version, "rows": table}, file, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
