#!/usr/bin/env python3
"""Barscope's network beside PyTorch, ONNX Runtime and oneDNN: same weights, same inputs, one thread, one run.

Every peer's answers are checked against ours before anything is timed. Then rounds go over all of them, each round in a new
order; a figure is the median over the rounds of the mean time of a window within a round. See README.md.
"""
import argparse
import ctypes
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")
# qnnpack warns at every call, which would be timed too; Debian's PyTorch logs through glog.
os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
os.environ.setdefault("GLOG_minloglevel", "2")
warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
F, T, C = 62, 20, 3
FP32_BOUND, INT8_BOUND = 1e-5, 0.05  # of |difference of a probability| from our FP32


def make_weights(hidden, layers, seed=1):
    """PyTorch's initial distribution, the weights three times as large so that classes differ."""
    rng = np.random.default_rng(seed)
    bound = 1 / np.sqrt(hidden)

    def uniform(*shape):
        return np.ascontiguousarray(rng.uniform(-bound, bound, shape), dtype=np.float32)

    weights = []
    for k in range(layers):
        weights += [uniform(4 * hidden, F if k == 0 else hidden), uniform(4 * hidden, hidden), uniform(4 * hidden)]
    return weights + [3 * uniform(32, hidden), uniform(32), 3 * uniform(C, 32), uniform(C)]


def pointers(weights):
    floats = ctypes.POINTER(ctypes.c_float)
    return (floats * len(weights))(*[w.ctypes.data_as(floats) for w in weights])


def as_pointer(array):
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_float))


class Library:
    """Ours or oneDNN's: a shared library that times itself."""

    def __init__(self, name, handle, run, timed, windows, live=None):
        self.name, self.handle, self.windows, self.live = name, handle, windows, live
        self.out = np.zeros((len(windows), C), np.float32)
        self.run_it, self.time_it = run, timed

    def answers(self):
        if not self.run_it(self.handle, self.windows, self.out):
            raise RuntimeError(f"{self.name}: refused")
        return self.out.copy()

    def measure(self, repeats):
        return self.time_it(self.handle, self.windows, self.out, repeats) / repeats


class Callable:
    """A peer that is called from Python, as its users call it."""

    def __init__(self, name, call):
        self.name, self.call = name, call

    def answers(self):
        return np.asarray(self.call())

    def measure(self, repeats):
        started = time.perf_counter_ns()
        for _ in range(repeats):
            self.call()
        return (time.perf_counter_ns() - started) / repeats


def build_library(command, target):
    done = subprocess.run(command + ["-o", target], capture_output=True, text=True)
    if done.returncode != 0:
        print(f"left out: {' '.join(command[:1])}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    return ctypes.CDLL(target)


def load_ours(build, folder):
    source = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
    kernels = os.path.join(build, "inference", "kernels")
    archives = sorted(os.path.join(kernels, f) for f in os.listdir(kernels) if f.endswith(".a"))
    # meson makes thin archives: they name objects relative to themselves, which the linker follows
    library = build_library(["cc", "-O2", "-shared", "-fPIC", "-I", source, os.path.join(HERE, "ours.c"),
                             "-Wl,--whole-archive", *archives, "-Wl,--no-whole-archive", "-lm"],
                            os.path.join(folder, "ours.so"))
    if library is None:
        sys.exit("our own library does not build: build the project first, see README.md")
    library.ours_new.restype = ctypes.c_void_p
    library.ours_kernels.restype = ctypes.c_char_p
    library.ours_time.restype = library.ours_time_live.restype = ctypes.c_int64
    return library


def ours(library, weights, hidden, layers, windows, int8, fused=True, live=False):
    n = len(windows)
    handle = ctypes.c_void_p(library.ours_new(F, hidden, layers, T, pointers(weights), int8, fused, n))
    name = f"Barscope {'INT8' if int8 else 'FP32'}{', live' if live else ''}{'' if fused else ', fused off'}"

    def run(handle, windows, out):
        return library.ours_run(handle, as_pointer(windows), n, as_pointer(out))

    def timed(handle, windows, out, repeats):
        if live:
            return library.ours_time_live(handle, as_pointer(windows), T, as_pointer(out), repeats)
        return library.ours_time(handle, as_pointer(windows), n, as_pointer(out), repeats)

    return Library(name, handle, run, timed, windows)


def load_onednn(folder):
    library = build_library(["c++", "-O2", "-std=c++14", "-shared", "-fPIC", os.path.join(HERE, "onednn.cpp"), "-ldnnl"],
                            os.path.join(folder, "onednn.so"))
    if library is not None:
        library.onednn_new.restype = ctypes.c_void_p
        library.onednn_new.argtypes = [ctypes.c_uint] * 4 + [ctypes.c_void_p, ctypes.c_int, ctypes.c_uint, ctypes.c_float]
        library.onednn_time.restype = ctypes.c_int64
    return library


def onednn(library, weights, hidden, layers, windows, int8):
    n = len(windows)
    handle = library.onednn_new(F, hidden, layers, T, ctypes.cast(pointers(weights), ctypes.c_void_p), int8, n,
                                float(np.abs(windows).max()))
    if handle is None:
        return None
    return Library(f"oneDNN {'INT8' if int8 else 'FP32'}", ctypes.c_void_p(handle),
                   lambda h, w, o: library.onednn_run(h, as_pointer(w), as_pointer(o)),
                   lambda h, w, o, repeats: library.onednn_time(h, as_pointer(w), as_pointer(o), repeats), windows)


def torch_peers(torch, weights, hidden, layers, windows):
    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = torch.nn.LSTM(F, hidden, layers, batch_first=True)
            self.fc1, self.fc2 = torch.nn.Linear(hidden, 32), torch.nn.Linear(32, C)

        def forward(self, x):
            y, _ = self.lstm(x)
            return torch.softmax(self.fc2(torch.relu(self.fc1(y[:, -1]))), 1)

    network = Network().eval()
    state = {}
    for k in range(layers):
        w_ih, w_hh, bias = weights[3 * k:3 * k + 3]
        state[f"lstm.weight_ih_l{k}"], state[f"lstm.weight_hh_l{k}"] = torch.tensor(w_ih), torch.tensor(w_hh)
        state[f"lstm.bias_ih_l{k}"], state[f"lstm.bias_hh_l{k}"] = torch.tensor(bias), torch.zeros(4 * hidden)
    for name, w in zip(("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"), weights[3 * layers:]):
        state[name] = torch.tensor(w)
    network.load_state_dict(state)
    x = torch.tensor(windows)

    def caller(f):
        def call():
            with torch.inference_mode():
                return f(x)
        return call

    peers = [Callable("PyTorch FP32, eager", caller(network))]
    scripted = torch.jit.freeze(torch.jit.trace(network, x))
    peers.append(Callable("PyTorch FP32, TorchScript", caller(scripted)))
    for engine in ("fbgemm", "qnnpack"):
        if engine in torch.backends.quantized.supported_engines:
            torch.backends.quantized.engine = engine
            quantized = torch.quantization.quantize_dynamic(network, {torch.nn.LSTM, torch.nn.Linear}, torch.qint8)
            peers.append(Callable(f"PyTorch INT8, quantize_dynamic ({engine})", caller(quantized)))
            break
    return network, peers


def onnx_peers(torch, network, windows, folder):
    try:
        import onnxruntime
        from onnxruntime.quantization import QuantType, quantize_dynamic
    except ImportError as error:
        print(f"left out: ONNX Runtime: {error}", file=sys.stderr)
        return []
    path, quantized = os.path.join(folder, "network.onnx"), os.path.join(folder, "network-int8.onnx")
    torch.onnx.export(network, torch.tensor(windows), path, input_names=["x"], output_names=["y"], opset_version=14,
                      dynamic_axes={"x": {0: "n"}, "y": {0: "n"}})
    quantize_dynamic(path, quantized, weight_type=QuantType.QInt8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    peers = []
    for name, file in (("ONNX Runtime FP32", path), ("ONNX Runtime INT8, dynamic", quantized)):
        session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        peers.append(Callable(name, lambda session=session: session.run(None, {"x": windows})[0]))
    return peers


def check(peers, reference):
    """Leaves out no one in silence: a peer with other answers stops the run."""
    for peer in peers:
        difference = float(np.abs(peer.answers() - reference).max())
        peer.difference = difference
        bound = INT8_BOUND if "INT8" in peer.name else FP32_BOUND
        if not difference <= bound:
            sys.exit(f"{peer.name}: probabilities differ from ours by {difference:.3g}, more than {bound:g}")


def measure(peers, batch, rounds, rng):
    """ns a window: a list of rounds for each peer."""
    repeats = []
    for peer in peers:
        peer.measure(2)
        repeats.append(max(1, int(4e5 / max(peer.measure(2), 1))))  # 0.4 ms: shorter than a time slice
    samples = [[] for _ in peers]
    for _ in range(rounds):
        for i in rng.sample(range(len(peers)), len(peers)):
            samples[i].append(peers[i].measure(repeats[i]) / batch)
    return samples


def tables(results, machine):
    lines = [f"{machine}\n"]
    for group in results:
        lines += [f"### {group['layers']}x{group['hidden']}, batch {group['batch']}, T {T}\n",
                  "| | us a window, median | p5 | times ours INT8 | times ours FP32 | largest difference |",
                  "|---|---:|---:|---:|---:|---:|"]
        for row in group["rows"]:
            lines.append(f"| {row['name']} | {row['p50_us']:.2f} | {row['p5_us']:.2f} | {row['times_int8']:.2f} | "
                         f"{row['times_fp32']:.2f} | {row['difference']:.1e} |")
        lines.append("")
    return "\n".join(lines)


def machine_text(kernels, torch):
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as file:
            model = next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    load = os.getloadavg()[0]
    return (f"{model}, kernels {kernels}, PyTorch {torch.__version__ if torch else '-'}, one thread; "
            f"load {load:.1f} on {os.cpu_count()} cores at the start")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", help="build folder of the project")
    parser.add_argument("--rounds", type=int, default=150)
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 16, 256])
    parser.add_argument("--hidden", type=int, nargs="+", default=[64, 128])
    parser.add_argument("--markdown", help="also write the tables to this file")
    parser.add_argument("--json", help="also write the figures to this file")
    arguments = parser.parse_args()
    try:
        import torch
        torch.set_num_threads(1)
    except ImportError as error:
        torch = None
        print(f"left out: PyTorch and ONNX Runtime: {error}", file=sys.stderr)

    folder = tempfile.TemporaryDirectory(prefix="barscope-peers-")
    own, dnnl = load_ours(arguments.build, folder.name), load_onednn(folder.name)
    machine = machine_text(own.ours_kernels().decode(), torch)
    rng, results, layers = random.Random(1), [], 2
    for hidden in arguments.hidden:
        weights = make_weights(hidden, layers)
        for batch in arguments.batches:
            windows = np.random.default_rng(2).normal(0, 1, (batch, T, F)).astype(np.float32)
            peers = [ours(own, weights, hidden, layers, windows, int8=1), ours(own, weights, hidden, layers, windows, 0)]
            if batch == 1:
                peers += [ours(own, weights, hidden, layers, windows, int8, live=True) for int8 in (1, 0)]
            if dnnl is not None:
                peers += [p for p in (onednn(dnnl, weights, hidden, layers, windows, i) for i in (1, 0)) if p]
            if torch is not None:
                network, called = torch_peers(torch, weights, hidden, layers, windows)
                peers += onnx_peers(torch, network, windows, folder.name) + called
            check(peers, peers[1].answers())
            samples = measure(peers, batch, arguments.rounds, rng)
            medians = [statistics.median(s) for s in samples]
            results.append({
                "layers": layers, "hidden": hidden, "batch": batch, "rounds": arguments.rounds,
                "rows": [{"name": p.name, "p50_us": m / 1e3, "p5_us": sorted(s)[len(s) // 20] / 1e3,
                          "times_int8": statistics.median(a / b for a, b in zip(s, samples[0])),
                          "times_fp32": statistics.median(a / b for a, b in zip(s, samples[1])),
                          "difference": p.difference} for p, m, s in zip(peers, medians, samples)]})
            print(f"done: {layers}x{hidden}, batch {batch}", file=sys.stderr)

    text = tables(results, machine)
    print(text)
    if arguments.markdown:
        with open(arguments.markdown, "w") as file:
            file.write(text)
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"machine": machine, "inputs": F, "steps": T, "results": results}, file, indent=1)


if __name__ == "__main__":
    main()
