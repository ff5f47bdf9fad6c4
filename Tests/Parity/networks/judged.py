"""FactorVAE with a penalty on total correlation, M12: steps of both players on batches of one matrix."""
import numpy as np
import torch
from torch.nn import functional as F

from kit import Normals, Parameters, numbers

SERIES, FACTORS, HIDDEN, JUDGE, ROWS, GAMMA = 5, 2, [6, 4], 7, 8, 1.5


def factorvae_tc(name, seed, recon):
    p = Parameters(seed)

    def linear(block, part, inputs, outputs, bias=True):
        p.add(block, f"{part}.weight", (inputs, outputs))
        if bias:
            p.add(block, f"{part}.bias", (1, outputs))

    def stack(part, sizes, outputs):
        for i in range(len(HIDDEN)):
            linear("network", f"{part}{i}", sizes[i], sizes[i + 1], bias=False)
            p.add("network", f"{part}{i}.gain", (1, sizes[i + 1]), shift=1.0)
            p.add("network", f"{part}{i}.offset", (1, sizes[i + 1]))
        linear("network", f"{part}.head", sizes[-1], outputs)
    stack("encoder", [SERIES] + HIDDEN, 2 * FACTORS)
    stack("decoder", [FACTORS] + HIDDEN[::-1], SERIES)
    linear("head", "judge0", FACTORS, JUDGE)
    linear("head", "judge1", JUDGE, JUDGE)
    linear("head", "judge.head", JUDGE, 2)
    x = torch.tensor(np.round(p.rng.normal(0, 1, (4 * ROWS, SERIES)), 6))
    running = {f"{part}{i}": (torch.zeros(w), torch.ones(w))
               for part, widths in [("encoder", HIDDEN), ("decoder", HIDDEN[::-1])]
               for i, w in enumerate(widths)}

    def through(part, h):
        for i in range(len(HIDDEN)):
            mean, variance = running[f"{part}{i}"]
            h = F.batch_norm(h @ p[f"{part}{i}.weight"], mean, variance, p[f"{part}{i}.gain"][0],
                             p[f"{part}{i}.offset"][0], training=True)
            h = h.relu()
        return h @ p[f"{part}.head.weight"] + p[f"{part}.head.bias"]

    def judged(z):
        for part in ["judge0", "judge1"]:
            z = F.leaky_relu(z @ p[f"{part}.weight"] + p[f"{part}.bias"], 0.2)
        return z @ p["judge.head.weight"] + p["judge.head.bias"]

    stream = Normals(seed)

    def drawn(rows):
        m, v = through("encoder", rows).split(FACTORS, dim=1)
        v = v.clamp(-8, 4)
        noise = torch.stack([stream.column(FACTORS) for _ in rows])
        return m, v, m + (v / 2).exp() * noise

    def permuted(z):
        z = z.clone()
        for k in range(FACTORS):
            for i in range(len(z) - 1, 0, -1):
                j = stream.bits() * (i + 1) >> 64
                z[[i, j], k] = z[[j, i], k]
        return z

    players = [(torch.optim.Adam(p.blocks["network"].values(), lr=0.01), "network"),
               (torch.optim.Adam(p.blocks["head"].values(), lr=0.02, betas=(0.5, 0.9)), "head")]
    result = dict(name=name, panel="none", seed=seed, rows=ROWS, rates=[0.01, 0.02], tensors=p.described(),
                  returns=x.ravel().tolist(), steps=[],
                  design=dict(series=SERIES, factors=FACTORS, hidden=HIDDEN, judge=JUDGE, judgeLayers=2,
                              gamma=GAMMA, recon=recon))
    gradients = {}

    def turn(optimizer, block, loss):
        for v in p.all():
            v.grad = None
        loss.backward()
        gradients[block] = {n: numbers(v.grad) for n, v in p.blocks[block].items()}
        optimizer.step()
        return sum((v.grad ** 2).sum().item() for v in p.blocks[block].values())

    for step in range(2):
        one, two = x[2 * step * ROWS:][:ROWS], x[(2 * step + 1) * ROWS:][:ROWS]
        m, v, z1 = drawn(one)
        error = ((one - through("decoder", z1)) ** 2)
        rec = error.sum(1).mean() / 2 if recon == "gauss_sum" else error.mean()
        normal = torch.distributions.Normal
        kl = torch.distributions.kl_divergence(normal(m, (v / 2).exp()), normal(0.0, 1.0)).sum(1).mean()
        a = judged(z1)
        tc = (a[:, 0] - a[:, 1]).mean()
        loss = rec + kl + GAMMA * tc
        norm = turn(*players[0], loss)
        with torch.no_grad():
            z2 = permuted(drawn(two)[2])
        zeros = torch.zeros(ROWS, dtype=torch.long)
        second = (F.cross_entropy(judged(z1.detach()), zeros) + F.cross_entropy(judged(z2), 1 + zeros)) / 2
        norm += turn(*players[1], second)
        result["steps"].append(dict(
            loss=loss.item(), reconstruction=rec.item(), divergence=kl.item(), totalCorrelation=tc.item(),
            judge=second.item(), norm=norm ** 0.5, gradients=dict(gradients),
            after=p.values(lambda v: v)))
    result["running"] = dict(mean=[numbers(m) for m, _ in running.values()],
                             variance=[numbers(v) for _, v in running.values()])
    return result


def wide():
    return []


def cases():
    return [factorvae_tc("factorvae_tc", 41, "gauss_sum"), factorvae_tc("factorvae_tc-mean", 42, "mean")]
