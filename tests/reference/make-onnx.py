#!/usr/bin/env python3
"""Makes tests/reference/golden/onnx/: classifiers as PyTorch's two exporters write them, and PyTorch's answers.

NAME.onnx, and NAME.answers.safetensors with
  windows        [n, T, F]  what goes into the graph
  probabilities  [n, 3]     what comes out, through a softmax where the graph has none
bad-*.onnx have no answers: they are to be refused.

Usage: make-onnx.py legacy|dynamo [FOLDER]. "legacy" needs PyTorch (Debian: python3-torch), "dynamo" PyTorch >= 2.6 with the
PyPI packages onnx and onnxscript. Exporters differ by version: the files were made with PyTorch 1.13 and 2.15.
"""
import json
import os
import struct
import sys
import warnings

import torch

FEATURES, HIDDEN, STEPS, WINDOWS = 5, 4, 7, 6


def write_answers(path, tensors):
    header, offset = {}, 0
    for name, tensor in tensors.items():
        end = offset + tensor.numel() * 4
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.float().contiguous().numpy().tobytes())


class Last(torch.nn.Module):
    """The usual one: the last step of the output sequence, Linear, ReLU, dropout, Linear; logits."""

    layers, batch_first, bias = 2, True, True

    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(FEATURES, HIDDEN, self.layers, batch_first=self.batch_first, dropout=0.2, bias=self.bias)
        self.fc1 = torch.nn.Linear(HIDDEN, 6)
        self.fc2 = torch.nn.Linear(6, 3)
        self.dropout = torch.nn.Dropout(0.3)

    def head(self, last):
        return self.fc2(self.dropout(torch.relu(self.fc1(last))))

    def forward(self, x):
        return self.head(self.lstm(x)[0][:, -1])


class State(Last):
    """The last layer's state; softmax."""

    def forward(self, x):
        return torch.softmax(self.head(self.lstm(x)[1][0][-1]), dim=-1)


class TimeFirst(Last):
    """[time, batch, features]; log-softmax."""

    batch_first = False

    def forward(self, x):
        return torch.log_softmax(self.head(self.lstm(x)[0][-1]), dim=1)


class Scaled(Last):
    """Scaler and temperature in the graph; one Linear layer; no biases in the LSTM."""

    layers, bias = 1, False

    def __init__(self):
        super().__init__()
        self.fc1 = torch.nn.Linear(HIDDEN, 3, bias=False)
        self.register_buffer("mean", torch.tensor([1.0, -2.0, 30.0, 0.25, 0.0]))
        self.register_buffer("scale", torch.tensor([0.5, 2.0, 10.0, 4.0, 1.0]))

    def forward(self, x):
        return torch.softmax(self.fc1(self.lstm((x - self.mean) / self.scale)[0][:, -1]) / 1.5, dim=-1)


class EveryStep(Last):
    """The head on every step, the last one taken after it."""

    def forward(self, x):
        return self.head(self.lstm(x)[0])[:, -1, :]


class BadBidirectional(Last):
    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(FEATURES, HIDDEN, 1, batch_first=True, bidirectional=True)
        self.fc1 = torch.nn.Linear(2 * HIDDEN, 6)


class BadGru(Last):
    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.GRU(FEATURES, HIDDEN, 1, batch_first=True)


class BadFirstStep(Last):
    def forward(self, x):
        return self.head(self.lstm(x)[0][:, 0])


class BadMean(Last):
    """The mean over all steps."""

    def forward(self, x):
        return self.head(self.lstm(x)[0].mean(1))


class BadShortcut(Last):
    def forward(self, x):
        last = self.lstm(x)[0][:, -1]
        first = torch.relu(self.fc1(last))
        return self.fc2(first) + self.fc2(torch.relu(first))


class BadTanh(Last):
    def forward(self, x):
        return self.fc2(torch.tanh(self.fc1(self.lstm(x)[0][:, -1])))


class BadClasses(Last):
    def __init__(self):
        super().__init__()
        self.fc2 = torch.nn.Linear(6, 2)


class BadCell(Last):
    """The cell state in place of the hidden state."""

    def forward(self, x):
        return self.head(self.lstm(x)[1][1][-1])


GOOD = {"last": Last, "state": State, "time-first": TimeFirst, "scaled": Scaled, "every-step": EveryStep}
BAD = {
    "bad-bidirectional": BadBidirectional, "bad-gru": BadGru, "bad-first-step": BadFirstStep, "bad-mean": BadMean,
    "bad-shortcut": BadShortcut, "bad-tanh": BadTanh, "bad-classes": BadClasses, "bad-cell": BadCell,
}


def export(model, path, exporter, fixed_batch):
    shape = [1 if exporter == "legacy" else 2, STEPS, FEATURES]
    batch = 0 if model.batch_first else 1
    if batch:
        shape = [shape[1], shape[0], shape[2]]
    names = {"input_names": ["x"], "output_names": ["y"]}
    if exporter == "legacy":
        axes = {} if fixed_batch else {"dynamic_axes": {"x": {batch: "batch"}, "y": {0: "batch"}}}
        torch.onnx.export(model, torch.zeros(shape), path, opset_version=14, **names, **axes)
    else:
        import onnx

        axes = {} if fixed_batch else {"dynamic_shapes": {"x": {batch: torch.export.Dim("batch")}}}
        torch.onnx.export(model, (torch.zeros(shape),), path, dynamo=True, external_data=False, verbose=False, **names, **axes)
        file = onnx.load(path)
        for part in (file.graph, *file.graph.node, *file.graph.input, *file.graph.output, *file.graph.value_info):
            part.ClearField("doc_string")
            part.ClearField("metadata_props")  # where on this machine each line of code lay
        onnx.save(file, path)


def main():
    exporter = sys.argv[1]
    folder = sys.argv[2] if len(sys.argv) > 2 else os.path.join(os.path.dirname(__file__), "golden", "onnx")
    warnings.filterwarnings("ignore")
    os.makedirs(folder, exist_ok=True)
    cases = {**GOOD, "fixed-batch": Last, **(BAD if exporter == "legacy" else {})}
    for number, (name, kind) in enumerate(cases.items()):
        torch.manual_seed(number)
        model = kind().eval()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.mul_(2)
        stem = os.path.join(folder, name if name in BAD else f"{exporter}-{name}")
        export(model, stem + ".onnx", exporter, name == "fixed-batch")
        if name in BAD:
            continue
        windows = torch.randn(WINDOWS, STEPS, FEATURES, generator=torch.Generator().manual_seed(number)) * 3
        with torch.no_grad():
            answers = model(windows if model.batch_first else windows.transpose(0, 1))
        if name not in ("state", "scaled", "time-first"):
            answers = torch.softmax(answers, -1)
        if name == "time-first":
            answers = answers.exp()
        write_answers(stem + ".answers.safetensors", {"windows": windows, "probabilities": answers})


main()
