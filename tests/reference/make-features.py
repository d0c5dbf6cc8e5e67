#!/usr/bin/env python3
"""Golden vectors of the 62 features and of Hurst, computed without any of the program's code.

Needs numpy, scipy, pandas and the package `hurst` (PyPI). Writes to tests/reference/golden:

  features-bars.csv.gz       seeded bars, times are ends; a gap, a flat stretch, jumps, bars without volume
  features-secondary.csv.gz  the same in bars of five minutes, times are starts
  features-causal.csv.gz     62 columns, Hurst at every bar
  features-legacy.csv.gz     62 columns, Hurst at every tenth bar and at the newest
  hurst.csv.gz               100 closes a row, then H and C

Columns are computed one by one over the whole series, from the definitions in docs/features.md; the program goes bar by
bar. 13 significant digits: tests compare to 1e-9.
"""

import gzip
import io
import pathlib
import warnings

import numpy as np
import pandas as pd
import scipy.stats
from hurst import compute_Hc

GOLDEN = pathlib.Path(__file__).parent / "golden"
N_BARS = 330
MINUTE = 60_000_000  # us
EPSILON = 1e-8
WINDOWS = (5, 10, 20, 50)


def write(name, header, rows):
    text = io.StringIO()
    text.write(",".join(header) + "\n")
    for row in rows:
        text.write(",".join(x if isinstance(x, str) else f"{x:.13g}" for x in row) + "\n")
    # mtime 0 and no name: the same bytes on every run
    with open(GOLDEN / name, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, 0) as out:
        out.write(text.getvalue().encode())


def make_bars(random):
    time = 1_700_000_000_000_000 // MINUTE * MINUTE
    price = 100.0
    rows = []
    for i in range(N_BARS):
        time += MINUTE * (1 if i != 140 else 77)
        if 200 <= i < 226:  # nobody trades
            rows.append((time, price, price, price, price, 0, 0, 0, 0.0, 500, 250))
            continue
        size = 0.05 + 0.25 * (i % 90) / 90
        opened = price + (random.choice((-3, 3)) if i in (60, 141, 280) else 0)
        close = round(opened + size * random.standard_normal(), 2)
        opened = round(opened + 0.2 * size * random.standard_normal(), 2)
        high = round(max(opened, close) + size * abs(random.standard_normal()), 2)
        low = round(min(opened, close) - size * abs(random.standard_normal()), 2)
        bid, ask = (int(x) for x in random.integers(0, 300, 2))
        if i % 37 == 5:
            bid = 0
        if i % 41 == 5:
            bid = ask = 0
        goal = 0 if i % 53 == 7 else 500
        loss = 0 if i % 59 == 7 else 250
        rows.append((time, opened, high, low, close, bid + ask, bid, ask, round(200 * random.standard_normal(), 2), goal, loss))
        price = close
    names = "time open high low close volume bid_volume ask_volume dailyPnL dailyGoal dailyMaxLoss".split()
    return pd.DataFrame(rows, columns=names)


def make_secondary(bars):
    """Five-minute bars, named by their start; a primary bar that ends at the boundary belongs to the bar before it."""
    start = (bars.time - MINUTE) // (5 * MINUTE) * (5 * MINUTE)
    grouped = bars.groupby(start, sort=True)
    frame = pd.DataFrame({
        "open": grouped.open.first(), "high": grouped.high.max(), "low": grouped.low.min(),
        "close": grouped.close.last(), "volume": grouped.volume.sum(),
    })
    frame.insert(0, "time", frame.index)
    # the legacy lookup has to find nothing for the first bars
    return frame.iloc[2:].reset_index(drop=True)


def hurst_of(closes):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            h, c, _ = compute_Hc(closes, kind="price", simplified=True)
        except (FloatingPointError, np.linalg.LinAlgError, ValueError):
            return 0.5, 1.0
    return (h, c) if np.isfinite(h) and np.isfinite(c) else (0.5, 1.0)


def shifted(x, k=1):
    """x of k bars before; NaN where there is none."""
    return np.concatenate((np.full(k, np.nan), x[:-k]))


def per_window(x, w, function):
    """function of the w values before each bar."""
    out = np.full(len(x), np.nan)
    for i in range(w, len(x)):
        out[i] = function(x[i - w:i])
    return out


def warm(values, before, fill=0.0):
    out = np.array(values, float)
    out[:before] = fill
    return out


def deviation(window):
    return 0.0 if window.min() == window.max() else np.std(window)


def moment(returns, function):
    out = np.zeros(len(returns))
    for i in range(20, len(returns)):
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            value = function(returns[i - 19:i + 1])
        out[i] = value if np.isfinite(value) else 0.0
    return out


def swings(x, sign, causal):
    n = len(x)
    x = sign * x
    pivot = np.zeros(n, bool)
    pivot[1:-1] = (x[1:-1] > x[:-2]) & (x[1:-1] > x[2:])
    swing = np.zeros(n)
    since = np.zeros(n)
    if causal:
        swing[2:] = pivot[1:-1]
        for i in range(n):
            known = np.flatnonzero(pivot[:i])  # bar i confirms the pivot at i - 1
            since[i] = i - (known[-1] if len(known) else 0)
    else:
        pivot[1] = False
        for i in range(2, n - 1):
            known = np.flatnonzero(pivot[:i + 1])
            swing[i] = pivot[i]
            since[i] = i - (known[-1] if len(known) else 0)
    return swing, since


def secondary_columns(bars, secondary, causal):
    """Primary times are ends, secondary times are starts of five minutes."""
    out = np.zeros((5, len(bars)))
    for i, (time, close) in enumerate(zip(bars.time, bars.close)):
        if causal:
            usable = secondary[secondary.time + 5 * MINUTE <= time]
            if usable.empty:
                continue
        else:
            usable = secondary[secondary.time <= time]
            if usable.empty:
                usable = secondary.iloc[:1]
        bar = usable.iloc[-1]
        before = usable.iloc[-2].close if len(usable) > 1 else None
        span = bar.high - bar.low
        out[:, i] = (bar.close, (bar.close - before) / before if before else 0, span, bar.volume,
                     (close - bar.low) / span if span else 0)
    return out


def features(bars, secondary, causal, every):
    n = len(bars)
    o, h, l, c, v = (bars[k].to_numpy(float) for k in ("open", "high", "low", "close", "volume"))
    a, b = bars.ask_volume.to_numpy(float), bars.bid_volume.to_numpy(float)
    profit, goal, loss = (bars[k].to_numpy(float) for k in ("dailyPnL", "dailyGoal", "dailyMaxLoss"))
    f = {"open": o, "high": h, "low": l, "close": c}

    hurst_h, hurst_c = np.full(n, 0.5), np.ones(n)
    last = (0.5, 1.0)
    for i in range(n):
        newest = not causal and i == n - 1
        if i >= 100 and (i % every == 0 or newest):
            exponent, constant = hurst_of(c[i - 99:i + 1])
            last = (min(1.0, max(0.0, exponent)), constant)
        hurst_h[i], hurst_c[i] = last
    f["hurst_h"], f["hurst_c"] = hurst_h, hurst_c

    c1 = shifted(c)
    true_range = np.fmax(h - l, np.fmax(np.abs(h - c1), np.abs(l - c1)))
    f["atr"] = np.array([0.0] + [np.mean(true_range[max(1, i - 13):i + 1]) for i in range(1, n)])

    velocity = warm((c - shifted(c, 5)) / 5, 5)
    f["velocity"] = velocity
    f["acceleration"] = warm(velocity - shifted(velocity), 6)
    f["range_ratio"] = warm((h - l) / (shifted(h - l) + EPSILON), 1, 1.0)
    f["wick_ratio"] = warm((h - np.maximum(o, c)) / (np.minimum(o, c) - l + EPSILON), 1)
    f["gap_up"] = warm(np.fmax(0, l - shifted(h)), 1)
    f["gap_down"] = warm(np.fmax(0, shifted(l) - h), 1)
    f["gap_filled"] = warm((l <= c1) & (c1 <= h), 1)
    high_swing, since_high = swings(h, 1, causal)
    low_swing, since_low = swings(l, -1, causal)
    f["swing_high"], f["swing_low"] = high_swing, low_swing
    f["bars_since_swing_high"], f["bars_since_swing_low"] = since_high, since_low

    returns = (c - c1) / c1
    f["skewness"] = moment(returns, scipy.stats.skew)
    f["kurtosis"] = moment(returns, scipy.stats.kurtosis)
    closes = pd.Series(c).rolling(21)
    low_close, high_close = closes.min().to_numpy(), closes.max().to_numpy()
    span = high_close - low_close
    with np.errstate(all="ignore"):
        f["position_in_range"] = warm(np.where(span > 1e-8, (c - low_close) / span, 0), 20)

    rises = warm(h > shifted(h), 1)
    falls = warm(l < shifted(l), 1)
    f["higher_highs"] = warm(pd.Series(rises).rolling(5).sum(), 5)
    f["lower_lows"] = warm(pd.Series(falls).rolling(5).sum(), 5)
    f["trend_strength"] = f["higher_highs"] - f["lower_lows"]

    mean = {w: per_window(c, w, np.mean) for w in WINDOWS}
    median = {w: pd.Series(c).rolling(w).median().shift(1).to_numpy() for w in WINDOWS}
    std = {w: per_window(c, w, deviation) for w in WINDOWS}
    for w in WINDOWS:
        f[f"mean_dev_{w}"] = warm((c - mean[w]) / (mean[w] + EPSILON), w)
    for w in WINDOWS:
        f[f"median_dev_{w}"] = warm((c - median[w]) / (median[w] + EPSILON), w)
    for w in WINDOWS:
        f[f"std_dev_{w}"] = warm(std[w], w)
    for w in WINDOWS:
        with np.errstate(all="ignore"):
            f[f"z_score_{w}"] = warm(np.where(std[w] > 1e-8, (c - mean[w]) / std[w], 0), w)
    for w in WINDOWS:
        f[f"bb_width_{w}"] = warm(4 * std[w] / (mean[w] + EPSILON), w)
    f["vol_acceleration"] = warm(std[20] - shifted(std[20]), 21)
    highest = pd.Series(h).rolling(21).max().to_numpy()
    lowest = pd.Series(l).rolling(21).min().to_numpy()
    f["high_deviation"] = warm((c - highest) / (highest + EPSILON), 20)
    f["low_deviation"] = warm((c - lowest) / (lowest + EPSILON), 20)

    with np.errstate(all="ignore"):
        f["pnl_of_goal"] = np.where(goal > 0, profit / goal, 0)
        f["pnl_of_loss"] = np.where(loss > 0, profit / loss, 0)
        f["risk_headroom"] = np.where((profit >= 0) | (loss <= 0), 1, np.fmax(0, 1 + profit / loss))
        delta = a - b
        f["delta"] = delta
        f["cumulative_delta"] = np.cumsum(delta)
        f["volume_imbalance"] = np.where(b > 0, a / (b + EPSILON), 1)
        f["aggressive_buy_ratio"] = np.where(a + b > 0, a / (a + b), 0.5)
        volume = per_window(v, 20, np.mean)
        f["volume_ratio"] = warm(np.where(volume == 0, 1, v / (volume + EPSILON)), 20, 1.0)
    d1 = shifted(delta)
    f["delta_divergence"] = np.where((c > c1) & (delta < d1), -1, np.where((c < c1) & (delta > d1), 1, 0))
    f["cumulative_delta_slope"] = warm(f["cumulative_delta"] - shifted(f["cumulative_delta"], 5), 5)

    names = "tf2_close tf2_close_change tf2_high_low_range tf2_volume tf2_position_in_bar".split()
    f.update(zip(names, secondary_columns(bars, secondary, causal)))
    table = pd.DataFrame(f)
    assert table.shape == (n, 62) and np.isfinite(table.to_numpy(float)).all()
    return table


def hurst_rows(random):
    """Walks, trends, reversions, coarse ticks, flat stretches, and prices at which nothing is to be had."""
    steps = np.arange(100)
    series = []
    for k in range(6):
        series.append(np.round(100 * np.exp(np.cumsum(0.002 * (k + 1) * random.standard_normal(100))), 5))
    for k in range(4):
        series.append(np.round(50 + 0.1 * (k + 1) * steps + 0.3 * random.standard_normal(100), 3))
        series.append(np.round(1.1 + 0.001 * np.sin(steps / (k + 1)) + 1e-4 * random.standard_normal(100), 6))
        series.append(np.round(4000 + np.cumsum(random.integers(-1, 2, 100) * 0.25), 2))
    flat = np.full(100, 7.25)
    series.append(flat.copy())  # no range
    one_jump = flat.copy()
    one_jump[50:] = 8.0
    series.append(one_jump)
    late = flat.copy()
    late[95:] = 7.25 + 0.25 * np.arange(5)
    series.append(late)  # most pieces are left out
    early = flat.copy()
    early[:9] = 7.25 + 0.25 * np.arange(9)
    series.append(early)
    series.append(2.0 ** (steps - 50))  # equal changes: no deviation
    series.append(np.where(steps % 2 == 0, 10.0, 10.5))
    series.append(np.round(1e-6 * np.exp(np.cumsum(0.01 * random.standard_normal(100))), 12))
    series.append(np.round(1e6 * np.exp(np.cumsum(0.01 * random.standard_normal(100))), 0))
    for closes in series:
        # closes as short as they read back the same: equal changes have to stay equal
        yield (*(repr(float(x)) for x in closes), *hurst_of(closes))


def main():
    GOLDEN.mkdir(exist_ok=True)
    random = np.random.default_rng(62)
    bars = make_bars(random)
    secondary = make_secondary(bars)
    for name, frame in (("bars", bars), ("secondary", secondary)):
        rows = ((str(int(r[0])), *r[1:]) for r in frame.itertuples(index=False))
        write(f"features-{name}.csv.gz", frame.columns, rows)
    for name, causal, every in (("causal", True, 1), ("legacy", False, 10)):
        table = features(bars, secondary, causal, every)
        write(f"features-{name}.csv.gz", table.columns, table.itertuples(index=False))
    write("hurst.csv.gz", [f"close_{k}" for k in range(100)] + ["h", "c"], hurst_rows(random))


main()
