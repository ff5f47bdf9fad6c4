"""The panel, the parameters and the steps that all networks share.

Layouts are those of fq: in a `network` block a weight is inputs x outputs (y = x W), in a `head` block
outputs x inputs (y = W x). `stretch` says after how many rows or columns fq pads to whole lanes.
"""
import json
import math
import sys

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


class Normals:
    """fq's stream of standard normals: Philox4x32-10 and Box-Muller."""
    POSTERIOR = 4

    def __init__(self, seed, purpose=POSTERIOR):
        self.seed, self.purpose, self.position, self.spare = seed, purpose, 0, None

    def bits(self):
        mask = 0xFFFFFFFF
        c = [self.position >> 1 & mask, self.position >> 33 & mask, 0, self.purpose]
        k = [self.seed & mask, self.seed >> 32 & mask]
        for _ in range(10):
            a, b = c[0] * 0xD2511F53, c[2] * 0xCD9E8D57
            c = [b >> 32 ^ c[1] ^ k[0], b & mask, a >> 32 ^ c[3] ^ k[1], a & mask]
            k = [k[0] + 0x9E3779B9 & mask, k[1] + 0xBB67AE85 & mask]
        is_low = self.position & 1 == 0
        self.position += 1
        return c[0] << 32 | c[1] if is_low else c[2] << 32 | c[3]

    def uniform(self):
        return (self.bits() >> 11) * 2.0 ** -53

    def normal(self):
        if self.spare is not None:
            value, self.spare = self.spare, None
            return value
        radius = math.sqrt(-2 * math.log(1 - self.uniform()))
        angle = 2 * math.pi * self.uniform()
        self.spare = radius * math.sin(angle)
        return radius * math.cos(angle)

    def column(self, count):
        return torch.tensor([self.normal() for _ in range(count)])


# The panel at hand: `small` has every kind of gap, `wide` has more rows than fit one tile, group or party.
PANEL = "wide" if sys.argv[1:] == ["wide"] else "small"
CALENDAR = [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
WIDTH, TRAIN, VALID = 3, 12, 14
LONGEST_GAP = 6


def small_panel():
    """Rows by month; firms enter, leave and miss months."""
    rng = np.random.default_rng(71)
    months = []
    for t in range(len(CALENDAR)):
        here = rng.random(9) < 0.85
        here[0] = True
        here[3] = not 4 <= t <= 6
        here[5] = t >= 4
        here[7] = t <= 8
        # Nine, seven and six months of the calendar are missing; the second is six of the panel's.
        here[2] = not 2 <= t <= 9
        here[6] = not 2 <= t <= 7
        here[8] = not 5 <= t <= 10
        months.append([i for i in range(9) if here[i]])
    count = sum(map(len, months))
    # Numbers that a float holds exactly.
    x = np.round(rng.uniform(-1, 1, (count, WIDTH)) * 4096) / 4096
    y = np.round(rng.normal(0, 1, count) * 4096) / 4096
    return months, x, y, rng.normal(0, 1, (len(CALENDAR), WIDTH + 1))


def wide_panel():
    """Drawn from fq's own stream, so that it need not be written down: who is there, then month by month
    each firm's characteristics and return, then the managed portfolios."""
    stream = Normals(9, purpose=8)

    def even():
        return math.floor(8192 * stream.uniform()) / 4096 - 1
    months = [[i for i in range(150) if stream.uniform() < 0.85] for _ in CALENDAR]
    numbers = np.array([[even() for _ in range(WIDTH + 1)] for month in months for _ in month])
    managed = np.array([[even() for _ in range(WIDTH + 1)] for _ in CALENDAR])
    return months, numbers[:, :WIDTH], numbers[:, WIDTH], managed


MONTHS, X, Y, MANAGED = wide_panel() if PANEL == "wide" else small_panel()
OFFSETS = np.concatenate([[0], np.cumsum([len(m) for m in MONTHS])])
MEAN_FIRMS = float(OFFSETS[TRAIN]) / TRAIN
TX, TY, TU = torch.tensor(X), torch.tensor(Y), torch.tensor(MANAGED)


def rows(month):
    return range(OFFSETS[month], OFFSETS[month + 1])


def month_of(row):
    return int(np.searchsorted(OFFSETS, row, side="right")) - 1


def firm_of(row):
    t = month_of(row)
    return MONTHS[t][row - OFFSETS[t]]


def is_new_history(before, now):
    """Whether more than six months are missing between two months of the calendar."""
    return now - before - 1 > LONGEST_GAP


def window(row, length):
    """The rows that a target looks back on, oldest first: seen rows are carried forward, months before the
    first seen row of the history repeat that one."""
    firm, last = firm_of(row), CALENDAR[month_of(row)]
    seen = [(CALENDAR[t], OFFSETS[t] + MONTHS[t].index(firm))
            for t in range(len(MONTHS)) if firm in MONTHS[t] and CALENDAR[t] <= last]
    start = 0
    for k in range(1, len(seen)):
        if is_new_history(seen[k - 1][0], seen[k][0]):
            start = k
    history = seen[start:]
    found = []
    for now in range(last - length + 1, last + 1):
        earlier = [r for month, r in history if month <= now]
        found.append(earlier[-1] if earlier else history[0][1])
    return found


class Parameters:
    """Named tensors of two blocks."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.blocks = {"network": {}, "head": {}}
        self.facts = {}

    def add(self, block, name, shape, scale=0.4, shift=0.0, stretch=(0, 0), penalised=False):
        value = torch.tensor(np.round(shift + scale * self.rng.normal(0, 1, shape), 6),
                             requires_grad=True)
        self.blocks[block][name] = value
        self.facts[block, name] = dict(stretch=list(stretch), penalised=penalised)
        return value

    def all(self):
        return [v for block in self.blocks.values() for v in block.values()]

    def penalised(self):
        return [v for b, block in self.blocks.items() for n, v in block.items()
                if self.facts[b, n]["penalised"]]

    def __getitem__(self, name):
        return self.blocks["network"].get(name, self.blocks["head"].get(name))

    def values(self, pick):
        return {b: {n: numbers(pick(v)) for n, v in block.items()}
                for b, block in self.blocks.items()}

    def described(self):
        return {b: {n: dict(rows=v.shape[0], columns=v.shape[1], stretch=self.facts[b, n]["stretch"],
                            weights=numbers(v)) for n, v in block.items()}
                for b, block in self.blocks.items()}


def numbers(v):
    """A list; where there is no gradient, zeros."""
    return v.detach().numpy().ravel().tolist()


def gradient(v):
    return v.grad if v.grad is not None else torch.zeros_like(v)


def run(name, parameters, losses, rate=0.01, l1=0.0, clip=None, value_clip=None, decay=None,
        betas=(0.9, 0.999), **more):
    """Takes one optimiser step for each loss and writes what was and what became."""
    result = dict(name=name, panel=PANEL, rate=rate, l1=l1, clip=clip, valueClip=value_clip, decay=decay, **more)
    result["tensors"] = parameters.described()
    heavy = {id(v) for v in parameters.penalised()}
    groups = [dict(params=[v for v in parameters.all() if id(v) in heavy], weight_decay=decay or 0.0),
              dict(params=[v for v in parameters.all() if id(v) not in heavy], weight_decay=0.0)]
    groups = [g for g in groups if g["params"]]
    make = torch.optim.Adam if decay is None else torch.optim.AdamW
    optimizer = make(groups, lr=rate, betas=betas, eps=1e-8)
    result["steps"] = []
    for loss in losses:
        optimizer.zero_grad(set_to_none=True)
        value = loss()
        total = value + l1 * sum(v.abs().sum() for v in parameters.penalised()) if l1 else value
        total.backward()
        for v in parameters.all():
            # PyTorch would not count a step of a tensor without a gradient; the definition does.
            v.grad = gradient(v)
        step = dict(loss=value.item(), gradients=parameters.values(gradient))
        with torch.no_grad():
            found = parameters.all()
            if value_clip:
                for v in found:
                    v.grad.clamp_(-value_clip, value_clip)
            # PyTorch's own clip adds 1e-6 to the norm; the definition does not.
            norm = math.sqrt(sum(float((v.grad ** 2).sum()) for v in found))
            step["norm"] = norm
            if clip and norm > clip:
                for v in found:
                    v.grad *= clip / norm
        optimizer.step()
        step["after"] = parameters.values(lambda v: v)
        result["steps"].append(step)
    return result


def write(path, result):
    """Writes a file of short lines: a list of numbers each."""
    def text(value, indent):
        if isinstance(value, dict):
            pad = " " * (indent + 1)
            body = ",\n".join(f"{pad}{json.dumps(k)}: {text(v, indent + 1)}" for k, v in value.items())
            return "{\n" + body + "\n" + " " * indent + "}" if value else "{}"
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return "[" + ",\n".join(text(v, indent) for v in value) + "]"
        return json.dumps(rounded(value))

    def rounded(value):
        if isinstance(value, list):
            return [rounded(v) for v in value]
        return float(f"{value:.14g}") if isinstance(value, float) else value
    with open(path, "w") as file:
        file.write(text(result, 0) + "\n")


def cell_parameters(p, name, inputs, hidden, cell):
    """The tensors of a recurrent layer over many rows; gates of the LSTM lie input, forget, output,
    candidate, those of the GRU candidate, reset, update."""
    gates = 4 if cell == "lstm" else 3
    p.add("network", f"{name}.input", (inputs, gates * hidden), stretch=(0, hidden), penalised=True)
    p.add("network", f"{name}.recurrent", (hidden, gates * hidden), stretch=(0, hidden), penalised=True)
    p.add("network", f"{name}.bias", (1, gates * hidden), stretch=(0, hidden))
    if cell == "gru_after":
        p.add("network", f"{name}.bias.inner", (1, hidden))


def lstm(p, name, x, h, c):
    """Spec 3.4."""
    a = x @ p[f"{name}.input"] + h @ p[f"{name}.recurrent"] + p[f"{name}.bias"]
    i, f, o, g = a.chunk(4, dim=1)
    i, f, o, g = i.sigmoid(), f.sigmoid(), o.sigmoid(), g.tanh()
    c = f * c + i * g
    return o * c.tanh(), c


def gru_after(p, name, x, h):
    """Spec 3.5, the form of PyTorch."""
    wn, wr, wu = (x @ p[f"{name}.input"] + p[f"{name}.bias"]).chunk(3, dim=1)
    un, ur, uu = p[f"{name}.recurrent"].chunk(3, dim=1)
    r, u = (wr + h @ ur).sigmoid(), (wu + h @ uu).sigmoid()
    n = (wn + r * (h @ un + p[f"{name}.bias.inner"])).tanh()
    return (1 - u) * n + u * h
