#!/usr/bin/env python3
"""Makes tests/reference/golden/lstm/: small models of odd shapes and PyTorch's answers to them.

Each case is two files: NAME.safetensors, a model as docs/model-format.md describes it, and NAME.answers.safetensors with
  windows        [n, T, F]  inputs after the scaler
  probabilities  [n, 3]     softmax (logits / temperature), computed by PyTorch in F64 from the weights as stored
  logits         [n, 3]
  hidden         [1, T, H]  states of the top layer, first window
  cells          [L, n, H]  every layer's cell after the last step
  pruned         [n, 3]     the pruned variant's probabilities, where the model has one

Usage: make-lstm.py [FOLDER]. Needs PyTorch (Debian: python3-torch). The same files come out every time.
"""
import json
import os
import struct
import sys

import torch

DTYPES = {torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}
CLASSES = 3
WINDOWS = 3


def write_safetensors(path, tensors, metadata):
    header, offset = {}, 0
    if metadata:
        header["__metadata__"] = metadata
    for name, tensor in tensors.items():
        end = offset + tensor.numel() * tensor.element_size()
        header[name] = {"dtype": DTYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.contiguous().view(torch.uint8).numpy().tobytes())


class Network(torch.nn.Module):
    """The network that barscope runs; `linear` are the sizes of the Linear layers before the last."""

    def __init__(self, inputs, hidden, layers, linear):
        super().__init__()
        self.lstm = torch.nn.LSTM(inputs, hidden, layers, batch_first=True)
        sizes = [hidden] + linear + [CLASSES]
        self.n_linear = len(sizes) - 1
        for k in range(self.n_linear):
            setattr(self, f"fc{k + 1}", torch.nn.Linear(sizes[k], sizes[k + 1]))

    def forward(self, windows):
        hidden, (_, cells) = self.lstm(windows)
        values = hidden[:, -1]
        for k in range(self.n_linear):
            values = getattr(self, f"fc{k + 1}")(values)
            if k + 1 < self.n_linear:
                values = torch.relu(values)
        return values, hidden, cells


def make_network(inputs, hidden, layers, linear, dtype):
    """A network whose weights are larger than PyTorch's first ones, so that gates saturate now and then, rounded to dtype."""
    network = Network(inputs, hidden, layers, linear)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_((parameter * 2).to(dtype).to(torch.float32))
    return network


CASES = [
    # name, inputs, hidden, layers, T, linear, dtype, more
    ("i1-h1-l1-t1", 1, 1, 1, 1, [], torch.float32, {}),
    ("i1-h1-l3-t37", 1, 1, 3, 37, [2], torch.float32, {}),
    ("i7-h8-l2-t37", 7, 8, 2, 37, [5], torch.float32, {"temperature": 1.7, "pruned": 3, "prefix": "_orig_mod."}),
    ("i7-h48-l3-t2", 7, 48, 3, 2, [32], torch.bfloat16, {}),
    ("i63-h8-l3-t37", 63, 8, 3, 37, [32, 7], torch.float64, {"prefix": "module."}),
    ("i63-h48-l1-t2", 63, 48, 1, 2, [16], torch.float16, {}),
    ("i1-h100-l1-t37", 1, 100, 1, 37, [9], torch.float16, {"temperature": 0.25}),
]


def make_case(folder, seed, name, inputs, hidden, layers, length, linear, dtype, more):
    torch.manual_seed(seed)
    network = make_network(inputs, hidden, layers, linear, dtype)
    temperature = more.get("temperature", 1.0)
    prefix = more.get("prefix", "")
    tensors = {prefix + key: value.detach().to(dtype) for key, value in network.state_dict().items()}
    tensors["scaler.mean"] = torch.randn(inputs, dtype=torch.float64)
    tensors["scaler.scale"] = torch.rand(inputs, dtype=torch.float64) + 0.5
    metadata = {"format": "barscope-model/1", "feature_set": "causal", "sequence_length": str(length),
                "classes": "short,hold,long", "name": name}
    if "temperature" in more:
        metadata["temperature"] = str(temperature)

    windows = torch.randn(WINDOWS, length, inputs) * 1.5
    with torch.no_grad():
        logits, states, cells = network.double()(windows.double())
        answers = {"windows": windows, "logits": logits, "hidden": states[:1], "cells": cells,
                   "probabilities": torch.softmax(logits / temperature, -1)}
        if "pruned" in more:
            small = make_network(inputs, more["pruned"], layers, linear, dtype)
            tensors.update({"pruned." + key: value.detach().to(dtype) for key, value in small.state_dict().items()})
            answers["pruned"] = torch.softmax(small.double()(windows.double())[0] / temperature, -1)

    write_safetensors(os.path.join(folder, name + ".safetensors"), tensors, metadata)
    write_safetensors(os.path.join(folder, name + ".answers.safetensors"), answers, {})


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "golden", "lstm")
    os.makedirs(folder, exist_ok=True)
    torch.set_num_threads(1)
    for seed, case in enumerate(CASES, 1):
        make_case(folder, seed, *case)


main()
