#!/usr/bin/env python3
"""Training beside PyTorch: the same network, number of windows, batches and dropout, two threads each, in turn in one run.

    /usr/bin/python3 tests/bench/peers/train.py build [--epochs 30] [--rounds 3]

Needs PyTorch (Debian: python3-torch). Ours is `barscope bench --only train/fit` (30 epochs) or train/epoch (--epochs 1); each round
runs both, so that a slow spell of the machine hits both. What is compared is time: that both compute the same is what
tests/test-fit.c shows against golden vectors.
"""
import argparse
import json
import os
import resource
import statistics
import subprocess
import time

# An OpenMP that spins while it waits starves itself on a machine that others use too.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "0")

import torch  # noqa: E402

WINDOWS, STEPS, INPUTS, HIDDEN, LAYERS, HEAD, CLASSES, BATCH = 4980, 20, 62, 64, 2, 32, 3, 128
DROPOUT_LAYERS, DROPOUT_HEAD, CLIP, LEARNING_RATE = 0.2, 0.3, 1.0, 2e-3


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(INPUTS, HIDDEN, LAYERS, batch_first=True, dropout=DROPOUT_LAYERS)
        self.fc1 = torch.nn.Linear(HIDDEN, HEAD)
        self.fc2 = torch.nn.Linear(HEAD, CLASSES)
        self.dropout = torch.nn.Dropout(DROPOUT_HEAD)

    def forward(self, windows):
        states, _ = self.lstm(windows)
        return self.fc2(self.dropout(torch.relu(self.fc1(self.dropout(states[:, -1])))))


def theirs(epochs):
    """Seconds of as many epochs by the clock, and of processor time. Windows are cut from the rows batch by batch, as ours are."""
    torch.manual_seed(1)
    rows = torch.randn(WINDOWS + STEPS - 1, INPUTS)
    labels = torch.randint(0, CLASSES, (WINDOWS,))
    network = Network().train()
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
    loss_of = torch.nn.CrossEntropyLoss(weight=torch.ones(CLASSES))
    steps = torch.arange(STEPS)
    since, since_cpu = time.perf_counter(), time.process_time()
    for _ in range(epochs):
        for batch in torch.randperm(WINDOWS).split(BATCH):
            optimizer.zero_grad()
            loss = loss_of(network(rows[batch[:, None] + steps]), labels[batch])
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), CLIP)
            optimizer.step()
    return time.perf_counter() - since, time.process_time() - since_cpu


def ours(build, epochs):
    """Seconds by the clock, and of processor time: of the case's warm-up and its one sample, hence by two."""
    case = "train/fit" if epochs == 30 else "train/epoch"
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    text = subprocess.run([os.path.join(build, "app", "barscope"), "bench", "--only", case, "--rounds", "1", "--json"],
                          check=True, capture_output=True, text=True).stdout
    return json.loads(text)[0]["min"] / 1e6, (resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before) / 2


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", help="the build folder")
    parser.add_argument("--epochs", type=int, default=30, choices=(1, 30))
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    theirs(1)  # warm-up
    ratios, cpu_ratios = [], []
    for number in range(arguments.rounds):
        if number % 2:
            (their_s, their_cpu), (our_s, our_cpu) = theirs(arguments.epochs), ours(arguments.build, arguments.epochs)
        else:
            (our_s, our_cpu), (their_s, their_cpu) = ours(arguments.build, arguments.epochs), theirs(arguments.epochs)
        ratios.append(their_s / our_s)
        cpu_ratios.append(their_cpu / our_cpu)
        print(f"round {number + 1}: barscope {our_s:.2f} s ({our_cpu:.2f} s of processor time), PyTorch {torch.__version__} {their_s:.2f} s "
              f"({their_cpu:.2f} s), ratio {ratios[-1]:.2f} ({cpu_ratios[-1]:.2f})", flush=True)
    print(f"PyTorch takes {statistics.median(ratios):.2f} times as long and {statistics.median(cpu_ratios):.2f} times the processor time "
          f"(medians of {len(ratios)} rounds), {arguments.epochs} epochs, two threads each")


if __name__ == "__main__":
    main()
