"""The random panel of the training workloads: 231,514 firm-months, 144 months, 46 characteristics.

Seed 1. A month has 1,607 or 1,608 places. A firm holds place i from a month t with (t + 7 i) % 96
== 0 (or from the first month) for at most 96 months, then a new firm has the place: about one firm
in a hundred leaves and one enters each month, and windows reach back to a firm's first month only.
"""
import numpy as np

ROWS, MONTHS, P, K, WINDOW, LIFE = 231_514, 144, 46, 5, 12, 96


def months_of(rows=ROWS, months=MONTHS):
    return [(t * rows // months, (t + 1) * rows // months) for t in range(months)]


def panel():
    """Characteristics, returns, and managed portfolio returns by month (constant included)."""
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, (ROWS, P)).astype("float32")
    y = rng.standard_normal(ROWS).astype("float32")
    u = rng.standard_normal((MONTHS, P + 1)).astype("float32")
    return x, y, u


def fewest():
    return min(b - a for a, b in months_of())


def stacked(x, y, group=1):
    """Equal months for compilers that want one shape: months x firms, the first 1,607 of each."""
    n, blocks = fewest(), months_of()
    xs = np.stack([x[a:a + n] for a, _ in blocks])
    ys = np.stack([y[a:a + n] for a, _ in blocks])
    steps = MONTHS // group
    return xs.reshape(steps, group * n, P), ys.reshape(steps, group * n)


def entries(n):
    """Whether place i has a new firm in month t: months x places."""
    t, i = np.arange(MONTHS)[:, None], np.arange(n)[None, :]
    return ((t + 7 * i) % LIFE == 0) | (t == 0)


def windows(blocks):
    """The rows of each firm-month's history, oldest first; the firm's first row is repeated."""
    longest = max(b - a for a, b in blocks)
    starts = np.array([a for a, _ in blocks])
    first = np.maximum.accumulate(
        np.where(entries(longest), np.arange(MONTHS)[:, None], 0), axis=0)
    parts = []
    for t, (a, b) in enumerate(blocks):
        # The last place is empty in months of 1,607 firms; its history is the month's own row.
        n = b - a
        month = np.maximum(t - WINDOW + 1 + np.arange(WINDOW)[None, :], first[t, :n, None])
        sizes = np.array([d - c for c, d in blocks])
        absent = sizes[month] <= np.arange(n)[:, None]
        month = np.where(absent, t, month)
        parts.append(starts[month] + np.arange(n)[:, None])
    return np.concatenate(parts)


def weight(rng, i, o, gain=2.0):
    return (rng.standard_normal((i, o)) * (gain / i) ** 0.5).astype("float32")
