"""NN4, ALSTM and Transformer: forecasts of returns, squared error, from their definitions."""
import math

import torch

from kit import (Parameters, TX, TY, OFFSETS, TRAIN, VALID, WIDTH, cell_parameters, gru_after, lstm,
                 run, window)


def perceptron_parameters(p, inputs, hidden, outputs):
    for layer, width in enumerate(hidden):
        p.add("network", f"hidden{layer}.weight", (inputs, width), penalised=True)
        p.add("network", f"hidden{layer}.gain", (1, width), scale=0.1, shift=1.0)
        p.add("network", f"hidden{layer}.offset", (1, width), scale=0.3)
        inputs = width
    p.add("network", "head.weight", (inputs, outputs), penalised=True)
    p.add("network", "head.bias", (1, outputs), scale=0.2)


class Perceptron:
    """Linear, batch norm, ReLU; a linear head (spec 3.2, M04, M05)."""

    def __init__(self, p, hidden, cuts=False):
        self.p, self.depth, self.cuts = p, len(hidden), cuts
        self.mean = [torch.zeros(w) for w in hidden]
        self.variance = [torch.ones(w) for w in hidden]

    def __call__(self, x, training):
        p = self.p
        for i in range(self.depth):
            a = x @ p[f"hidden{i}.weight"]
            if training:
                mean, variance = a.mean(0), ((a - a.mean(0)) ** 2).mean(0)
                n = a.shape[0]
                with torch.no_grad():
                    self.mean[i] = 0.9 * self.mean[i] + 0.1 * mean
                    self.variance[i] = 0.9 * self.variance[i] + 0.1 * variance * n / (n - 1)
            else:
                mean, variance = self.mean[i], self.variance[i]
            x = (p[f"hidden{i}.gain"] * (a - mean) / (variance + 1e-5).sqrt()
                 + p[f"hidden{i}.offset"]).relu()
        out = x @ p["head.weight"] + p["head.bias"]
        return out.relu() if self.cuts else out

    def running(self):
        return dict(mean=[m.tolist() for m in self.mean], variance=[v.tolist() for v in self.variance])


def check_batch_norm():
    """The batch norm above is PyTorch's."""
    p = Parameters(3)
    perceptron_parameters(p, 3, [4], 2)
    ours, theirs = Perceptron(p, [4]), torch.nn.BatchNorm1d(4)
    with torch.no_grad():
        theirs.weight.copy_(p["hidden0.gain"][0])
        theirs.bias.copy_(p["hidden0.offset"][0])
        for training in [True, False]:
            theirs.train(training)
            wanted = theirs(TX[:20] @ p["hidden0.weight"]).relu() @ p["head.weight"] + p["head.bias"]
            assert torch.allclose(ours(TX[:20], training), wanted, atol=1e-13)


def batches():
    """Two batches of training rows in an order of chance."""
    order = torch.randperm(int(OFFSETS[TRAIN]), generator=torch.Generator().manual_seed(4)).tolist()
    half = len(order) * 4 // 9
    return order[:half], order[half:]


def forecaster(name, p, forecast, design, **options):
    """Two steps on two batches, then the forecasts of all rows with the last weights."""
    def loss(rows):
        return lambda: ((forecast(rows, True) - TY[rows]) ** 2).mean()
    found = run(name, p, [loss(b) for b in batches()], design=design, batches=[list(b) for b in batches()],
                **options)
    with torch.no_grad():
        found["forecasts"] = forecast(list(range(min(300, OFFSETS[VALID]))), False).tolist()
    return found


def nn4():
    check_batch_norm()
    hidden = [6, 5, 4, 3]
    p = Parameters(11)
    perceptron_parameters(p, WIDTH, hidden, 1)
    net = Perceptron(p, hidden)
    found = forecaster("nn4", p, lambda rows, training: net(TX[rows], training)[:, 0],
                       dict(inputs=WIDTH, hidden=hidden, factors=0), l1=1e-3)
    found["running"] = net.running()
    return found


def head_parameters(p, features, factors, stretch):
    units = max(1, factors)
    p.add("network", "head.weight", (features, units), stretch=(stretch, 0), penalised=True)
    p.add("network", "head.bias", (1, units))
    if factors:
        p.add("network", "readout.weight", (1, factors), penalised=True)
        p.add("network", "readout.bias", (1, 1))


def read_out(p, features, factors):
    units = features @ p["head.weight"] + p["head.bias"]
    return units @ p["readout.weight"][0] + p["readout.bias"][0] if factors else units[:, 0]


def windows(rows, length):
    """Rows x months x characteristics."""
    return TX[torch.tensor([window(row, length) for row in rows])]


def gated_parameters(p, hidden, layers, cell, attention=None):
    p.add("network", "entry.weight", (WIDTH, hidden), penalised=True)
    p.add("network", "entry.bias", (1, hidden))
    for layer in range(layers):
        cell_parameters(p, f"layer{layer}", hidden, hidden, cell)
    if attention:
        p.add("network", "attention.weight", (hidden, attention), penalised=True)
        p.add("network", "attention.bias", (1, attention))
        p.add("network", "attention.score", (attention, 1), penalised=True)


def gated_states(p, x, hidden, layers, cell, entry):
    """The top layer's states, month by month."""
    states = [entry(x[:, s] @ p["entry.weight"] + p["entry.bias"]) for s in range(x.shape[1])]
    for layer in range(layers):
        h, c = torch.zeros(x.shape[0], hidden), torch.zeros(x.shape[0], hidden)
        found = []
        for state in states:
            if cell == "lstm":
                h, c = lstm(p, f"layer{layer}", state, h, c)
            else:
                h = gru_after(p, f"layer{layer}", state, h)
            found.append(h)
        states = found
    return states


def check_cells():
    """The cells above are PyTorch's, whose gates lie reset, update, candidate and input, forget,
    candidate, output."""
    h, c, x = torch.randn(5, 4), torch.randn(5, 4), torch.randn(5, 3)
    p = Parameters(5)
    cell_parameters(p, "a", 3, 4, "gru_after")
    cell_parameters(p, "b", 3, 4, "lstm")

    def put(cell, name, order, inner=None):
        with torch.no_grad():
            for target, source in [(cell.weight_ih, p[f"{name}.input"]),
                                   (cell.weight_hh, p[f"{name}.recurrent"])]:
                target.copy_(torch.cat([source.chunk(len(order), 1)[g] for g in order], 1).T)
            bias = p[f"{name}.bias"][0].chunk(len(order))
            cell.bias_ih.copy_(torch.cat([bias[g] for g in order]))
            cell.bias_hh.zero_()
            if inner is not None:
                cell.bias_hh[8:] = inner
        return cell
    theirs = put(torch.nn.GRUCell(3, 4), "a", [1, 2, 0], p["a.bias.inner"][0])
    assert torch.allclose(theirs(x, h), gru_after(p, "a", x, h), atol=1e-13)
    theirs = put(torch.nn.LSTMCell(3, 4), "b", [0, 1, 3, 2])
    for found, wanted in zip(lstm(p, "b", x, h, c), theirs(x, (h, c))):
        assert torch.allclose(found, wanted, atol=1e-13)


def alstm(name, seed, cell, factors):
    """M06: entry layer, recurrent layers, attention over the months, a linear head."""
    check_cells()
    hidden, layers, months, inner = 4, 2, 4, 2
    p = Parameters(seed)
    gated_parameters(p, hidden, layers, cell, inner)
    head_parameters(p, 2 * hidden, factors, hidden)

    def forecast(rows, _):
        g = gated_states(p, windows(rows, months), hidden, layers, cell, torch.tanh)
        scores = torch.cat([(s @ p["attention.weight"] + p["attention.bias"]).tanh()
                            @ p["attention.score"] for s in g], 1)
        shares = scores.softmax(1)
        context = sum(shares[:, s:s + 1] * g[s] for s in range(months))
        return read_out(p, torch.cat([g[-1], context], 1), factors)
    body = dict(inputs=WIDTH, hidden=hidden, layers=layers, months=months, entry="tanh", attention=inner,
                cell="lstm" if cell == "lstm" else "gruAfter")
    return forecaster(name, p, forecast, dict(body=body, factors=factors), value_clip=0.05, l1=1e-4)


def attention_layer(p, name, x, heads):
    """M07, 3.7: post-norm encoder layer, x is rows x months x width."""
    n, months, width = x.shape

    def linear(part, v):
        return v @ p[f"{name}.{part}.weight"] + p[f"{name}.{part}.bias"]

    def norm(part, v):
        mean = v.mean(2, keepdim=True)
        variance = ((v - mean) ** 2).mean(2, keepdim=True)
        return (v - mean) / (variance + 1e-5).sqrt() * p[f"{name}.{part}.gain"] + p[f"{name}.{part}.offset"]

    def split(v):
        return v.reshape(n, months, heads, width // heads).transpose(1, 2)
    q, k, v = (split(linear(part, x)) for part in ["query", "key", "value"])
    shares = (q @ k.transpose(2, 3) / math.sqrt(width // heads)).softmax(3)
    attended = (shares @ v).transpose(1, 2).reshape(n, months, width)
    x = norm("attention", x + linear("out", attended))
    return norm("feed", x + linear("second", linear("first", x).relu()))


def check_attention(p, width, heads, inner):
    """The layer above is PyTorch's."""
    theirs = torch.nn.TransformerEncoderLayer(width, heads, inner, dropout=0.0, batch_first=True)
    with torch.no_grad():
        a = theirs.self_attn
        a.in_proj_weight.copy_(torch.cat([p[f"layer0.{n}.weight"].T for n in ["query", "key", "value"]]))
        a.in_proj_bias.copy_(torch.cat([p[f"layer0.{n}.bias"][0] for n in ["query", "key", "value"]]))
        for module, part in [(a.out_proj, "out"), (theirs.linear1, "first"), (theirs.linear2, "second")]:
            module.weight.copy_(p[f"layer0.{part}.weight"].T)
            module.bias.copy_(p[f"layer0.{part}.bias"][0])
        for module, part in [(theirs.norm1, "attention"), (theirs.norm2, "feed")]:
            module.weight.copy_(p[f"layer0.{part}.gain"][0])
            module.bias.copy_(p[f"layer0.{part}.offset"][0])
        x = torch.randn(5, 4, width)
        assert torch.allclose(theirs(x), attention_layer(p, "layer0", x, heads), atol=1e-12)


def transformer(name, seed, factors):
    width, heads, layers, inner, months = 6, 2, 2, 5, 4
    p = Parameters(seed)

    def linear(part, inputs, outputs):
        p.add("network", f"{part}.weight", (inputs, outputs), penalised=True)
        p.add("network", f"{part}.bias", (1, outputs), scale=0.2)
    linear("entry", WIDTH, width)
    for layer in range(layers):
        for part in ["query", "key", "value", "out"]:
            linear(f"layer{layer}.{part}", width, width)
        linear(f"layer{layer}.first", width, inner)
        linear(f"layer{layer}.second", inner, width)
        for part in ["attention", "feed"]:
            p.add("network", f"layer{layer}.{part}.gain", (1, width), scale=0.1, shift=1.0)
            p.add("network", f"layer{layer}.{part}.offset", (1, width), scale=0.2)
    head_parameters(p, width, factors, 0)
    check_attention(p, width, heads, inner)
    # Sines at even places, cosines at odd ones, of s / 10000^(2i / d).
    position = torch.zeros(months, width)
    for s in range(months):
        for i in range(width // 2):
            angle = s / 10_000 ** (2 * i / width)
            position[s, 2 * i], position[s, 2 * i + 1] = math.sin(angle), math.cos(angle)

    def forecast(rows, _):
        x = windows(rows, months) @ p["entry.weight"] + p["entry.bias"] + position
        for layer in range(layers):
            x = attention_layer(p, f"layer{layer}", x, heads)
        return read_out(p, x[:, -1], factors)
    body = dict(inputs=WIDTH, width=width, heads=heads, layers=layers, inner=inner, months=months)
    return forecaster(name, p, forecast, dict(body=body, factors=factors), decay=0.1, value_clip=0.2)


def wide():
    return [nn4(), alstm("alstm-gru", 12, "gru_after", 0), transformer("transformer", 14, 0)]


def cases():
    return [nn4(), alstm("alstm-gru", 12, "gru_after", 0), alstm("alstm-lstm", 13, "lstm", 2),
            transformer("transformer", 14, 0), transformer("transformer-factors", 15, 3)]
