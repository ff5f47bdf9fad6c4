"""Whole fits of the five-model comparison in PyTorch: K 3, 200 firms, 144 + 48 months, 50 characteristics.

As many epochs as fq made (the third argument), each followed by the loss of the validation months; the
best weights are kept and put back. Sizes, batches, penalties and optimisers are those of fq's models as
they come. The returns are random: the number of epochs is given, so what is found does not matter.
fq estimates the prior of CVRA once more at the end; that is left out here.
"""
import copy

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import factor_vae
import recurrent
from autoencoder import torch_network
from timing import epochs, measure, threads

FIRMS, TRAIN, VALID, P, K, WINDOW = 200, 144, 48, 50, 3, 12
ROWS = TRAIN * FIRMS
torch.set_num_threads(threads)


def panel():
    rng = np.random.default_rng(1)
    rows = (TRAIN + VALID) * FIRMS
    x = rng.uniform(-1, 1, (rows, P)).astype("float32")
    y = rng.standard_normal(rows).astype("float32")
    u = rng.standard_normal((TRAIN + VALID, P + 1)).astype("float32")
    return map(torch.from_numpy, (x, y, u))


def histories():
    """The rows of each firm-month's window, oldest first; the first month is repeated."""
    month = np.arange(TRAIN + VALID)[:, None, None] - WINDOW + 1 + np.arange(WINDOW)
    rows = np.maximum(month, 0) * FIRMS + np.arange(FIRMS)[None, :, None]
    return torch.from_numpy(rows.reshape(-1, WINDOW))


def fit(make):
    """Times whole fits: `make()` gives a module, its batches, its losses, and what Adam is told."""

    def whole(epochs):
        torch.manual_seed(3)
        model, batches, loss, validate, settings = make()
        optimizer = torch.optim.Adam(model.parameters(), lr=settings["rate"], fused=True)
        best, kept = float("inf"), copy.deepcopy(model.state_dict())
        for epoch in range(epochs):
            model.train()
            for batch in batches(epoch):
                optimizer.zero_grad(set_to_none=True)
                loss(*batch).backward()
                if "clip" in settings:
                    nn.utils.clip_grad_norm_(model.parameters(), settings["clip"])
                if "clip_value" in settings:
                    nn.utils.clip_grad_value_(model.parameters(), settings["clip_value"])
                optimizer.step()
            model.eval()
            with torch.no_grad():
                found = float(validate())
            if found < best:
                best, kept = found, copy.deepcopy(model.state_dict())
        model.load_state_dict(kept)

    # PyTorch reads half of itself at the first step.
    whole(1)
    measure("pytorch", lambda: whole(epochs), runs=1, warm=0)


def l1(modules, strength):
    weights = [p for m in modules for p in m.parameters() if p.dim() == 2]
    return lambda: strength * sum(w.abs().sum() for w in weights)


def shuffled(count):
    """Equal batches of all training rows in a new order."""
    return lambda _: ((part,) for part in torch.tensor_split(torch.randperm(ROWS), count))


def months(_):
    return ((int(t),) for t in torch.randperm(TRAIN))


def rows(t):
    return slice(t * FIRMS, (t + 1) * FIRMS)


def zoo_nn4():
    x, y, _ = panel()

    def make():
        network = torch_network(1, [32, 16, 8, K], P)
        penalty = l1([network], 1e-3)
        error = lambda part: ((y[part] - network(x[part]).squeeze(1)) ** 2).mean()
        return (network, shuffled(20), lambda part: error(part) + penalty(),
                lambda: error(slice(ROWS, None)), dict(rate=1e-3))

    fit(make)


def zoo_ca2():
    x, y, u = panel()

    def make():
        beta, factor = torch_network(K, [32, 16], P), nn.Linear(P + 1, K)
        penalty = l1([beta, factor], 3e-3)

        def loss(t):
            return ((y[rows(t)] - beta(x[rows(t)]) @ factor(u[t])) ** 2).mean() + penalty()

        def validate():
            loadings = beta(x[ROWS:]).view(VALID, FIRMS, K)
            fitted = (loadings @ factor(u[TRAIN:])[:, :, None]).reshape(-1)
            return ((y[ROWS:] - fitted) ** 2).mean()

        return nn.ModuleList([beta, factor]), months, loss, validate, dict(rate=3e-3)

    fit(make)


class Extractor(nn.Module):
    """FactorVAE's parameters: those of `factor_vae` by name, and the GRU."""

    def __init__(self, hidden, portfolios):
        super().__init__()
        values = factor_vae.starting_values(P, hidden, portfolios, K)
        self.small = nn.ParameterDict(
            {name: nn.Parameter(torch.from_numpy(v)) for name, v in values.items()})
        self.gru = nn.GRU(hidden, hidden, batch_first=True)

    def forward(self, history, y, gamma):
        p = self.small
        entered = F.leaky_relu(history @ p["enter"] + p["enter_b"], 0.1)
        return factor_vae.objective(
            torch, p, self.gru(entered)[0][:, -1], y, lambda v: torch.softmax(v, 0),
            lambda v: F.leaky_relu(v, 0.1), F.softplus, F.relu, gamma)


def zoo_factorvae():
    x, y, _ = panel()
    history = histories()

    def make():
        model = Extractor(20, 32)
        month = lambda t, gamma: model(x[history[rows(t)]], y[rows(t)], gamma)
        return (model, months, lambda t: month(t, 0.01),
                lambda: sum(month(t, None) for t in range(TRAIN, TRAIN + VALID)) / VALID,
                dict(rate=1e-3))

    fit(make)


class Attentive(nn.Module):
    """ALSTM with units before the forecast, taken for loadings."""

    def __init__(self, hidden):
        super().__init__()
        self.enter = nn.Linear(P, hidden)
        self.gru = nn.GRU(hidden, hidden, 2, batch_first=True)
        self.inner = nn.Linear(hidden, hidden // 2)
        self.score = nn.Linear(hidden // 2, 1, bias=False)
        self.units, self.out = nn.Linear(2 * hidden, K), nn.Linear(K, 1)

    def forward(self, history):
        states, _ = self.gru(torch.tanh(self.enter(history)))
        attention = torch.softmax(self.score(torch.tanh(self.inner(states))), 1)
        context = (attention * states).sum(1)
        return self.out(self.units(torch.cat([states[:, -1], context], 1)))[:, 0]


def zoo_alstm():
    x, y, _ = panel()
    history = histories()

    def make():
        model = Attentive(16)
        error = lambda part: ((y[part] - model(x[history[part]])) ** 2).mean()
        return (model, shuffled(36), error, lambda: error(slice(ROWS, None)),
                dict(rate=1e-3, clip_value=3.0))

    fit(make)


class Variational(nn.Module):
    """CVRA: the beta network and the factor side of `recurrent`."""

    def __init__(self):
        super().__init__()
        self.beta = torch_network(K, [32, 16], P)
        values = recurrent.starting_values(K)
        self.small = nn.ParameterDict(
            {name: nn.Parameter(torch.from_numpy(v)) for name, v in values.items()})
        self.eye = torch.eye(K)

    def forward(self, x, y, carry, length, weight):
        p = dict(self.small.items()) | {"eye": self.eye}
        return recurrent.bound(
            torch, p, self.beta(x), y, carry, lambda v: v.detach(), torch.linalg.solve,
            torch.sigmoid, length, weight)


def zoo_cvra():
    x, y, _ = panel()
    start = tuple(map(torch.from_numpy, recurrent.carried(K)))

    def make():
        model = Variational()
        penalty = l1([model.beta], 1e-5)
        carried = [start]

        def chunks(epoch):
            """A chunk begins in another month each epoch; the divergence comes in by and by."""
            weight, carried[0] = min(1.0, max(0, epoch - 19) / 20), start
            cuts = sorted({0, TRAIN, *range(int(torch.randint(12, ())), TRAIN, 12)})
            return ((a, b, weight) for a, b in zip(cuts, cuts[1:]))

        def loss(a, b, weight):
            part = slice(a * FIRMS, b * FIRMS)
            total, carry = model(x[part], y[part], carried[0], b - a, weight)
            carried[0] = tuple(s.detach() for s in carry)
            return total + penalty()

        # The state of the first validation month is that of all months before.
        validate = lambda: model(x, y, start, TRAIN + VALID, 1)[0]
        return model, chunks, loss, validate, dict(rate=3e-3, clip=1.0)

    fit(make)
