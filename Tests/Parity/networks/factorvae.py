"""FactorVAE of Duan et al. (2022), M08, one date a step."""
import numpy as np
import torch
from torch.nn.functional import leaky_relu, softplus

from forecasters import gated_parameters, gated_states, windows
from kit import Parameters, TY, VALID, WIDTH, rows, run

FLOOR, LEAK = 1e-3, 0.1


def leaky(x):
    return leaky_relu(x, LEAK)


def factorvae(name, seed, likelihood, opposed=False):
    hidden, months, factors, portfolios, gamma = 5, 4, 2, 4, 0.7
    p = Parameters(seed)
    gated_parameters(p, hidden, 1, "gru_after")

    def linear(part, inputs, outputs):
        p.add("network", f"{part}.weight", (inputs, outputs), penalised=True)
        p.add("network", f"{part}.bias", (1, outputs))
    linear("encoder.portfolios", hidden, portfolios)
    linear("decoder.inner", hidden, hidden)
    linear("decoder.alpha", hidden, 2)
    linear("decoder.beta", hidden, factors)
    p.add("network", "predictor.key.weight", (hidden, factors * hidden), stretch=(0, hidden))
    p.add("network", "predictor.query", (factors, hidden), penalised=True)
    for part in ["mean", "deviation"]:
        p.add("head", f"posterior.{part}.weight", (factors, portfolios))
        p.add("head", f"posterior.{part}.bias", (factors, 1))
    for k in range(factors):
        p.add("head", f"predictor.value{k}", (hidden, hidden))
    p.add("head", "predictor.inner.weight", (hidden, hidden))
    p.add("head", "predictor.inner.bias", (hidden, 1))
    for part in ["mean", "deviation"]:
        p.add("head", f"predictor.{part}.weight", (1, hidden))
        p.add("head", f"predictor.{part}.bias", (1, 1))

    def decode(e):
        h = leaky(e @ p["decoder.inner.weight"] + p["decoder.inner.bias"])
        out = h @ p["decoder.alpha.weight"] + p["decoder.alpha.bias"]
        beta = e @ p["decoder.beta.weight"] + p["decoder.beta.bias"]
        return out[:, 0], softplus(out[:, 1]) + FLOOR, beta

    def posterior(e, y):
        shares = (e @ p["encoder.portfolios.weight"] + p["encoder.portfolios.bias"]).softmax(0)
        returns = shares.T @ y
        mean = p["posterior.mean.weight"] @ returns + p["posterior.mean.bias"][:, 0]
        deviation = p["posterior.deviation.weight"] @ returns + p["posterior.deviation.bias"][:, 0]
        return mean, softplus(deviation) + FLOOR

    def prior(e):
        keys = (e @ p["predictor.key.weight"]).chunk(factors, 1)
        means, deviations = [], []
        for k in range(factors):
            q = p["predictor.query"][k]
            cosine = (keys[k] @ q / (keys[k].norm(dim=1) * q.norm())).relu()
            total = cosine.sum()
            shares = cosine / total if total > 0 else torch.full_like(cosine, 1 / len(cosine))
            values = e @ p[f"predictor.value{k}"].T
            head = (shares[:, None] * values).sum(0)
            d = leaky(p["predictor.inner.weight"] @ head + p["predictor.inner.bias"][:, 0])
            means.append(p["predictor.mean.weight"] @ d + p["predictor.mean.bias"][0])
            deviations.append(p["predictor.deviation.weight"] @ d + p["predictor.deviation.bias"][0])
        return torch.cat(means), softplus(torch.cat(deviations)) + FLOOR

    def negative_likelihood(e, y, z):
        alpha, spread, beta = decode(e)
        normal = torch.distributions.Normal(
            alpha + beta @ z[0], (spread ** 2 + beta ** 2 @ z[1] ** 2).sqrt())
        return -normal.log_prob(y).mean()

    def features(month):
        return gated_states(p, windows(rows(month), months), hidden, 1, "gru_after", leaky)[-1]

    steps = [6, 10]
    with torch.no_grad():
        for k in range(factors):
            keys = [(features(t) @ p["predictor.key.weight"]).chunk(factors, 1)[k] for t in steps]
            mean, query = torch.cat(keys).mean(0), p["predictor.query"][k]
            if opposed and k == 0:
                # A query that no stock's key goes along with: equal shares.
                query[:] = -torch.round(mean, decimals=3)
                assert all((found @ query).max() < -0.01 for found in keys)
                continue
            # One that some keys go along with and some do not, in each month.
            while not all(0 < ((found @ query) > 0.01).sum() < len(found) - 1 for found in keys):
                query[:] = torch.tensor(np.round(p.rng.normal(0, 0.5, hidden), 3))
                query -= torch.round((query @ mean) / (mean @ mean) * mean, decimals=3)

    def loss(month):
        def value():
            e, y = features(month), TY[list(rows(month))]
            if likelihood == "prior":
                return negative_likelihood(e, y, prior(e))
            q, ahead = posterior(e, y), prior(e)
            divergence = torch.distributions.kl_divergence(
                torch.distributions.Normal(*q), torch.distributions.Normal(*ahead)).sum()
            return negative_likelihood(e, y, q) + gamma * divergence
        return value
    body = dict(inputs=WIDTH, hidden=hidden, layers=1, months=months, entry="leaky", attention=0,
                cell="gruAfter")
    design = dict(body=body, factors=factors, portfolios=portfolios, gamma=gamma, likelihood=likelihood,
                  total_alpha=True)
    found = run(name, p, [loss(t) for t in steps], design=design, months=steps)
    with torch.no_grad():
        e, y = features(VALID - 1), TY[list(rows(VALID - 1))]
        found["observed"] = dict(
            month=VALID - 1, prior=[v.tolist() for v in prior(e)],
            posterior=[v.tolist() for v in (posterior(e, y) if likelihood == "posterior" else prior(e))],
            loss=negative_likelihood(e, y, prior(e)).item())
    return found


def wide():
    return [factorvae("factorvae", 21, "posterior")]


def cases():
    return [factorvae("factorvae", 21, "posterior"), factorvae("factorvae-prior", 22, "prior"),
            factorvae("factorvae-opposed", 23, "posterior", opposed=True)]
