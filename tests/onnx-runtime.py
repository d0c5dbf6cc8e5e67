#!/usr/bin/env python3
"""onnx-runtime.py BARSCOPE MODEL BARS: what ONNX Runtime says of exported models, held against what Barscope says.

Exports MODEL and models of other shapes with `barscope convert`, runs 1,000 windows through ONNX Runtime and compares the
probabilities with those of `barscope predict` on the same bars (to 1e-5). ONNX Runtime is a test's need and nobody else's: it is
looked for in the Python that runs this, then in a virtual environment under the user's cache (BS_ONNX_VENV names another), which
`onnx-runtime.py --install` makes. Where it is not to be had this is skipped: exit status 77. Nothing is fetched during a test.
"""
import csv
import io
import json
import os
import struct
import subprocess
import sys
import tempfile

SKIPPED = 77
WINDOWS = 1000
TOLERANCE = 1e-5
VENV = os.environ.get("BS_ONNX_VENV") or os.path.join(
    os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "barscope", "onnx-runtime")


def install():
    """Makes the virtual environment; whether it is there."""
    python = os.path.join(VENV, "bin", "python")
    if os.path.exists(python) and subprocess.run([python, "-c", "import onnxruntime"], capture_output=True).returncode == 0:
        return True
    return (subprocess.run([sys.executable, "-m", "venv", VENV]).returncode == 0
            and subprocess.run([python, "-m", "pip", "install", "--quiet", "onnxruntime", "numpy"]).returncode == 0)


def find_runtime():
    """This interpreter where it has ONNX Runtime; else goes on in the virtual environment's; else skips."""
    try:
        import numpy
        import onnxruntime
        return numpy, onnxruntime
    except ImportError:
        python = os.path.join(VENV, "bin", "python")
        if os.path.exists(python) and os.path.realpath(sys.prefix) != os.path.realpath(VENV):
            os.execv(python, [python, *sys.argv])
        print("skipped: no ONNX Runtime here; tests/onnx-runtime.py --install gets it")
        sys.exit(SKIPPED)


def write_variant(path, numpy, inputs, mean, scale, hidden, layers, steps, temperature, seed):
    """A model of made-up weights that reads the same features."""
    generator = numpy.random.default_rng(seed)
    tensors = {"scaler.mean": mean, "scaler.scale": scale}
    for k in range(layers):
        for name, shape in (("weight_ih", (4 * hidden, hidden if k else inputs)), ("weight_hh", (4 * hidden, hidden)),
                            ("bias_ih", (4 * hidden,)), ("bias_hh", (4 * hidden,))):
            tensors[f"lstm.{name}_l{k}"] = generator.uniform(-1, 1, shape).astype("<f4") / numpy.sqrt(hidden)
    sizes = [hidden, 16, 3]
    for k in range(2):
        tensors[f"fc{k + 1}.weight"] = generator.uniform(-1, 1, (sizes[k + 1], sizes[k])).astype("<f4")
        tensors[f"fc{k + 1}.bias"] = generator.uniform(-1, 1, (sizes[k + 1],)).astype("<f4")
    header = {"__metadata__": {"format": "barscope-model/1", "feature_set": "causal", "sequence_length": str(steps),
                               "classes": "short,hold,long", "temperature": str(temperature)}}
    data = b""
    for name, tensor in tensors.items():
        tensor = tensor.astype("<f8" if name.startswith("scaler") else "<f4")
        header[name] = {"dtype": "F64" if name.startswith("scaler") else "F32", "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + tensor.nbytes]}
        data += tensor.tobytes()
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit status {result.returncode}: {result.stderr}")
    return result.stdout


def compare(numpy, onnxruntime, barscope, model, bars, rows, folder):
    """The largest difference of a probability over the last WINDOWS windows."""
    exported = os.path.join(folder, "exported.onnx")
    run(barscope, "convert", model, exported)
    session = onnxruntime.InferenceSession(exported, providers=["CPUExecutionProvider"])
    steps = session.get_inputs()[0].shape[1]
    first = len(rows) - WINDOWS - steps + 1
    windows = numpy.stack([rows[first + i:first + i + steps] for i in range(WINDOWS)])
    found = session.run(None, {session.get_inputs()[0].name: windows})[0]
    one = session.run(None, {session.get_inputs()[0].name: windows[:1]})[0]
    assert numpy.abs(one - found[:1]).max() < TOLERANCE, "a batch of one answers otherwise"

    table = list(csv.DictReader(io.StringIO(run(barscope, "predict", bars, "--model", model, "--all", "--format", "csv"))))
    expected = numpy.array([[float(row[name]) for name in ("p_short", "p_hold", "p_long")] for row in table[-WINDOWS:]])
    difference = numpy.abs(found - expected).max()
    spread = numpy.ptp(found, axis=0).max()
    assert spread > 0.01, "all answers are alike: nothing was compared"
    return difference


def main():
    if sys.argv[1:] == ["--install"]:
        sys.exit(0 if install() else 1)
    barscope, model, bars = sys.argv[1:]
    numpy, onnxruntime = find_runtime()
    onnxruntime.set_default_logger_severity(3)
    table = list(csv.reader(io.StringIO(run(barscope, "features", bars))))
    rows = numpy.array(table[1:], dtype=numpy.float64)
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 0.01
    with tempfile.TemporaryDirectory() as folder:
        models = {"the default model": model}
        for hidden, layers, steps, temperature in ((5, 1, 1, 1), (48, 3, 37, 2.5), (100, 2, 20, 0.7)):
            name = f"{layers}x{hidden}, T {steps}, temperature {temperature}"
            models[name] = os.path.join(folder, f"{layers}x{hidden}.safetensors")
            write_variant(models[name], numpy, len(mean), mean, scale, hidden, layers, steps, temperature, hidden)
        differences = {name: compare(numpy, onnxruntime, barscope, path, bars, rows, folder)
                       for name, path in models.items()}
    for name, difference in differences.items():
        print(f"{name}: {WINDOWS} windows, largest difference of a probability {difference:.2g}")
    if max(differences.values()) > TOLERANCE:
        sys.exit(f"more than {TOLERANCE} apart")


main()
