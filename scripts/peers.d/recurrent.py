"""CVRA: beta network over a chunk of 12 months, recurrent posterior, regime prior; 12 steps.

The months are a rectangle of 1,607 firms each. The divergence has weight one from the first epoch.
"""
import os
import sys

import numpy as np

from autoencoder import jax_loadings, jax_network, torch_network
from data import K, fewest, panel, stacked
from timing import measure, report_bytes

CHUNK, H = 12, 16
TWO_PI = float(np.log(2 * np.pi))


def starting_values(K=K):
    """The factor side's parameters: posterior RNN with skip, VAR(1) in two regimes."""
    rng = np.random.default_rng(5)
    draw = lambda *shape: (0.1 * rng.standard_normal(shape)).astype("float32")
    zero = lambda *shape: np.zeros(shape, "float32")
    return dict(
        skip=np.eye(K, dtype="float32"), recurrent=draw(H, H), input=draw(H, K), bias=zero(H),
        mean=draw(K, H), mean_bias=zero(K), spread=draw(K, H), spread_bias=zero(K) - 4,
        mu=zero(K), step=zero(K, K), prior=zero(K), shift=zero(K), wide=zero(K) + 1,
        stay=np.array([2.5, 2], "float32"), residual=zero(1))


def carried(K=K):
    return np.zeros(H, "float32"), np.zeros(K, "float32"), np.full(1, 0.3, "float32")


def bound(np_, p, loadings, y, carry, stop, solve, sigmoid, length=CHUNK, weight=1):
    """The evidence bound of a chunk; `np_` is torch or jax.numpy, which agree on these names."""
    hidden, last, stress = carry
    K = loadings.shape[-1]
    b = loadings.reshape(length, -1, K)
    y = y.reshape(length, -1)
    firms = b.shape[1]
    gram = np_.einsum("tik,til->tkl", b, b)
    cross = np_.einsum("tik,ti->tk", b, y)
    trace = np_.einsum("tkk->t", gram)
    ridge = (0.02 / K * trace + 1e-3)[:, None, None] * p["eye"]
    inputs = solve(gram + ridge, cross[:, :, None])[:, :, 0]
    calm = np_.clip(p["prior"], -8, 4)
    stay = sigmoid(p["stay"])
    months = []
    for t in range(length):
        q = np_.clip(stress * stay[1] + (1 - stress) * (1 - stay[0]), 1e-6, 1 - 1e-6)
        calm_mean = p["mu"] + p["step"] @ last
        variance = np_.exp(calm) * (1 + q * (np_.exp(p["wide"]) - 1)) + q * (1 - q) * p["shift"]**2
        hidden = np_.tanh(p["recurrent"] @ hidden + p["input"] @ inputs[t] + p["bias"])
        mean = p["skip"] @ inputs[t] + p["mean"] @ hidden + p["mean_bias"]
        spread = np_.clip(p["spread"] @ hidden + p["spread_bias"], -8, 4)
        months.append((mean, spread, calm_mean + q * p["shift"],
                       np_.clip(np_.log(variance), -8, 6)))
        last = stop(mean)
        gap = (last - calm_mean)**2 * np_.exp(-calm)
        other = (last - calm_mean - p["shift"])**2 * np_.exp(-calm - p["wide"])
        odds = np_.log(q) - np_.log(1 - q) + 0.5 * (gap - other - p["wide"]).sum()
        stress = sigmoid(np_.clip(odds, -30, 30))
    m, l, pm, pl = (np_.stack(list(part)) for part in zip(*months))
    residual = np_.exp(p["residual"])
    error = np_.einsum("tk,tkl,tl->t", m, gram, m) - 2 * (cross * m).sum(1) + (y * y).sum(1)
    error = error + np_.einsum("tk,tkk->t", np_.exp(l), gram)
    fit = 0.5 * (p["residual"] + TWO_PI + error / firms / residual)
    divergence = 0.5 * (pl - l + (np_.exp(l) + (m - pm)**2) * np_.exp(-pl) - 1).sum(1) / firms
    fixed = stop(b)
    gap = y - np_.einsum("tik,tk->ti", fixed, pm)
    s = residual + np_.einsum("tik,tk->ti", fixed * fixed, np_.exp(pl))
    predictive = 0.5 * (TWO_PI + (np_.log(s) + gap * gap / s).mean(1))
    total = (fit + weight * divergence + 0.1 * predictive).mean() + 1e-4 * (p["step"]**2).sum()
    return total, (hidden, last, stress)


def cvra_epoch():
    x, y, _ = panel()
    with_torch(x, y)
    with_jax(x, y)


def torch_parts(x, y):
    import torch

    xs, ys = map(torch.from_numpy, stacked(x, y, CHUNK))

    def make():
        network = torch_network(K)
        weights = [w for w in network.parameters() if w.dim() == 2]
        p = {k: torch.nn.Parameter(torch.from_numpy(v)) for k, v in starting_values().items()}
        constants = {"eye": torch.eye(K)}

        def loss(carry, x, y):
            total, carry = bound(
                torch, p | constants, network(x), y, carry, lambda v: v.detach(),
                torch.linalg.solve, torch.sigmoid)
            return total + 1e-5 * sum(w.abs().sum() for w in weights), carry

        return list(network.parameters()) + list(p.values()), loss

    return make, lambda: zip(xs, ys), tuple(map(torch.from_numpy, carried()))


def with_torch(x, y, **options):
    from torch_training import train

    train(*torch_parts(x, y), rate=3e-3, clip=1.0, **options)


def with_jax(x, y, **options):
    import jax
    import jax.numpy as jnp
    from jax_training import penalty, train

    params = jax_network(np.random.default_rng(3), K) | starting_values()

    def loss(p, carry, x, y):
        total, carry = bound(
            jnp, p | {"eye": jnp.eye(K)}, jax_loadings(p, x), y, carry, jax.lax.stop_gradient,
            jnp.linalg.solve, jax.nn.sigmoid)
        return total + penalty(p, ("w0", "w1", "w")), carry

    train(loss, params, stacked(x, y, CHUNK), carried(), rate=3e-3, clip=1.0, **options)


def fit_memory():
    """The largest resident set of a process that loads the panel and trains for an epoch."""
    for name in ("torch", "jax"):
        code = (f"import sys; sys.path.insert(0, {os.path.dirname(__file__)!r}); import recurrent; "
                f"recurrent.with_{name}(*recurrent.panel()[:2], once=True)")
        child = os.posix_spawn(sys.executable, [sys.executable, "-c", code], os.environ)
        _, status, usage = os.wait4(child, 0)
        if status == 0:
            report_bytes({"torch": "pytorch"}.get(name, name), usage.ru_maxrss * 1024)
