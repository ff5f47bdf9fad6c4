"""STORM reduced to monthly panels: 128 windows of 16 months x 50 firms x 50 characteristics, 8 a step, AdamW.

Two pre-norm encoders (D 32, 2 layers, 2 heads, inner width 128) over 200 patches of firms and 16 dates, fusion,
two codebooks of 64, decoders of 2 layers, prior-posterior head, closed likelihood: the loss of `fq`'s model at its
defaults. Batches are whole tensors and attention is PyTorch's own.
"""
import math

import numpy as np

T, S, F, PATCH, D, HEADS, CODES, STEM, FIELDS, WINDOWS, BATCH = 16, 50, 50, 4, 32, 2, 64, 8, 5, 128, 8


def storm_epoch():
    import torch
    from timing import measure, threads

    torch.set_num_threads(threads)
    torch.manual_seed(3)
    rng = np.random.default_rng(1)
    months = WINDOWS + T - 1
    x = torch.from_numpy(rng.uniform(-1, 1, (months, S, F)).astype("float32"))
    y = torch.from_numpy(rng.standard_normal((months, S)).astype("float32"))
    model = make()
    heavy = [p for p in model.parameters() if p.dim() == 2]
    light = [p for p in model.parameters() if p.dim() != 2]
    optimizer = torch.optim.AdamW(
        [dict(params=heavy, weight_decay=0.05), dict(params=light, weight_decay=0.0)],
        lr=5e-4, betas=(0.9, 0.95), fused=True)

    def epoch():
        order = torch.randperm(WINDOWS)
        for ends in order.split(BATCH):
            windows = torch.stack([x[e:e + T] for e in ends]).transpose(1, 2)
            optimizer.zero_grad(set_to_none=True)
            model(windows, y[ends + T - 1]).backward()
            optimizer.step()

    measure("pytorch", epoch, 3, 1)


def make():
    import torch
    from torch import nn
    from torch.nn import functional as Fn

    def mlp(i, o):
        return nn.Sequential(nn.Linear(i, D), nn.GELU(), nn.Linear(D, o))

    def encoder():
        layer = nn.TransformerEncoderLayer(
            D, HEADS, 4 * D, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)
        return nn.TransformerEncoder(layer, 2, norm=nn.LayerNorm(D), enable_nested_tensor=False)

    def attention(width):
        return nn.MultiheadAttention(width, HEADS, batch_first=True)

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            n = S + T
            self.patch, self.stem, self.joined = (
                nn.Linear(PATCH * F, D), nn.Linear(F, STEM), nn.Linear(S * STEM, D))
            self.times, self.firms, self.dates = (
                nn.Parameter(0.02 * torch.randn(*s, D)) for s in [(1, T // PATCH), (S, 1), (T,)])
            self.kinds = nn.Parameter(0.02 * torch.randn(2, 1, 1, D))
            self.temporal, self.spatial, self.history, self.section = (encoder() for _ in range(4))
            self.places = nn.ParameterList([0.02 * torch.randn(S, D), 0.02 * torch.randn(T, D)])
            self.hear = nn.ModuleList([attention(D), attention(D)])
            self.books = nn.ParameterList([nn.Parameter(torch.randn(CODES, D)) for _ in range(2)])
            self.weights, self.loadings, self.alpha = mlp(2 * D, S), mlp(2 * D, S), mlp(2 * D, 2)
            self.posterior, self.prior, self.ask = mlp(n, 2 * n), mlp(2 * D, 2), attention(2 * D)
            self.rebuild, self.cross = nn.Linear(D, T * FIELDS), nn.Linear(D, S * FIELDS)

        def quantise(self, e, book):
            flat = e.reshape(-1, D)
            distance = (flat**2).sum(1, keepdim=True) - 2 * flat @ book.T + (book**2).sum(1)
            c = book[distance.argmin(1)].view_as(e)
            p = torch.softmax(-distance, 1).mean(0)
            unit = Fn.normalize(book, dim=1)
            loss = Fn.mse_loss(e, c.detach()) + Fn.mse_loss(c, e.detach()) + 0.1 * (p * p.log()).sum()
            loss = loss + 0.1 * (((unit @ unit.T) ** 2).mean() - 1 / CODES)
            return e + (c - e).detach(), loss

        def forward(self, x, y):
            b = len(x)
            patches = self.patch(x.reshape(b, S, T // PATCH, PATCH * F)) + self.times + self.firms
            one = self.temporal(torch.cat([self.kinds[0].expand(b, 1, D), patches.flatten(1, 2)], 1))
            a, firms = one[:, 0], one[:, 1:].reshape(b, S, T // PATCH, D).mean(2)
            joined = self.joined(self.stem(x).transpose(1, 2).flatten(2)) + self.dates
            two = self.spatial(torch.cat([self.kinds[1].expand(b, 1, D), joined], 1))
            c, dates = two[:, 0], two[:, 1:]
            firms, dates = (firms + self.hear[0](firms, dates, dates, need_weights=False)[0],
                            dates + self.hear[1](dates, firms, firms, need_weights=False)[0])
            qf, lf = self.quantise(firms, self.books[0])
            qd, ld = self.quantise(dates, self.books[1])
            tokens = torch.cat([torch.cat([dates, qd], 2), torch.cat([firms, qf], 2)], 1)
            scores = math.e * Fn.normalize(a, dim=1) @ Fn.normalize(c, dim=1).T
            truth = torch.arange(b)
            aligned = (Fn.cross_entropy(scores, truth) + Fn.cross_entropy(scores.T, truth)) / 2
            return (0.1 * self.returns(tokens, y) + lf + ld + 1e-3 * aligned
                    + 1e-3 * self.rebuilt(x, qf, qd))

        def returns(self, tokens, y):
            n = tokens.shape[1]
            rho = (torch.softmax(self.weights(tokens), 2) @ y[:, :, None])[..., 0]
            m, v = self.posterior(rho).split(n, 1)
            asked = tokens + self.ask(tokens, tokens, tokens, need_weights=False)[0]
            p, u = self.prior(asked).unbind(2)
            v, u = v.clamp(-8, 4), u.clamp(-8, 4)
            alpha, spread = self.alpha(tokens)[:, T:].unbind(2)
            beta = self.loadings(tokens).transpose(1, 2) / math.sqrt(n)
            variance = spread.clamp(-8, 4).exp() + (beta**2 @ v.exp()[:, :, None])[..., 0]
            error = y - alpha - (beta @ m[:, :, None])[..., 0]
            nll = 0.5 * (torch.log(2 * math.pi * variance) + error**2 / variance).mean()
            return nll + 0.5 * (u - v + (v - u).exp() + (m - p) ** 2 * (-u).exp() - 1).mean()

        def rebuilt(self, x, qf, qd):
            target = x[..., :FIELDS]
            one = self.rebuild(self.history(qf + self.places[0])).view_as(target)
            two = self.cross(self.section(qd + self.places[1])).reshape(len(x), T, S, FIELDS)
            return Fn.mse_loss(one, target) + 1e-3 * Fn.mse_loss(two, target.transpose(1, 2))

    return Model()
