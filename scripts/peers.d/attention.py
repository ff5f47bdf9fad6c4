"""ALSTM: tanh layer 46-64, two GRU layers of 64, windows of 12, temporal attention; 144 steps.

Months are rectangles of 1,607 firms.
"""
import numpy as np

from data import P, fewest, panel, stacked, weight
from sequences import histories

H = 64


def alstm_epoch():
    x, y, _ = panel()
    xs, ys = stacked(x, y)
    rows = histories(1, fewest())
    with_torch(xs.reshape(-1, P), ys, rows)
    with_jax(xs.reshape(-1, P), ys, rows)


def with_torch(x, ys, rows):
    import torch
    from torch import nn
    from torch_training import train

    x, ys, rows = map(torch.from_numpy, (x, ys, rows))

    def make():
        enter, gru = nn.Linear(P, H), nn.GRU(H, H, 2, batch_first=True)
        inner, score, out = nn.Linear(H, H // 2), nn.Linear(H // 2, 1, bias=False), nn.Linear(2 * H, 1)
        parts = (enter, gru, inner, score, out)

        def loss(_, history, y):
            states, _ = gru(torch.tanh(enter(history)))
            attention = torch.softmax(score(torch.tanh(inner(states))), 1)
            context = (attention * states).sum(1)
            error = y - out(torch.cat([states[:, -1], context], 1))[:, 0]
            return (error * error).mean(), ()

        return [p for part in parts for p in part.parameters()], loss

    train(make, lambda: ((x[r], y) for r, y in zip(rows, ys)))


def gru_parameters(rng, name, i, h):
    return {
        f"{name}x": weight(rng, i, 3 * h, 1), f"{name}h": weight(rng, h, 3 * h, 1),
        f"{name}b": np.zeros(3 * h, "float32"), f"{name}c": np.zeros(3 * h, "float32")}


def gru_jax(p, name, x):
    """All states of a GRU in PyTorch's form; time first."""
    import jax
    import jax.numpy as jnp

    def step(h, driven):
        inner = h @ p[name + "h"] + p[name + "c"]
        a, b, n = jnp.split(driven, 3, axis=-1)
        d, e, m = jnp.split(inner, 3, axis=-1)
        reset, update = jax.nn.sigmoid(a + d), jax.nn.sigmoid(b + e)
        fresh = jnp.tanh(n + reset * m)
        h = fresh + update * (h - fresh)
        return h, h

    zero = jnp.zeros((x.shape[1], p[name + "h"].shape[0]), "float32")
    return jax.lax.scan(step, zero, x @ p[name + "x"] + p[name + "b"])[1]


def with_jax(x, ys, rows):
    import jax
    import jax.numpy as jnp
    from jax_training import train

    rng = np.random.default_rng(7)
    params = gru_parameters(rng, "one", H, H) | gru_parameters(rng, "two", H, H) | dict(
        we=weight(rng, P, H, 1), be=np.zeros(H, "float32"), wi=weight(rng, H, H // 2, 1),
        bi=np.zeros(H // 2, "float32"), ws=weight(rng, H // 2, 1, 1),
        wo=weight(rng, 2 * H, 1, 1), bo=np.zeros(1, "float32"))

    def loss(p, _, rows, y, x):
        entered = jnp.tanh(x[rows.T] @ p["we"] + p["be"])
        states = gru_jax(p, "two", gru_jax(p, "one", entered))
        attention = jax.nn.softmax(jnp.tanh(states @ p["wi"] + p["bi"]) @ p["ws"], axis=0)
        context = (attention * states).sum(0)
        error = y - (jnp.concatenate([states[-1], context], 1) @ p["wo"] + p["bo"])[:, 0]
        return (error**2).mean(), ()

    train(loss, params, (rows, ys), constants=(x,))
