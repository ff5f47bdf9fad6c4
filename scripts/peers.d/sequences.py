"""LSTM betas (H 32 to K 5) with linear factors of managed portfolios.

lstm_window: windows of 12 months for every firm-month, 12 steps of 12 months; lstm_window_month the
same in 144 steps; lstm_scan: once along firms' lives, state carried over chunks of 12 months and
set to zero where a place gets a new firm. Months are rectangles of 1,607 firms.
"""
import numpy as np

from data import K, MONTHS, P, WINDOW, entries, fewest, panel, stacked, weight, windows

H = 32


def lstm_window():
    window(months=12)


def lstm_window_month():
    window(months=1)


def histories(group, n):
    """Rows of the rectangle's histories: steps x (group * n) x 12."""
    blocks = [(t * n, (t + 1) * n) for t in range(MONTHS)]
    return windows(blocks).reshape(MONTHS // group, group * n, WINDOW).astype("int32")


def window(months):
    x, y, u = panel()
    n = fewest()
    xs, ys = stacked(x, y, months)
    us = u.reshape(-1, months, P + 1)
    rows = histories(months, n)
    window_torch(xs.reshape(-1, P), ys, us, rows, months)
    window_jax(xs.reshape(-1, P), ys, us, rows, months)


def window_torch(x, ys, us, rows, months):
    import torch
    from torch import nn
    from torch_training import train

    x, ys, us, rows = map(torch.from_numpy, (x, ys, us, rows))

    def make():
        lstm, read, factor = nn.LSTM(P, H, batch_first=True), nn.Linear(H, K), nn.Linear(P + 1, K)
        parameters = [p for part in (lstm, read, factor) for p in part.parameters()]

        def loss(_, history, y, u):
            loadings = read(lstm(history)[0][:, -1]).view(months, -1, K)
            fit = (loadings @ factor(u)[:, :, None]).reshape(-1)
            return ((y - fit) ** 2).mean(), ()

        return parameters, loss

    train(make, lambda: ((x[r], y, u) for r, y, u in zip(rows, ys, us)), clip=1.0)


def lstm_parameters():
    rng = np.random.default_rng(6)
    return dict(
        wx=weight(rng, P, 4 * H, 1), wh=weight(rng, H, 4 * H, 1), b=np.zeros(4 * H, "float32"),
        wr=weight(rng, H, K, 1), br=np.zeros(K, "float32"), wf=weight(rng, P + 1, K, 1),
        bf=np.zeros(K, "float32"))


def gates_jax(gates, c):
    import jax
    import jax.numpy as jnp

    i, f, g, o = jnp.split(gates, 4, axis=-1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    return jax.nn.sigmoid(o) * jnp.tanh(c), c


def window_jax(x, ys, us, rows, months):
    import jax
    import jax.numpy as jnp
    from jax_training import train

    def loss(p, _, rows, y, u, x):
        driven = x[rows.T] @ p["wx"] + p["b"]

        def step(kept, driven):
            h, c = kept
            return gates_jax(driven + h @ p["wh"], c), None

        zero = jnp.zeros((rows.shape[0], H), "float32")
        (h, _), _ = jax.lax.scan(step, (zero, zero), driven)
        loadings = (h @ p["wr"] + p["br"]).reshape(months, -1, K)
        fit = jnp.einsum("tik,tk->ti", loadings, u @ p["wf"] + p["bf"]).reshape(-1)
        return ((y - fit) ** 2).mean(), ()

    train(loss, lstm_parameters(), (rows, ys, us), constants=(x,), clip=1.0)


def lstm_scan():
    x, y, u = panel()
    n = fewest()
    xs, ys = (a.reshape(12, 12, n, *a.shape[2:]) for a in stacked(x, y, 12))
    new = entries(n).reshape(12, 12, n, 1).astype("float32")
    us = u.reshape(12, 12, P + 1)
    scan_torch(xs, ys, us, 1 - new)
    scan_jax(xs, ys, us, 1 - new)


def scan_torch(*arrays):
    import torch
    from torch import nn
    from torch_training import train

    arrays = [torch.from_numpy(a) for a in arrays]

    def make():
        driver, recurrent = nn.Linear(P, 4 * H), nn.Linear(H, 4 * H, bias=False)
        read, factor = nn.Linear(H, K), nn.Linear(P + 1, K)
        parts = (driver, recurrent, read, factor)

        def loss(carry, x, y, u, stays):
            h, c = carry
            driven, states = driver(x), []
            for t in range(12):
                h, c = h * stays[t], c * stays[t]
                i, f, g, o = (driven[t] + recurrent(h)).chunk(4, 1)
                c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
                h = torch.sigmoid(o) * torch.tanh(c)
                states.append(h)
            loadings = read(torch.stack(states))
            error = y - (loadings @ factor(u)[:, :, None])[:, :, 0]
            return (error * error).mean(), (h, c)

        return [p for part in parts for p in part.parameters()], loss

    zero = torch.zeros((arrays[0].shape[2], H))
    train(make, lambda: zip(*arrays), carry=(zero, zero), clip=1.0)


def scan_jax(*arrays):
    import jax
    import jax.numpy as jnp
    from jax_training import train

    def loss(p, carry, x, y, u, stays):
        def step(kept, month):
            driven, stays = month
            h, c = kept
            h, c = gates_jax(driven + (h * stays) @ p["wh"], c * stays)
            return (h, c), h

        carry, states = jax.lax.scan(step, carry, (x @ p["wx"] + p["b"], stays))
        loadings = states @ p["wr"] + p["br"]
        error = y - jnp.einsum("tik,tk->ti", loadings, u @ p["wf"] + p["bf"])
        return (error**2).mean(), carry

    zero = np.zeros((arrays[0].shape[2], H), "float32")
    train(loss, lstm_parameters(), arrays, carry=(zero, zero), clip=1.0)
