"""FactorVAE (Duan et al. 2022): GRU extractor H 32 over 12 months, M 64 portfolios, K 5; 144 steps.

Closed Gaussian likelihood plus divergence. Months are rectangles of 1,607 firms. `duan_extractor` is the
extractor alone: leaky linear layer, GRU, a linear head on its last state, squared error, clip 1.
"""
import numpy as np

from attention import gru_jax, gru_parameters
from data import K, P, fewest, panel, stacked, weight
from sequences import histories

H, M, FLOOR = 32, 64, 1e-3


def duan_epoch():
    x, y, _ = panel()
    xs, ys = stacked(x, y)
    rows = histories(1, fewest())
    with_torch(xs.reshape(-1, P), ys, rows)
    with_jax(xs.reshape(-1, P), ys, rows)


def duan_extractor():
    x, y, _ = panel()
    xs, ys = stacked(x, y)
    rows = histories(1, fewest())
    extractor_torch(xs.reshape(-1, P), ys, rows)
    extractor_jax(xs.reshape(-1, P), ys, rows)


def starting_values(P=P, H=H, M=M, K=K):
    rng = np.random.default_rng(8)
    shapes = dict(enter=(P, H), portfolio=(H, M), post_mean=(M, K), post_sd=(M, K), alpha=(H, H),
                  alpha_mean=(H, 1), alpha_sd=(H, 1), beta=(H, K), prior=(H, H),
                  prior_mean=(H, 1), prior_sd=(H, 1))
    params = {}
    for name, (i, o) in shapes.items():
        params |= {name: weight(rng, i, o, 1), name + "_b": np.zeros(o, "float32")}
    return params | dict(
        key=weight(rng, H, K * H, 1), value=weight(rng, H, K * H, 1),
        query=(0.1 * rng.standard_normal((K, H))).astype("float32"))


def objective(np_, p, e, y, softmax, leaky, softplus, relu, gamma=1):
    """Negative log likelihood a firm plus divergence; `np_` is torch or jax.numpy.

    Without a weight of the divergence, the likelihood under the prior.
    """
    apply = lambda name, v: v @ p[name] + p[name + "_b"]
    prior, prior_sd = predicted(np_, p, e, leaky, softplus, relu)
    if gamma is None:
        mean, sd = prior, prior_sd
    else:
        portfolio = softmax(apply("portfolio", e)).T @ y
        mean, sd = apply("post_mean", portfolio), softplus(apply("post_sd", portfolio)) + FLOOR
    hidden = leaky(apply("alpha", e))
    alpha, alpha_sd = apply("alpha_mean", hidden)[:, 0], softplus(apply("alpha_sd", hidden))[:, 0]
    beta = apply("beta", e)
    variance = (alpha_sd + FLOOR) ** 2 + beta**2 @ sd**2
    error = y - alpha - beta @ mean
    loss = 0.5 * (np_.log(2 * np.pi * variance) + error**2 / variance).mean()
    if gamma is None:
        return loss
    return loss + gamma * (np_.log(prior_sd / sd) + (sd**2 + (mean - prior) ** 2) / (
        2 * prior_sd**2) - 0.5).sum()


def predicted(np_, p, e, leaky, softplus, relu):
    """Mean and deviation of the prior, from attention over the firms of a month."""
    apply = lambda name, v: v @ p[name] + p[name + "_b"]
    K, H = p["query"].shape
    keys = (e @ p["key"]).reshape(-1, K, H)
    values = (e @ p["value"]).reshape(-1, K, H)
    lengths = np_.sqrt((keys**2).sum(2) * (p["query"] ** 2).sum(1) + 1e-12)
    cosine = relu(np_.einsum("ikh,kh->ik", keys, p["query"]) / lengths)
    share = cosine / (cosine.sum(0) + 1e-12)
    hidden = leaky(apply("prior", np_.einsum("ik,ikh->kh", share, values)))
    return apply("prior_mean", hidden)[:, 0], softplus(apply("prior_sd", hidden))[:, 0] + FLOOR


def with_torch(x, ys, rows):
    import torch
    from torch import nn
    from torch.nn import functional as F
    from torch_training import train

    x, ys, rows = map(torch.from_numpy, (x, ys, rows))

    def make():
        p = {k: nn.Parameter(torch.from_numpy(v)) for k, v in starting_values().items()}
        gru = nn.GRU(H, H, batch_first=True)

        def loss(_, history, y):
            entered = F.leaky_relu(history @ p["enter"] + p["enter_b"], 0.1)
            e = gru(entered)[0][:, -1]
            return objective(
                torch, p, e, y, lambda v: torch.softmax(v, 0), lambda v: F.leaky_relu(v, 0.1),
                F.softplus, F.relu), ()

        return list(p.values()) + list(gru.parameters()), loss

    train(make, lambda: ((x[r], y) for r, y in zip(rows, ys)), rate=3e-4)


def with_jax(x, ys, rows):
    import jax
    import jax.numpy as jnp
    from jax_training import train

    params = starting_values() | gru_parameters(np.random.default_rng(7), "gru", H, H)

    def loss(p, _, rows, y, x):
        entered = jax.nn.leaky_relu(x[rows.T] @ p["enter"] + p["enter_b"], 0.1)
        e = gru_jax(p, "gru", entered)[-1]
        return objective(
            jnp, p, e, y, lambda v: jax.nn.softmax(v, axis=0),
            lambda v: jax.nn.leaky_relu(v, 0.1), jax.nn.softplus, jax.nn.relu), ()

    train(loss, params, (rows, ys), constants=(x,), rate=3e-4)


def extractor_torch(x, ys, rows):
    import torch
    from torch import nn
    from torch.nn import functional as F
    from torch_training import train

    x, ys, rows = map(torch.from_numpy, (x, ys, rows))

    def make():
        enter, gru, out = nn.Linear(P, H), nn.GRU(H, H, batch_first=True), nn.Linear(H, 1)

        def loss(_, history, y):
            states, _ = gru(F.leaky_relu(enter(history), 0.1))
            return ((y - out(states[:, -1])[:, 0]) ** 2).mean(), ()

        return [p for part in (enter, gru, out) for p in part.parameters()], loss

    train(make, lambda: ((x[r], y) for r, y in zip(rows, ys)), clip=1)


def extractor_jax(x, ys, rows):
    import jax
    from jax_training import train

    rng = np.random.default_rng(8)
    params = gru_parameters(np.random.default_rng(7), "gru", H, H) | dict(
        we=weight(rng, P, H, 1), be=np.zeros(H, "float32"), wo=weight(rng, H, 1, 1),
        bo=np.zeros(1, "float32"))

    def loss(p, _, rows, y, x):
        entered = jax.nn.leaky_relu(x[rows.T] @ p["we"] + p["be"], 0.1)
        state = gru_jax(p, "gru", entered)[-1]
        return ((y - (state @ p["wo"] + p["bo"])[:, 0]) ** 2).mean(), ()

    train(loss, params, (rows, ys), constants=(x,), clip=1)
