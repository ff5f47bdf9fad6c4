"""Writes data.csv and expected.csv: ranks, winsorised values and turnover by numpy and scipy."""
import csv
import numpy as np
from scipy.stats import rankdata

rng = np.random.default_rng(20_240_601)
months, assets = 4, 37
x = np.round(rng.standard_t(3, (months, assets)), 1)
x[rng.random(x.shape) < 0.15] = np.nan
r = rng.normal(0, 0.1, x.shape)
w = rng.normal(0, 0.1, x.shape)

rank = np.zeros_like(x)
clip = x.copy()
for t in range(months):
    here = ~np.isnan(x[t])
    rank[t, here] = 2 * rankdata(x[t, here]) / (here.sum() + 1) - 1
    low, high = np.quantile(x[t, here], [0.05, 0.95])
    clip[t, here] = np.clip(x[t, here], low, high)

turnover = np.zeros(months)
held = np.zeros(assets)
for t in range(months):
    turnover[t] = np.abs(w[t] - held).sum()
    held = w[t] * (1 + r[t]) / (1 + w[t] @ r[t])


def text(value):
    return "" if np.isnan(value) else repr(float(value))


with open("data.csv", "w", newline="") as f:
    out = csv.writer(f, lineterminator="\n")
    out.writerow(["date", "id", "x", "ret", "weight"])
    for t in range(months):
        for i in range(assets):
            out.writerow([f"2001-{t + 1:02d}", 10_000 + i] + [text(a[t, i]) for a in (x, r, w)])
with open("expected.csv", "w", newline="") as f:
    out = csv.writer(f, lineterminator="\n")
    out.writerow(["date", "id", "rank", "winsorized", "turnover"])
    for t in range(months):
        for i in range(assets):
            row = [text(rank[t, i]), text(clip[t, i]), repr(float(turnover[t]))]
            out.writerow([f"2001-{t + 1:02d}", 10_000 + i] + row)
