"""CA2: beta network 46-32-16-5 with batch norm, linear factors of managed portfolios; 144 steps."""
import numpy as np

from data import K, P, months_of, panel, stacked, weight

HIDDEN = [32, 16]


def ca2_epoch():
    x, y, u = panel()
    with_torch(x, y, u)
    with_jax(x, y, u)


def torch_network(outputs, hidden=HIDDEN, inputs=P):
    from torch import nn

    layers, width = [], inputs
    for size in hidden:
        layers += [nn.Linear(width, size, bias=False), nn.BatchNorm1d(size), nn.ReLU()]
        width = size
    return nn.Sequential(*layers, nn.Linear(width, outputs))


def with_torch(x, y, u):
    import torch
    from torch import nn
    from torch_training import train

    x, y, u = map(torch.from_numpy, (x, y, u))

    def make():
        beta, factor = torch_network(K), nn.Linear(P + 1, K)
        weights = [p for p in beta.parameters() if p.dim() == 2]

        def loss(_, x, y, u):
            error = y - beta(x) @ factor(u)
            return (error * error).mean() + 1e-5 * sum(w.abs().sum() for w in weights), ()

        return list(beta.parameters()) + list(factor.parameters()), loss

    months = months_of()
    train(make, lambda: ((x[a:b], y[a:b], u[t]) for t, (a, b) in enumerate(months)), runs=7, warm=2)


def jax_network(rng, outputs, hidden=HIDDEN):
    params, width = {}, P
    for i, size in enumerate(hidden):
        params |= {
            f"w{i}": weight(rng, width, size), f"g{i}": np.ones(size, "float32"),
            f"b{i}": np.zeros(size, "float32")}
        width = size
    return params | {"w": weight(rng, width, outputs), "b": np.zeros(outputs, "float32")}


def jax_loadings(params, x, hidden=HIDDEN):
    import jax
    from jax_training import batch_norm

    for i in range(len(hidden)):
        x = jax.nn.relu(batch_norm(x @ params[f"w{i}"], params[f"g{i}"], params[f"b{i}"]))
    return x @ params["w"] + params["b"]


def with_jax(x, y, u):
    from jax_training import penalty, train

    rng = np.random.default_rng(3)
    params = jax_network(rng, K)
    params |= {"wf": weight(rng, P + 1, K), "bf": np.zeros(K, "float32")}

    def loss(p, _, x, y, u):
        error = y - jax_loadings(p, x) @ (u @ p["wf"] + p["bf"])
        return (error**2).mean() + penalty(p, ("w0", "w1", "w")), ()

    train(loss, params, (*stacked(x, y), u), runs=7, warm=2)
