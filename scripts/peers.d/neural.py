"""NN4: 46-32-16-8-4-1 with batch norm and ReLU, squared error and L1; 144 steps of one month."""
import numpy as np

from autoencoder import jax_loadings, jax_network, torch_network
from data import months_of, panel, stacked

HIDDEN = [32, 16, 8, 4]


def nn4_epoch():
    x, y, _ = panel()
    with_torch(x, y)
    with_jax(x, y)


def with_torch(x, y):
    import torch
    from torch_training import rows_of, train

    def make():
        network = torch_network(1, HIDDEN)
        weights = [p for p in network.parameters() if p.dim() == 2]

        def loss(_, x, y):
            error = y - network(x).squeeze(1)
            return (error * error).mean() + 1e-5 * sum(w.abs().sum() for w in weights), ()

        return list(network.parameters()), loss

    train(make, rows_of(months_of(), torch.from_numpy(x), torch.from_numpy(y)), runs=7, warm=2)


def with_jax(x, y):
    from jax_training import penalty, train

    def loss(p, _, x, y):
        error = y - jax_loadings(p, x, HIDDEN)[:, 0]
        return (error**2).mean() + penalty(p, ("w0", "w1", "w2", "w3", "w")), ()

    train(loss, jax_network(np.random.default_rng(3), 1, HIDDEN), stacked(x, y), runs=7, warm=2)
