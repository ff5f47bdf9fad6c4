"""RVRAE of chapter 233, M11: one whole sequence of two series a step."""
import numpy as np
import torch

from kit import Normals, Parameters, cell_parameters, gru_after, run

PERIODS, TRAIN, SERIES, HIDDEN, FACTORS = 14, 11, 2, 5, 2


def gru_before(p, name, x, h):
    """Spec 3.5, the form of S4."""
    wn, wr, wu = (x @ p[f"{name}.input"] + p[f"{name}.bias"]).chunk(3, dim=1)
    un, ur, uu = p[f"{name}.recurrent"].chunk(3, dim=1)
    r, u = (wr + h @ ur).sigmoid(), (wu + h @ uu).sigmoid()
    n = (wn + (r * h) @ un).tanh()
    return (1 - u) * h + u * n


def check_torch_form():
    """The other form is PyTorch's own cell, whose gates lie reset, update, candidate."""
    p = Parameters(5)
    cell_parameters(p, "cell", SERIES, HIDDEN, "gru_after")
    theirs = torch.nn.GRU(SERIES, HIDDEN)
    with torch.no_grad():
        def turned(v):
            n, r, u = v.chunk(3, dim=1)
            return torch.cat([r, u, n], dim=1)
        theirs.weight_ih_l0.copy_(turned(p["cell.input"]).T)
        theirs.weight_hh_l0.copy_(turned(p["cell.recurrent"]).T)
        theirs.bias_ih_l0.copy_(turned(p["cell.bias"])[0])
        theirs.bias_hh_l0.zero_()
        theirs.bias_hh_l0[2 * HIDDEN:] = p["cell.bias.inner"][0]
        x, h = torch.randn(6, 1, SERIES), torch.zeros(1, HIDDEN)
        wanted = theirs(x)[0]
        for t in range(6):
            h = gru_after(p, "cell", x[t], h)
            assert torch.allclose(h, wanted[t], atol=1e-13)


def rvrae233(name, seed, form, state, recon, beyond=False):
    p = Parameters(seed)
    cell, step = ("gru_after", gru_after) if form == "torch" else ("gru_before", gru_before)

    def linear(part, inputs, outputs):
        p.add("network", f"{part}.weight", (inputs, outputs), penalised=True)
        p.add("network", f"{part}.bias", (1, outputs))
    cell_parameters(p, "encoder", SERIES, HIDDEN, cell)
    for head in ["posterior", "prior"]:
        linear(f"{head}.mean", HIDDEN, FACTORS)
        linear(f"{head}.variance", HIDDEN, FACTORS)
    cell_parameters(p, "decoder", FACTORS, HIDDEN, cell)
    linear("output", HIDDEN, SERIES)
    if recon == "gauss":
        p.add("network", "output.variance", (1, SERIES), shift=-0.5)
    if beyond:
        with torch.no_grad():
            p["posterior.variance.bias"][0, 0] = -9
            p["prior.variance.bias"][0, 1] = 5
            p["output.variance"][0, 0] = 4.5
    x = torch.tensor(np.round(p.rng.normal(0, 1, (PERIODS, SERIES)), 6))

    def read(part, h):
        return h @ p[f"{part}.weight"] + p[f"{part}.bias"]

    def runs(count, draw):
        """Posterior, prior, fit and forecast of every period."""
        h, d = torch.zeros(1, HIDDEN), torch.zeros(1, HIDDEN)
        found = []
        for t in range(count):
            before = h
            prior = read("prior.mean", before), read("prior.variance", before).clamp(-8, 4)
            h = step(p, "encoder", x[t:t + 1], before)
            posterior = read("posterior.mean", h), read("posterior.variance", h).clamp(-8, 4)
            z = posterior[0] + (posterior[1] / 2).exp() * draw()
            carried = d if state == "own" else before
            forecast = read("output", step(p, "decoder", prior[0], carried))
            d = step(p, "decoder", z, carried)
            found.append((posterior, prior, read("output", d), forecast))
        return found

    def terms(found):
        rec, kl = [], []
        for t, (q, prior, fit, _) in enumerate(found):
            error = x[t] - fit[0]
            if recon == "gauss":
                s = p["output.variance"][0].clamp(-8, 4)
                rec.append(0.5 * (s + error ** 2 * (-s).exp()).sum())
            else:
                rec.append((error ** 2).sum())
            normal = [torch.distributions.Normal(m, (v / 2).exp()) for m, v in (q, prior)]
            kl.append(torch.distributions.kl_divergence(*normal).sum())
        return torch.stack(rec), torch.stack(kl)

    noise = Normals(seed)
    weights = [0.3, 1.0]

    def loss(weight):
        def value():
            rec, kl = terms(runs(TRAIN, lambda: noise.column(FACTORS)))
            return (rec + weight * kl).mean()
        return value
    design = dict(series=SERIES, factors=FACTORS, hidden=HIDDEN, gru=form, hid=state, recon=recon, anneal=0)
    found = run(name, p, [loss(w) for w in weights], design=design, seed=seed, periods=PERIODS, train=TRAIN,
                returns=x.ravel().tolist(), klWeights=weights, clip=1.0)
    with torch.no_grad():
        after = runs(PERIODS, lambda: torch.zeros(FACTORS))
        rec, kl = terms(after)
        found["losses"] = (rec + kl).tolist()
        for part, pick in [("posteriorMean", lambda o: o[0][0]), ("posteriorVariance", lambda o: o[0][1].exp()),
                           ("priorMean", lambda o: o[1][0]), ("priorVariance", lambda o: o[1][1].exp()),
                           ("fits", lambda o: o[2]), ("forecasts", lambda o: o[3])]:
            found[part] = torch.cat([pick(o) for o in after]).ravel().tolist()
    # The decoder's Jacobian at the posterior mean of one period, by PyTorch's own.
    t = 9
    with torch.no_grad():
        h, d = torch.zeros(1, HIDDEN), torch.zeros(1, HIDDEN)
        for s in range(t):
            before, h = h, step(p, "encoder", x[s:s + 1], h)
            d = step(p, "decoder", after[s][0][0], d if state == "own" else before)
        carried = d if state == "own" else h
    jacobian = torch.autograd.functional.jacobian(
        lambda z: read("output", step(p, "decoder", z[None], carried))[0], after[t][0][0][0])
    found["jacobian"] = dict(period=t, values=jacobian.ravel().tolist())
    return found


def wide():
    return []


def cases():
    check_torch_form()
    return [rvrae233("rvrae233", 31, "s4", "own", "mse"), rvrae233("rvrae233-torch", 32, "torch", "own", "gauss"),
            rvrae233("rvrae233-shared", 33, "s4", "shared", "gauss"),
            rvrae233("rvrae233-clamped", 34, "torch", "shared", "gauss", beyond=True)]
