#!/usr/bin/env python3
"""Makes tests/reference/golden/training/: PyTorch's gradients, one step of Adam and one epoch of training.

Each case is one safetensors file. The windows of row r are the rows r - T + 1 .. r of `inputs`; training goes over rows T - 1 ..
in batches in that order, without dropout. The loss is the cross entropy with class weights. Computed in F64, written as F32:
  inputs [rows, F], labels [rows], weights [3]
  before.NAME    the network at first, NAME as in its state_dict
  gradient.NAME  of the first batch's loss, before clipping
  step.NAME      after one step of Adam with the gradient clipped to norm CLIP
  epoch.NAME     after one epoch
Metadata: sequence_length, batch, learning_rate, clip, norm (of the first gradient), loss (mean of the epoch).

Usage: make-training.py [FOLDER]. Needs PyTorch (Debian: python3-torch). The same files come out every time.
"""
import importlib.util
import os
import sys

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = {  # inputs, hidden, layers, Linear sizes before the last, T, rows, batch, clip
    "i7-h5-l2-t6": (7, 5, 2, [4], 6, 48, 16, 1.0),
    "i3-h9-l3-t11": (3, 9, 3, [8], 11, 50, 13, 0.05),
    "i1-h1-l1-t1": (1, 1, 1, [2], 1, 9, 4, 1.0),
}
LEARNING_RATE = 1e-3


def lstm_script():
    spec = importlib.util.spec_from_file_location("make_lstm", os.path.join(HERE, "make-lstm.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def numbers(network, prefix, gradient=False):
    return {f"{prefix}.{name}": (value.grad if gradient else value).detach().to(torch.float32).clone()
            for name, value in network.named_parameters()}


def make_case(script, path, case, seed):
    n_inputs, hidden, layers, linear, steps, n_rows, n_batch, clip = case
    torch.manual_seed(seed)
    network = script.Network(n_inputs, hidden, layers, linear)
    network.to(torch.float64)
    inputs = torch.randn(n_rows, n_inputs).to(torch.float64)
    labels = torch.randint(0, 3, (n_rows,))
    weights = torch.tensor([1.3, 0.75, 1.1], dtype=torch.float32)
    loss_of = torch.nn.CrossEntropyLoss(weight=weights.to(torch.float64))
    tensors = {"inputs": inputs.to(torch.float32), "labels": labels.to(torch.float32), "weights": weights}
    tensors.update(numbers(network, "before"))
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
    rows = torch.arange(steps - 1, n_rows)
    loss_sum, weight_sum, norm = 0.0, 0.0, None
    for batch in rows.split(n_batch):
        windows = inputs[batch[:, None] + torch.arange(-steps + 1, 1)[None, :]]
        optimizer.zero_grad()
        loss = loss_of(network(windows)[0], labels[batch])
        loss.backward()
        if norm is None:
            tensors.update(numbers(network, "gradient", gradient=True))
        length = torch.nn.utils.clip_grad_norm_(network.parameters(), clip)
        optimizer.step()
        if norm is None:
            norm = length.item()
            tensors.update(numbers(network, "step"))
        weight = weights.to(torch.float64)[labels[batch]].sum().item()
        loss_sum, weight_sum = loss_sum + loss.item() * weight, weight_sum + weight
    tensors.update(numbers(network, "epoch"))
    script.write_safetensors(path, tensors, {
        "sequence_length": str(steps), "batch": str(n_batch), "learning_rate": repr(LEARNING_RATE), "clip": repr(clip),
        "norm": repr(norm), "loss": repr(loss_sum / weight_sum)})


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "golden", "training")
    os.makedirs(folder, exist_ok=True)
    script = lstm_script()
    for seed, (name, case) in enumerate(CASES.items()):
        make_case(script, os.path.join(folder, name + ".safetensors"), case, seed)


if __name__ == "__main__":
    main()
