# Which input of the factor network explains the published figures of g21b: a copy of CA1 outside
# fq (one hidden layer of 32 with batch norm, K = 3, Adam, one month a step) that reads managed portfolios
# or the components that the world is made of. `python3 inputs.py SEED` prints, for each, total R2 of
# the validation months, the best epoch and total R2 of the test months. Needs numpy.
import sys

import numpy as np

FIRMS, MONTHS, CHARS, HIDDEN, FACTORS = 200, 180, 50, 32, 3
TRAIN, VALID, TEST = range(60), range(60, 120), range(120, 180)
draws = np.random.default_rng(int(sys.argv[1]) if len(sys.argv) > 1 else 1)


def world():
    """Characteristics, returns, components and managed portfolios of one draw of g21b."""
    memory = draws.uniform(0.9, 1, CHARS)
    state, ranks = np.zeros((FIRMS, CHARS)), []
    for month in range(MONTHS + 60 + 1):
        state = memory * state + draws.normal(size=(FIRMS, CHARS))
        if month >= 60:
            ranks.append(2 * (np.argsort(np.argsort(state, 0), 0) + 1) / (FIRMS + 1) - 1)
    c = np.array(ranks[:MONTHS])
    components = draws.normal(0.03, 0.1, (MONTHS, CHARS))
    factors = components[:, :3] + 0.01 * draws.normal(size=(MONTHS, 3))
    loadings = np.stack([c[:, :, 0] ** 2, 2 * c[:, :, 0] * c[:, :, 1], 0.6 * np.sign(c[:, :, 2])], 2)
    returns = np.einsum("tnk,tk->tn", loadings, factors) + 0.1 * draws.standard_t(5, (MONTHS, FIRMS))
    managed = [
        np.linalg.lstsq(np.c_[c[t], np.ones(FIRMS)], returns[t], rcond=None)[0] for t in range(MONTHS)
    ]
    return c, returns, components, np.stack(managed)


def glorot(rows, columns):
    return draws.uniform(-1, 1, (rows, columns)) * np.sqrt(6 / (rows + columns))


def total(months, c, y, x, p, mean, variance):
    """Total R2 of some months with running moments."""
    left = whole = 0
    for t in months:
        normal = (c[t] @ p["W1"] - mean) / np.sqrt(variance + 1e-5)
        beta = np.maximum(normal * p["gain"] + p["offset"], 0) @ p["W2"] + p["b2"]
        left += ((y[t] - beta @ (x[t] @ p["W"] + p["b"])) ** 2).sum()
        whole += (y[t] ** 2).sum()
    return 1 - left / whole


def gradient(c, y, x, p, factor_l1, loading_l1):
    """Gradients of one month's mean squared error and penalties, and the batch's moments."""
    a = c @ p["W1"]
    mean, variance = a.mean(0), a.var(0)
    scale = np.sqrt(variance + 1e-5)
    z = (a - mean) / scale
    n = z * p["gain"] + p["offset"]
    h = np.maximum(n, 0)
    beta, f = h @ p["W2"] + p["b2"], x @ p["W"] + p["b"]
    d = 2 * (beta @ f - y) / len(y)
    dbeta, df = np.outer(d, f), beta.T @ d
    dn = (dbeta @ p["W2"].T) * (n > 0)
    dz = dn * p["gain"]
    da = (dz - dz.mean(0) - z * (dz * z).mean(0)) / scale
    return {
        "W": np.outer(x, df) + factor_l1 * np.sign(p["W"]),
        "b": df,
        "W2": h.T @ dbeta + loading_l1 * np.sign(p["W2"]),
        "b2": dbeta.sum(0),
        "gain": (dn * z).sum(0),
        "offset": dn.sum(0),
        "W1": c.T @ da + loading_l1 * np.sign(p["W1"]),
    }, mean, variance


def fit(c, returns, x, factor_l1, loading_l1, epochs=300, patience=20):
    y, x = returns / returns[:60].std(), x / np.sqrt((x[:60] ** 2).mean())
    p = {
        "W1": draws.normal(size=(CHARS, HIDDEN)) * np.sqrt(2 / CHARS),
        "gain": np.ones(HIDDEN),
        "offset": np.zeros(HIDDEN),
        "W2": glorot(HIDDEN, FACTORS),
        "b2": np.zeros(FACTORS),
        "W": glorot(x.shape[1], FACTORS),
        "b": np.zeros(FACTORS),
    }
    first, second = {k: 0 * w for k, w in p.items()}, {k: 0 * w for k, w in p.items()}
    mean, variance, step, best = np.zeros(HIDDEN), np.ones(HIDDEN), 0, (-9, 0)
    for epoch in range(epochs):
        for t in draws.permutation(60):
            g, m, v = gradient(c[t], y[t], x[t], p, factor_l1, loading_l1)
            mean, variance, step = 0.9 * mean + 0.1 * m, 0.9 * variance + 0.1 * v, step + 1
            for k in p:
                first[k] = 0.9 * first[k] + 0.1 * g[k]
                second[k] = 0.999 * second[k] + 0.001 * g[k] ** 2
                size = np.sqrt(second[k] / (1 - 0.999**step)) + 1e-8
                p[k] = p[k] - 1e-3 * (first[k] / (1 - 0.9**step)) / size
        valid = total(VALID, c, y, x, p, mean, variance)
        if valid > best[0]:
            best = (valid, epoch, {k: w.copy() for k, w in p.items()}, mean.copy(), variance.copy())
        elif epoch - best[1] > patience:
            break
    return f"{100 * best[0]:5.1f} {best[1]:4d} {100 * total(TEST, c, y, x, *best[2:]):5.1f}"


c, returns, components, managed = world()
print("managed, no L1      ", fit(c, returns, managed, 0, 0.01))
print("managed, L1 0.01    ", fit(c, returns, managed, 0.01, 0.01))
print("managed, L1 0.03    ", fit(c, returns, managed, 0.03, 0.01))
print("components, no L1   ", fit(c, returns, components, 0, 0.01))
print("components, L1 0.01 ", fit(c, returns, components, 0.01, 0.01))
