"""STORM, M16: a dual codebook network on windows of the panel, AdamW steps on two batches.

Window by window, token by token: nothing is batched. The gradient of a code's place is that of `detach`.
"""
import math

import torch
from torch.nn import functional as F

from kit import CALENDAR, MONTHS, OFFSETS, TX, TY, WIDTH, Parameters, run

MONTHS_SEEN, PATCH, CODES, STEM, FIELDS, FIRMS = 4, 2, 6, 3, 2, 5
# The width of tokens and the heads of attention, case by case.
D, HEADS = 8, 1
WEIGHTS = dict(returns=1.0, divergence=0.7, reconstruction=0.5, commitment=0.6, orthogonality=0.8,
               diversity=0.9, alignment=0.4)
BATCHES = [[3, 5, 8], [7, 4, 10, 6, 2]]


def universe():
    """The firms with the most of the first twelve months, the first ones where they have as many."""
    count = [sum(f in m for m in MONTHS[:12]) for f in range(9)]
    return sorted(sorted(range(9), key=lambda f: (-count[f], f))[:FIRMS])


class Storm:
    def __init__(self, seed, dynamic=False, modules="both", fuses=True, alpha="own"):
        self.p, self.dynamic, self.modules = Parameters(seed), dynamic, modules
        self.fuses, self.own = fuses and modules == "both", alpha == "own" and modules != "spatial"
        self.temporal, self.spatial = modules != "spatial", modules != "temporal"
        self.firms = list(range(9)) if dynamic else universe()
        n = (MONTHS_SEEN if self.spatial else 0) + (len(self.firms) if self.temporal else 0)
        s = len(self.firms)
        if self.temporal:
            self.linear("temporal.patch", PATCH * WIDTH, D)
            self.rows("temporal.class", 1, D)
            self.rows("temporal.times", MONTHS_SEEN // PATCH, D)
            if not dynamic:
                self.rows("temporal.firms", s, D)
            self.encoder("temporal")
        if self.spatial:
            self.linear("spatial.stem", WIDTH, D if dynamic else STEM)
            self.linear("spatial.patch", D if dynamic else s * STEM, D)
            self.rows("spatial.class", 1, D)
            self.rows("spatial.dates", MONTHS_SEEN, D)
            self.encoder("spatial")
        if self.fuses:
            self.attention("fusion.firms", D)
            self.attention("fusion.dates", D)
        for name, there in [("firms", self.temporal), ("dates", self.spatial)]:
            if there:
                self.rows(f"{name}.codes", CODES, D, scale=1.0)
        for name in ["portfolios", "loadings"]:
            self.linear(f"{name}.hidden", 2 * D, D)
            self.readout(name, s)
        self.linear("posterior.hidden", 2 * D + 1 if dynamic else n, D)
        self.linear("posterior.out", D, 2 if dynamic else 2 * n)
        self.attention("prior", 2 * D)
        self.linear("prior.hidden", 2 * D, D)
        self.linear("prior.moments", D, 2)
        self.linear("alpha.hidden", 2 * D, D)
        if self.own:
            self.linear("alpha.own", D, 2)
        else:
            self.readout("alpha.mean", s)
            self.readout("alpha.spread", s)
        if self.temporal:
            if not dynamic:
                self.rows("history.firms", s, D)
            self.encoder("history")
            self.linear("history.out", D, MONTHS_SEEN * FIELDS)
        if self.spatial:
            self.rows("section.dates", MONTHS_SEEN, D)
            self.encoder("section")
            for k in range(FIELDS):
                self.readout(f"section.field{k}", s)

    def rows(self, name, rows, columns, scale=0.15, shift=0.0, penalised=False):
        self.p.add("network", name, (rows, columns), scale=scale, shift=shift, penalised=penalised)

    def linear(self, name, inputs, outputs):
        self.rows(f"{name}.weight", inputs, outputs, penalised=True)
        self.rows(f"{name}.bias", 1, outputs)

    def attention(self, name, width):
        for part in ["query", "key", "value", "out"]:
            self.linear(f"{name}.{part}", width, width)

    def norm(self, name):
        self.rows(f"{name}.gain", 1, D, shift=1.0, scale=0.1)
        self.rows(f"{name}.offset", 1, D)

    def encoder(self, name):
        part = f"{name}.layer0"
        self.norm(f"{part}.attention")
        self.attention(part, D)
        self.norm(f"{part}.feed")
        self.linear(f"{part}.first", D, D)
        self.linear(f"{part}.second", D, D)
        self.norm(f"{name}.norm")

    def readout(self, name, firms):
        if self.dynamic:
            self.linear(name, 2 * D, D)
        else:
            self.rows(f"{name}.keys", firms, D, penalised=True)
            self.rows(f"{name}.bias", 1, firms)

    # What the parts compute.

    def map(self, name, x):
        return x @ self.p[f"{name}.weight"] + self.p[f"{name}.bias"]

    def attend(self, name, x, y):
        q, k, v = self.map(f"{name}.query", x), self.map(f"{name}.key", y), self.map(f"{name}.value", y)
        heads = []
        for a, b, c in zip(q.chunk(HEADS, 1), k.chunk(HEADS, 1), v.chunk(HEADS, 1)):
            heads.append(torch.softmax(a @ b.T / math.sqrt(a.shape[1]), dim=1) @ c)
        return self.map(f"{name}.out", torch.cat(heads, dim=1))

    def normed(self, name, x):
        return F.layer_norm(x, (D,), self.p[f"{name}.gain"][0], self.p[f"{name}.offset"][0], 1e-5)

    def encode(self, name, x):
        part = f"{name}.layer0"
        y = self.normed(f"{part}.attention", x)
        x = x + self.attend(part, y, y)
        y = self.normed(f"{part}.feed", x)
        x = x + self.map(f"{part}.second", F.gelu(self.map(f"{part}.first", y)))
        return self.normed(f"{name}.norm", x)

    def read(self, name, hidden, tokens):
        """Firms x rows of hidden."""
        if self.dynamic:
            return self.map(name, tokens) @ hidden.T / math.sqrt(D)
        return self.p[f"{name}.keys"] @ hidden.T + self.p[f"{name}.bias"].T

    def window(self, month):
        """Firms, their numbers at each date and whether they were there, returns."""
        firms = MONTHS[month] if self.dynamic else self.firms
        x = torch.zeros(len(firms), MONTHS_SEEN, WIDTH)
        there = torch.zeros(len(firms), MONTHS_SEEN, dtype=torch.bool)
        for date in range(MONTHS_SEEN):
            place = CALENDAR[month] - (MONTHS_SEEN - 1) + date
            if place not in CALENDAR:
                continue
            t = CALENDAR.index(place)
            for i, f in enumerate(firms):
                if f in MONTHS[t]:
                    x[i, date] = TX[OFFSETS[t] + MONTHS[t].index(f)]
                    there[i, date] = True
        known = torch.tensor([f in MONTHS[month] for f in firms])
        y = torch.tensor([TY[OFFSETS[month] + MONTHS[month].index(f)] if f in MONTHS[month] else 0.0
                          for f in firms])
        return x, there, y, known

    def entering(self, x, there):
        """Tokens of firms and of dates before they meet their codes, and the class tokens."""
        e, classes = {}, {}
        if self.temporal:
            patches = self.map("temporal.patch", x.reshape(len(x), MONTHS_SEEN // PATCH, PATCH * WIDTH))
            patches = patches + self.p["temporal.times"]
            if not self.dynamic:
                patches = patches + self.p["temporal.firms"][:, None]
            out = self.encode("temporal", torch.cat([self.p["temporal.class"], patches.reshape(-1, D)]))
            classes["firms"] = out[0]
            e["firms"] = out[1:].reshape(len(x), MONTHS_SEEN // PATCH, D).mean(1)
        if self.spatial:
            stem = self.map("spatial.stem", x)
            if self.dynamic:
                part = F.gelu(stem) * there[:, :, None]
                joined = part.sum(0) / there.sum(0).clamp(min=1)[:, None]
            else:
                joined = stem.transpose(0, 1).reshape(MONTHS_SEEN, -1)
            patches = self.map("spatial.patch", joined) + self.p["spatial.dates"]
            out = self.encode("spatial", torch.cat([self.p["spatial.class"], patches]))
            classes["dates"], e["dates"] = out[0], out[1:]
        if self.fuses:
            firms, dates = e["firms"], e["dates"]
            e["firms"] = firms + self.attend("fusion.firms", firms, dates)
            e["dates"] = dates + self.attend("fusion.dates", dates, firms)
        return e, classes

    def heads(self, tokens, own, y, known):
        """Mean of -log p and of the divergence."""
        n = len(tokens)
        logits = self.read("portfolios", F.gelu(self.map("portfolios.hidden", tokens)), own)
        shares = torch.softmax(logits[known], dim=0)
        rho = shares.T @ y[known]
        beta = self.read("loadings", F.gelu(self.map("loadings.hidden", tokens)), own) / math.sqrt(n)
        if self.dynamic:
            out = self.map("posterior.out", F.gelu(self.map(
                "posterior.hidden", torch.cat([tokens, rho[:, None]], dim=1))))
            m, v = out[:, 0], out[:, 1]
        else:
            m, v = self.map("posterior.out", F.gelu(self.map("posterior.hidden", rho[None])))[0].split(n)
        asked = tokens + self.attend("prior", tokens, tokens)
        prior = self.map("prior.moments", F.gelu(self.map("prior.hidden", asked)))
        hidden = F.gelu(self.map("alpha.hidden", tokens))
        if self.own:
            alpha = self.map("alpha.own", hidden[n - len(own):])
        else:
            mean = hidden.mean(0, keepdim=True)
            alpha = torch.cat([self.read("alpha.mean", mean, own), self.read("alpha.spread", mean, own)], dim=1)
        v, u, a = v.clamp(-8, 4), prior[:, 1].clamp(-8, 4), alpha[:, 1].clamp(-8, 4)
        normal = torch.distributions.Normal
        law = normal(alpha[:, 0] + beta @ m, (a.exp() + beta ** 2 @ v.exp()).sqrt())
        kl = torch.distributions.kl_divergence(
            normal(m, (v / 2).exp()), normal(prior[:, 0], (u / 2).exp())).mean()
        return -law.log_prob(y)[known].mean(), kl

    def rebuilt(self, codes, own, x, there):
        errors = {"firms": 0.0, "dates": 0.0}
        target = x[:, :, :FIELDS]
        if self.temporal:
            entered = codes["firms"] if self.dynamic else codes["firms"] + self.p["history.firms"]
            out = self.map("history.out", self.encode("history", entered))
            out = out.reshape(len(x), MONTHS_SEEN, FIELDS)
            errors["firms"] = ((out - target) ** 2)[there].mean()
        if self.spatial:
            hidden = self.encode("section", codes["dates"] + self.p["section.dates"])
            out = torch.stack([self.read(f"section.field{k}", hidden, own) for k in range(FIELDS)], dim=2)
            errors["dates"] = ((out - target) ** 2)[there].mean()
        return errors["firms"] + 1e-3 * errors["dates"]

    def loss(self, months):
        w = WEIGHTS
        total, met, seen = 0.0, {"firms": [], "dates": []}, {"firms": [], "dates": []}
        for month in months:
            x, there, y, known = self.window(month)
            e, classes = self.entering(x, there)
            q, codes = {}, {}
            for name, tokens in e.items():
                book = self.p[f"{name}.codes"]
                codes[name] = book[((tokens[:, None] - book[None]) ** 2).sum(2).argmin(1)]
                q[name] = tokens + (codes[name] - tokens).detach()
                met[name].append((tokens, codes[name]))
                seen[name].append(classes[name])
            names = [n for n in ["dates", "firms"] if n in e]
            tokens = torch.cat([torch.cat([e[n], q[n]], dim=1) for n in names])
            own = tokens[len(tokens) - len(x):] if self.temporal else None
            nll, kl = self.heads(tokens, own if self.temporal else x, y, known)
            part = w["returns"] * nll + w["divergence"] * kl
            part = part + w["reconstruction"] * self.rebuilt(q, own, x, there)
            total = total + part / len(months)
        for name, pairs in met.items():
            if pairs:
                total = total + self.book(name, torch.cat([t for t, _ in pairs]),
                                          torch.cat([c for _, c in pairs]))
        if self.modules == "both":
            a, b = (F.normalize(torch.stack(seen[n]), dim=1) for n in ["firms", "dates"])
            scores, truth = math.e * a @ b.T, torch.arange(len(months))
            total = total + w["alignment"] * (F.cross_entropy(scores, truth) + F.cross_entropy(scores.T, truth)) / 2
        return total

    def book(self, name, e, c):
        w, book = WEIGHTS, self.p[f"{name}.codes"]
        pulled = ((c.detach() - e) ** 2).mean() * w["commitment"] + ((c - e.detach()) ** 2).mean()
        p = torch.softmax(-((e[:, None] - book[None]) ** 2).sum(2), dim=1).mean(0)
        unit = F.normalize(book, dim=1)
        alike = ((unit @ unit.T) ** 2).sum() / CODES ** 2 - 1 / CODES
        return pulled + w["diversity"] * (p * p.log()).sum() + w["orthogonality"] * alike


def storm(name, seed, size=(8, 1), **switches):
    global D, HEADS
    D, HEADS = size
    model = Storm(seed, **switches)
    design = dict(
        inputs=WIDTH, assets=len(model.firms), universe="dynamic" if model.dynamic else "fixed",
        modules=model.modules, months=MONTHS_SEEN, patch=PATCH, width=D, heads=HEADS, layers=1, decoderLayers=1,
        ratio=1, codes=CODES, stem=STEM, rebuilt=FIELDS, fuses=int(switches.get("fuses", True)), rule="grad",
        alpha=switches.get("alpha", "own"), prices=[], weights=list(WEIGHTS.values()) + [0.1])
    return run(name, model.p, [lambda b=b: model.loss(b) for b in BATCHES], rate=0.003, decay=0.05,
               betas=(0.9, 0.95), design=design, batches=BATCHES, firms=[1000 + f for f in model.firms])


def wide():
    return []


def cases():
    return [
        storm("storm", 51), storm("storm-dynamic", 52, dynamic=True), storm("storm-spatial", 53, size=(16, 2), modules="spatial"),
        storm("storm-temporal", 54, modules="temporal", alpha="factors"), storm("storm-unfused", 55, fuses=False),
    ]
