#!/usr/bin/python3
"""Trains resources/default-model.safetensors: the demonstration model, on synthetic bars.

Run in the source folder once the program is built (needs PyTorch, numpy and pandas; Debian: python3-torch,
python3-pandas). It takes about ten minutes on one core:

    nice /usr/bin/python3 tests/reference/train-default-model.py build/app/barscope resources/default-model.safetensors

Bars come from `barscope generate` with other seeds than the sample's, features from `barscope features`. The series is
split by time into training, validation and test parts with gaps between them wider than any feature's and window's
memory. The scaler and the label's threshold are fitted to the training part, early stopping and the temperature to the
validation part, and the figures in the file are the test part's, computed once, after everything else.

Label of a bar: where the next bar closes, relative to this one's close: long above half the training part's standard
deviation of those changes, short below minus that, hold between.

Some inputs get no weight at all: prices and cumulative delta, which wander off for ever, P&L, which the bars have none
of, and columns whose outliers would swamp the rest (LEVEL_COLUMNS, MAX_SCALED). A quarter of the training windows lose
their secondary series, so that the model also works without one.
"""
import argparse
import hashlib
import json
import math
import os
import struct
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd
import torch

BARS = 120000
BARS_SEED = 1001  # the sample's is 48
TORCH_SEED = 7
PARTS = (0.70, 0.15, 0.15)  # training, validation, test
GAP_BARS = 250  # between them: 100 bars of Hurst, 20 of the window, and some
T = 20
HIDDEN = 64
LAYERS = 2
FC = 32
CLASSES = ("short", "hold", "long")
DROPOUT = 0.3
BATCH = 512
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 1e-4
MAX_EPOCHS = 14
PATIENCE = 3
SEQUENCES_A_EPOCH = 42000
SECONDARY_DROPOUT = 0.25
THRESHOLD = 0.65  # of the confidence, the program's default
CALIBRATION_BINS = 15
BOOTSTRAP_BLOCK = 200  # bars: neighbours are not independent
MAX_SCALED = 50.0
N_FEATURES = 62
LEVEL_COLUMNS = ("open", "high", "low", "close", "pnl_of_goal", "pnl_of_loss", "risk_headroom", "cumulative_delta",
                 "tf2_close")
SECONDARY_COLUMNS = ("tf2_close", "tf2_close_change", "tf2_high_low_range", "tf2_volume", "tf2_position_in_bar")


class Net(torch.nn.Module):
    """The network of the model file: lstm, fc1, ReLU, fc2; the names are its tensors' names."""

    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(N_FEATURES, HIDDEN, LAYERS, batch_first=True, dropout=DROPOUT)
        self.fc1 = torch.nn.Linear(HIDDEN, FC)
        self.fc2 = torch.nn.Linear(FC, len(CLASSES))
        self.dropout = torch.nn.Dropout(DROPOUT)

    def forward(self, x):  # x: [B, T, F]
        out, _ = self.lstm(x)
        return self.fc2(self.dropout(torch.relu(self.fc1(self.dropout(out[:, -1])))))


def make_data(barscope, folder):
    """Bars (DataFrame) and features [N, 62] of the training series."""
    bars, secondary, features = (os.path.join(folder, name) for name in ("1m.csv", "5m.csv", "features.csv"))
    subprocess.run([barscope, "generate", "--bars", str(BARS), "--seed", str(BARS_SEED), "--output", bars,
                    "--secondary", secondary], check=True)
    subprocess.run([barscope, "features", bars, "--secondary", secondary, "--feature-set", "causal", "--output",
                    features], check=True)
    return pd.read_csv(bars), pd.read_csv(features)


def split(n):
    """Index ranges of the three parts. The newest row has no next bar."""
    ends = np.cumsum([int(n * part) for part in PARTS])
    ends[-1] = n - 1
    starts = [GAP_BARS, ends[0] + GAP_BARS, ends[1] + GAP_BARS]
    return [np.arange(a, b) for a, b in zip(starts, ends)]


def windows(x, rows):
    """[len(rows), T, F]: the T rows that end on each of @rows."""
    return x[torch.as_tensor(rows)[:, None] + torch.arange(-T + 1, 1)[None, :]]


@torch.no_grad()
def logits_of(net, x, rows):
    net.eval()
    return torch.cat([net(windows(x, chunk)) for chunk in np.array_split(rows, max(1, len(rows) // 4096))])


def train(net, x, no_secondary, labels, train_rows, validation_rows, columns):
    """Adam with early stopping on the validation loss; leaves the best weights in @net."""
    generator = np.random.default_rng(TORCH_SEED)
    optimizer = torch.optim.AdamW(net.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, MAX_EPOCHS)
    loss_of = torch.nn.CrossEntropyLoss()
    best, best_state, waited = math.inf, None, 0
    for epoch in range(MAX_EPOCHS):
        net.train()
        rows = generator.permutation(train_rows)[:SEQUENCES_A_EPOCH]
        for start in range(0, len(rows), BATCH):
            batch = rows[start:start + BATCH]
            inputs = windows(x, batch).clone()
            lost = torch.as_tensor(generator.random(len(batch)) < SECONDARY_DROPOUT)
            inputs[lost] = torch.where(columns, no_secondary, inputs[lost])
            optimizer.zero_grad()
            loss = loss_of(net(inputs), labels[torch.as_tensor(batch)])
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
        schedule.step()
        validation = loss_of(logits_of(net, x, validation_rows), labels[torch.as_tensor(validation_rows)]).item()
        print(f"epoch {epoch + 1}: validation loss {validation:.4f}", flush=True)
        if validation < best - 1e-4:
            best, waited = validation, 0
            best_state = {name: tensor.clone() for name, tensor in net.state_dict().items()}
        else:
            waited += 1
            if waited == PATIENCE:
                break
    net.load_state_dict(best_state)


def fit_temperature(logits, labels):
    """What the logits are divided by so that confidences are honest on the validation part."""
    candidates = np.linspace(0.6, 2.0, 141)
    losses = [torch.nn.functional.cross_entropy(logits / t, labels).item() for t in candidates]
    return round(float(candidates[int(np.argmin(losses))]), 2)


def calibration_error(probabilities, labels):
    confidence, hit = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    return sum(abs(confidence[bins == b].mean() - hit[bins == b].mean()) * (bins == b).mean()
               for b in range(CALIBRATION_BINS) if (bins == b).any())


def interval_95(hit):
    """Of an accuracy, by resampling blocks of bars."""
    generator = np.random.default_rng(TORCH_SEED)
    n_blocks = len(hit) // BOOTSTRAP_BLOCK
    means = hit[:n_blocks * BOOTSTRAP_BLOCK].reshape(n_blocks, BOOTSTRAP_BLOCK).mean(axis=1)
    samples = means[generator.integers(0, n_blocks, (2000, n_blocks))].mean(axis=1)
    return [round(float(q), 4) for q in np.percentile(samples, [2.5, 97.5])]


def figures(probabilities, labels, previous, majority):
    """What the model card shows. @previous: the class of the change into the bar, the last-direction baseline."""
    guess = probabilities.argmax(axis=1)
    hit = guess == labels
    per_class = {}
    for k, name in enumerate(CLASSES):
        n_true, n_guessed, n_both = (labels == k).sum(), (guess == k).sum(), ((labels == k) & (guess == k)).sum()
        per_class[name] = {"share": round(float((labels == k).mean()), 4),
                           "recall": round(float(n_both / max(n_true, 1)), 4),
                           "precision": round(float(n_both / max(n_guessed, 1)), 4)}
    confident = (probabilities.max(axis=1) >= THRESHOLD) & (guess != CLASSES.index("hold"))
    return {
        "accuracy": round(float(hit.mean()), 4),
        "accuracy_interval_95": interval_95(hit),
        "balanced_accuracy": round(float(np.mean([c["recall"] for c in per_class.values()])), 4),
        "baseline_majority": round(float((labels == majority).mean()), 4),
        "baseline_last_direction": round(float((labels == previous).mean()), 4),
        "expected_calibration_error": round(float(calibration_error(probabilities, labels)), 4),
        "per_class": per_class,
        "signals_share": round(float(confident.mean()), 4),
        "signals_precision": round(float(hit[confident].mean()) if confident.any() else 0.0, 4),
        "signal_threshold": THRESHOLD,
        "n_bars": len(labels),
    }


def write_model(path, net, mean, scale, metadata):
    """safetensors: length of the header, header as JSON, tensors one after another."""
    tensors = {name: tensor.numpy().astype("<f4") for name, tensor in net.state_dict().items()}
    tensors["scaler.mean"], tensors["scaler.scale"] = mean.astype("<f8"), scale.astype("<f8")
    header, offset = {"__metadata__": metadata}, 0
    for name, values in tensors.items():
        header[name] = {"dtype": "F64" if values.dtype == np.float64 else "F32", "shape": list(values.shape),
                        "data_offsets": [offset, offset + values.nbytes]}
        offset += values.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    temporary = path + ".tmp"
    with open(temporary, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for values in tensors.values():
            file.write(values.tobytes())
    os.replace(temporary, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("barscope", help="the program, as built")
    parser.add_argument("output", help="the model file to write")
    parser.add_argument("--threads", type=int, default=1, help="of PyTorch (default 1; another number, other last bits)")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(TORCH_SEED)

    with tempfile.TemporaryDirectory() as folder:
        bars, features = make_data(arguments.barscope, folder)
    names = list(features.columns)[-N_FEATURES:]
    values = features[names].to_numpy(np.float64)
    change = np.append(np.diff(bars.close) / bars.close[:-1], 0.0)  # into the next bar
    train_rows, validation_rows, test_rows = split(len(bars))

    mean, scale = values[train_rows].mean(axis=0), values[train_rows].std(axis=0)
    scale[scale == 0] = 1.0
    threshold = change[train_rows].std() / 2
    labels = np.where(change > threshold, 2, np.where(change < -threshold, 0, 1))
    previous = np.append(1, labels[:-1])
    majority = np.bincount(labels[train_rows]).argmax()

    scaled = (values - mean) / scale
    unused = np.array([name in LEVEL_COLUMNS for name in names]) | (np.abs(scaled[train_rows]).max(axis=0) > MAX_SCALED)
    print("without weight:", ", ".join(np.array(names)[unused]))
    x = torch.as_tensor(np.where(unused, 0.0, scaled), dtype=torch.float32)
    is_secondary = torch.as_tensor([name in SECONDARY_COLUMNS for name in names])
    no_secondary = torch.as_tensor(np.where(unused, 0.0, -mean / scale), dtype=torch.float32)

    net = Net()
    train(net, x, no_secondary, torch.as_tensor(labels), train_rows, validation_rows, is_secondary)
    with torch.no_grad():
        net.lstm.weight_ih_l0[:, torch.as_tensor(unused)] = 0.0

    # Without weight the columns need not be 0 any more: what follows sees all inputs, as the program does.
    x = torch.as_tensor(scaled, dtype=torch.float32)
    temperature = fit_temperature(logits_of(net, x, validation_rows), torch.as_tensor(labels[validation_rows]))
    probabilities = torch.softmax(logits_of(net, x, test_rows) / temperature, dim=1).numpy()
    result = figures(probabilities, labels[test_rows], previous[test_rows], majority)
    result["test_from"], result["test_to"] = bars.time.iloc[test_rows[0]], bars.time.iloc[test_rows[-1]]
    result["label_threshold"] = float(f"{threshold:.6e}")
    result["label"] = (f"next close more than {threshold:.3e} (half a standard deviation of the training part) above: "
                       "long, below: short, else hold")
    result["method"] = "one split by time, gaps between the parts; figures of the last part, used once"
    print(json.dumps(result, indent=1))

    with open(os.path.abspath(__file__), "rb") as script:
        script_hash = hashlib.sha256(script.read()).hexdigest()
    metadata = {
        "format": "barscope-model/1",
        "feature_set": "causal",
        "sequence_length": str(T),
        "classes": ",".join(CLASSES),
        "name": "Demonstration model",
        "description": "A demonstration, trained on synthetic bars that have a predictable edge built in. Its figures say "
                       "nothing about any real market; do not trade on it.",
        "instrument": "synthetic index future (barscope generate)",
        "bar_length_s": "60",
        "trained_from": bars.time.iloc[train_rows[0]],
        "trained_to": bars.time.iloc[train_rows[-1]],
        "trained_on": f"barscope generate --bars {BARS} --seed {BARS_SEED}",
        "trained_by": f"tests/reference/train-default-model.py, sha256 {script_hash[:16]}, PyTorch {torch.__version__}",
        "temperature": f"{temperature:g}",
        "validation": json.dumps(result, separators=(",", ":")),
    }
    write_model(arguments.output, net, mean, scale, metadata)
    return 0


if __name__ == "__main__":
    sys.exit(main())
