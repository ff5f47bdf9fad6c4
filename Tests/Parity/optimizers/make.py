"""Writes data.csv (gradients) and expected.csv (weights after each step) with PyTorch in doubles.

Weights 1 and 2 are penalised (decay, L1), weights 3 and 4 are not.
"""
import csv

import numpy as np
import torch

STEPS = 40
rng = np.random.default_rng(11)
gradients = rng.normal(0, 1, (STEPS, 4)) * np.array([1, 3, 0.01, 5])
start = [0.5, -0.02, 1.0, 0.0]


def weights(make, clip=None, schedule=None, after=None):
    """The weights after each step of an optimiser over two groups of two."""
    groups = [torch.tensor(start[:2], dtype=torch.float64, requires_grad=True),
              torch.tensor(start[2:], dtype=torch.float64, requires_grad=True)]
    optimizer = make(groups)
    scheduler = schedule(optimizer) if schedule else None
    path = []
    for g in gradients:
        groups[0].grad, groups[1].grad = torch.tensor(g[:2]), torch.tensor(g[2:])
        if clip:
            clip(groups)
        optimizer.step()
        if after:
            after(groups, optimizer)
        if scheduler:
            scheduler.step()
        path.append([v for group in groups for v in group.tolist()])
    return path


def adam(groups, **options):
    return torch.optim.Adam(groups, lr=0.05, **options)


def adamw(groups):
    return torch.optim.AdamW(
        [dict(params=[groups[0]], weight_decay=0.1), dict(params=[groups[1]], weight_decay=0.0)],
        lr=0.05)


def warmed_cosine(optimizer):
    rate = torch.optim.lr_scheduler
    return rate.SequentialLR(
        optimizer, [rate.LinearLR(optimizer, 1 / 5, 1, 4),
                    rate.CosineAnnealingLR(optimizer, 25, eta_min=0.05 * 0.1)], [5])


def threshold(groups, optimizer):
    """The proximal step of 0.2 |w| in the metric of Adam's step."""
    with torch.no_grad():
        w = groups[0]
        state = optimizer.state[w]
        root = (state["exp_avg_sq"] / (1 - 0.999 ** float(state["step"]))).sqrt() + 1e-8
        w.copy_(w.sign() * (w.abs() - 0.05 * 0.2 / root).clamp(min=0))


torch_clip = torch.nn.utils
paths = dict(
    adam=weights(adam),
    norm=weights(adam, clip=lambda g: torch_clip.clip_grad_norm_(g, 1.0)),
    value=weights(adam, clip=lambda g: torch_clip.clip_grad_value_(g, 0.7)),
    betas=weights(lambda g: adam(g, betas=(0.5, 0.9))),
    adamw=weights(adamw),
    # After step 30 the rate stays at its floor; PyTorch's cosine would rise again.
    cosine=weights(adamw, schedule=warmed_cosine)[:30],
    proximal=weights(adam, after=threshold))

with open("data.csv", "w", newline="") as f:
    out = csv.writer(f, lineterminator="\n")
    out.writerow([f"g{j}" for j in range(1, 5)])
    out.writerows([[repr(float(v)) for v in row] for row in gradients])
with open("expected.csv", "w", newline="") as f:
    out = csv.writer(f, lineterminator="\n")
    out.writerow([f"{name}{j}" for name in paths for j in range(1, 5)])
    for step in range(STEPS):
        out.writerow([repr(v) if v == v else "" for path in paths.values()
                      for v in (path[step] if step < len(path) else [float("nan")] * 4)])
print(torch.__version__, np.__version__)
