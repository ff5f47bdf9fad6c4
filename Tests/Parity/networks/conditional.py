"""CA2, CVRA, RVRAE and the CVRA as it is printed: loadings below, factor networks above.

Everything is written per firm and month as in M04, M09 and M10; nothing is reduced to statistics.
"""
import math

import torch

from forecasters import Perceptron, perceptron_parameters, windows
from kit import (CALENDAR, MEAN_FIRMS, MONTHS, TRAIN, VALID, WIDTH, Normals, Parameters, TU, TX, TY,
                 cell_parameters, is_new_history, lstm, numbers, rows, run)

FACTORS, LOG_TWO_PI = 2, math.log(2 * math.pi)


class PerceptronLoadings:
    """The beta network of M04 and M09.2; the rows of a batch are normalised together."""

    def __init__(self, p, hidden, cuts=False):
        perceptron_parameters(p, WIDTH, hidden, FACTORS)
        self.net = Perceptron(p, hidden, cuts)
        self.design = dict(inputs=WIDTH, hidden=hidden, outputs=FACTORS, cuts=cuts)

    def forget(self):
        pass

    def __call__(self, months, training):
        found = self.net(torch.cat([TX[list(rows(t))] for t in months]), training)
        return list(found.split([len(MONTHS[t]) for t in months]))


class RecurrentLoadings:
    """The LSTM of M10 along each firm's life, states carried; or over windows that start from zero."""

    def __init__(self, p, hidden, window=0, reading="layer"):
        cell_parameters(p, "cell", WIDTH, hidden, "lstm")
        self.p, self.hidden, self.window, self.reading = p, hidden, window, reading
        if reading == "layer":
            p.add("network", "head.weight", (hidden, FACTORS), penalised=True)
            p.add("network", "head.bias", (1, FACTORS))
        self.design = dict(inputs=WIDTH, hidden=hidden, outputs=FACTORS, window=window, reading=reading)
        self.forget()

    def forget(self):
        self.states = {}

    def read(self, h):
        return h @ self.p["head.weight"] + self.p["head.bias"] if self.reading == "layer" else h

    def __call__(self, months, training):
        if self.window:
            return [self.windows(t) for t in months]
        # No gradient crosses a batch.
        self.states = {i: (h.detach(), c.detach(), t) for i, (h, c, t) in self.states.items()}
        return [self.month(t) for t in months]

    def month(self, t):
        zero = torch.zeros(1, self.hidden)
        found = []
        for firm, row in zip(MONTHS[t], rows(t)):
            h, c, last = self.states.get(firm, (zero, zero, CALENDAR[t]))
            if is_new_history(last, CALENDAR[t]):
                h, c = zero, zero
            h, c = lstm(self.p, "cell", TX[row:row + 1], h, c)
            self.states[firm] = (h, c, CALENDAR[t])
            found.append(h)
        return self.read(torch.cat(found))

    def windows(self, t):
        x = windows(rows(t), self.window)
        h = c = torch.zeros(x.shape[0], self.hidden)
        for s in range(self.window):
            h, c = lstm(self.p, "cell", x[:, s], h, c)
        return self.read(h)


class LinearFactors:
    """M04: f = W x + b, squared error over mean firms."""

    def __init__(self, p):
        self.p = p
        p.add("head", "factor.weight", (FACTORS, WIDTH + 1))
        p.add("head", "factor.bias", (FACTORS, 1))
        self.design = dict(factors=FACTORS)

    def forget(self):
        pass

    def month(self, t, beta):
        f = self.p["factor.weight"] @ TU[t] + self.p["factor.bias"][:, 0]
        return ((TY[list(rows(t))] - beta @ f) ** 2).sum() / MEAN_FIRMS

    def loss(self, months, loadings):
        return sum(self.month(t, b) for t, b in zip(months, loadings))

    def observe(self, t, beta):
        return self.month(t, beta)


DEFAULTS = dict(
    factors=FACTORS, hidden=3, predictor_hidden=2, posterior="amortized", fac_in="beta", prior="var1",
    fac_act="identity", skip=True, chunk=6, lambda_kl=0.8, w_pr=0.3, warmup=0, anneal=1, ridge=0.01,
    dec="identity", loss="elbo", kl_grad="both", pred_in="factors", mc=0)


class RecurrentFactors:
    """M09.3 to M09.5 and M09.12."""

    def __init__(self, p, beyond=False, **options):
        self.p, self.o = p, {**DEFAULTS, **options}
        o, k, h, hp = self.o, FACTORS, self.o["hidden"], self.o["predictor_hidden"]
        inputs = k if o["fac_in"] == "beta" else WIDTH + 1
        read = dict(factors=k, x=inputs, both=k + inputs)[o["pred_in"]]
        shapes = {
            "posterior.skip": (k, inputs), "posterior.cell.recurrent": (h, h),
            "posterior.cell.input": (h, inputs), "posterior.cell.bias": (h, 1),
            "posterior.mean": (k, h), "posterior.mean.bias": (k, 1), "posterior.variance": (k, h),
            "posterior.variance.bias": (k, 1), "prior.mean": (k, 1), "prior.step": (k, k),
            "prior.read": (k, hp), "prior.variance.bias": (k, 1), "prior.variance": (k, hp),
            "prior.memory.gates.input": (2 * hp, read), "prior.memory.gates.recurrent": (2 * hp, hp),
            "prior.memory.gates.bias": (2 * hp, 1), "prior.memory.candidate.input": (hp, read),
            "prior.memory.candidate.recurrent": (hp, hp), "prior.memory.candidate.bias": (hp, 1),
            "prior.regime.shift": (k, 1), "prior.regime.spread": (k, 1), "prior.regime.stay": (2, 1),
            "residual.logVariance": (1, 1)}
        if o["prior"] == "shared":
            shapes.update({"prior.shared": (k, h), "prior.shared.variance": (k, h)})
        if o["dec"] != "identity":
            shapes.update({"decoder.weight": (k, h if o["dec"] == "rnn" else k), "decoder.bias": (k, 1)})
        if o["dec"] == "vrnn":
            shapes["decoder.state"] = (k, h)
        if o["dec"] == "rnn":
            shapes.update({"decoder.step": (h, h), "decoder.read": (h, k), "decoder.inner.bias": (h, 1)})
        for name, shape in shapes.items():
            p.add("head", name, shape, shift=1.0 if name == "prior.regime.stay" else 0.0)
        if beyond:
            # Log variances beyond -8 and 4, where gradients end.
            with torch.no_grad():
                p["posterior.variance.bias"][1] -= 9
                p["prior.variance.bias"][0] += 6
        self.design = self.o
        self.normals = Normals(5)
        self.forget()

    def column(self, name):
        return self.p[name][:, 0]

    def forget(self):
        o = self.o
        self.s = dict(h=torch.zeros(o["hidden"]), g=torch.zeros(o["predictor_hidden"]),
                      a=torch.zeros(FACTORS), stress=torch.tensor(0.3), d=torch.zeros(o["hidden"]))

    def prior(self):
        p, s, kind = self.p, self.s, self.o["prior"]
        mean, variance = self.column("prior.mean"), self.column("prior.variance.bias")
        if kind == "std":
            return torch.zeros(FACTORS), torch.zeros(FACTORS)
        if kind == "shared":
            return (mean + p["prior.shared"] @ s["h"],
                    (variance + p["prior.shared.variance"] @ s["h"]).clamp(-8, 4))
        mean = mean + p["prior.step"] @ s["a"]
        if kind == "var1":
            return mean, variance.clamp(-8, 4)
        if kind == "predictor":
            return (mean + p["prior.read"] @ s["g"],
                    (variance + p["prior.variance"] @ s["g"]).clamp(-8, 4))
        # Two regimes: stress is forecast by the chain and enters by two moments.
        shift, stay = self.column("prior.regime.shift"), self.column("prior.regime.stay").sigmoid()
        calm = variance.clamp(-8, 4)
        stressed = calm + self.column("prior.regime.spread")
        ahead = s["stress"] * stay[1] + (1 - s["stress"]) * (1 - stay[0])
        self.regime = (ahead, mean, calm, mean + shift, stressed)
        spread = (1 - ahead) * calm.exp() + ahead * stressed.exp() + ahead * (1 - ahead) * shift ** 2
        return mean + ahead * shift, spread.log().clamp(-8, 6)

    def seen(self, a):
        """Bayes' rule for the regime."""
        if self.o["prior"] != "regime":
            return self.s["stress"]
        ahead, calm_mean, calm, stressed_mean, stressed = self.regime

        def density(mean, log_variance):
            normal = torch.distributions.Normal(mean, (log_variance / 2).exp())
            return normal.log_prob(a).sum().exp()
        up = ahead * density(stressed_mean, stressed)
        return up / (up + (1 - ahead) * density(calm_mean, calm))

    def decode(self, z):
        """Factors of latent variables, and the decoder's state."""
        p, o = self.p, self.o
        if o["dec"] == "identity":
            return z, self.s["d"]
        if o["dec"] == "rnn":
            d = (p["decoder.step"] @ self.s["d"] + p["decoder.read"] @ z
                 + self.column("decoder.inner.bias")).tanh()
            return p["decoder.weight"] @ d + self.column("decoder.bias"), d
        f = p["decoder.weight"] @ z + self.column("decoder.bias")
        return f + p["decoder.state"] @ self.s["h"] if o["dec"] == "vrnn" else f, self.s["d"]

    def activate(self, f):
        return f.sigmoid() if self.o["fac_act"] == "sigmoid" else f

    def described(self, z):
        return self.activate(self.decode(z)[0])

    def carried(self, mean, variance):
        """Mean and variance of factors, to first order: J diag(v) J'."""
        jacobian = torch.autograd.functional.jacobian(self.described, mean, create_graph=True)
        return self.described(mean), (jacobian ** 2) @ variance

    def begin(self, t, beta, y):
        """Everything of a month up to its terms; the state moves on."""
        p, s, o = self.p, self.s, self.o
        prior = self.prior()
        found = dict(prior=prior, s2=p["residual.logVariance"][0, 0].exp())
        input_ = None
        if o["fac_in"] == "managed":
            input_ = TU[t]
        elif o["posterior"] == "amortized":
            gram = beta.T @ beta
            ridge = 0.02 * gram.trace() / FACTORS + 1e-3
            input_ = torch.linalg.solve(gram + ridge * torch.eye(FACTORS), beta.T @ y)
        if o["posterior"] == "amortized":
            h = (p["posterior.cell.recurrent"] @ s["h"] + p["posterior.cell.input"] @ input_
                 + self.column("posterior.cell.bias")).tanh()
            mean = p["posterior.mean"] @ h + self.column("posterior.mean.bias")
            if o["skip"]:
                mean = mean + p["posterior.skip"] @ input_
            log_variance = (p["posterior.variance"] @ h + self.column("posterior.variance.bias")).clamp(-8, 4)
            seen = mean.detach()
        else:
            precision = torch.diag((-prior[1]).exp()) + beta.T @ beta / found["s2"]
            gap = beta.T @ (y - beta @ prior[0]) / found["s2"]
            mean, log_variance, h = prior[0] + torch.linalg.solve(precision, gap), None, s["h"]
            seen = mean
        found["posterior"] = (mean, log_variance)
        found["carried"] = self.carried(*[prior[0], prior[1].exp()])
        found["factors"] = self.described
        found["next"] = dict(h=h, a=seen, stress=self.seen(seen), g=self.memory(seen, input_),
                             d=self.decode(mean)[1])
        return found

    def memory(self, seen, input_):
        """The GRU of spec 3.5 in its first form; gates lie reset, update."""
        p, o, g = self.p, self.o, self.s["g"]
        if o["prior"] != "predictor":
            return g
        x = dict(factors=[seen], x=[input_], both=[seen, input_])[o["pred_in"]]
        x = torch.cat([v.detach() if v is not seen else v for v in x])
        gates = (p["prior.memory.gates.input"] @ x + p["prior.memory.gates.recurrent"] @ g
                 + self.column("prior.memory.gates.bias")).sigmoid()
        r, u = gates.chunk(2)
        n = (p["prior.memory.candidate.input"] @ x + p["prior.memory.candidate.recurrent"] @ (r * g)
             + self.column("prior.memory.candidate.bias")).tanh()
        return (1 - u) * g + u * n

    def fit(self, y, beta, f, s2, extra=0.0):
        error = (y - beta @ f) ** 2 + extra
        if self.o["loss"] == "mse":
            return error.mean()
        return (0.5 * (s2.log() + LOG_TWO_PI + error / s2)).mean()

    def reconstruction(self, m, beta, y, frozen=False):
        """rec: exact where factors are linear in the latent variables, with draws elsewhere."""
        o, (mean, log_variance) = self.o, m["posterior"]
        draws = max(1, o["mc"]) if o["dec"] == "rnn" or o["fac_act"] == "sigmoid" else o["mc"]
        if draws == 0:
            f = self.described(mean)
            exposure = beta if o["dec"] == "identity" else beta @ self.p["decoder.weight"]
            return self.fit(y, beta, f, m["s2"], extra=exposure ** 2 @ log_variance.exp())
        if frozen:
            return self.fit(y, beta, self.described(mean), m["s2"])
        total = 0
        for _ in range(draws):
            z = mean + (log_variance / 2).exp() * self.normals.column(FACTORS)
            total = total + self.fit(y, beta, self.described(z), m["s2"])
        return total / draws

    def predictive(self, m, beta, y):
        beta = beta.detach()
        mean, variance = m["carried"]
        spread = (m["s2"] + beta ** 2 @ variance).sqrt()
        return -torch.distributions.Normal(beta @ mean, spread).log_prob(y).mean()

    def marginal(self, m, beta, y):
        """-log p(y | past): a normal with a covariance of firms x firms."""
        mean, log_variance = m["prior"]
        cover = m["s2"] * torch.eye(len(y)) + beta @ torch.diag(log_variance.exp()) @ beta.T
        return -torch.distributions.MultivariateNormal(beta @ mean, cover).log_prob(y)

    def divergence(self, m):
        q, p = m["posterior"], m["prior"]
        if self.o["kl_grad"] == "prior_only":
            q = [v.detach() for v in q]

        def normal(part):
            return torch.distributions.Normal(part[0], (part[1] / 2).exp())
        return torch.distributions.kl_divergence(normal(q), normal(p)).sum()

    def loss(self, months, loadings):
        o, total = self.o, 0
        self.s = {k: v.detach() for k, v in self.s.items()}
        for t, beta in zip(months, loadings):
            y = TY[list(rows(t))]
            m = self.begin(t, beta, y)
            if o["posterior"] == "exact":
                total = total + self.marginal(m, beta, y) / MEAN_FIRMS
            else:
                total = total + (self.reconstruction(m, beta, y) + o["w_pr"] * self.predictive(m, beta, y)
                                 + o["lambda_kl"] * self.divergence(m) / MEAN_FIRMS)
            self.s = m["next"]
        penalised = dict(std=[], shared=["prior.shared"], var1=["prior.step"], regime=["prior.step"],
                         predictor=["prior.step", "prior.read"])[o["prior"]]
        return total / len(months) + o["ridge"] * sum((self.p[n] ** 2).sum() for n in penalised)

    def latent(self, t, beta):
        """The month's factors given its returns; the state moves on."""
        m = self.begin(t, beta, TY[list(rows(t))])
        self.s = m["next"]
        return m["posterior"][0]

    def observe(self, t, beta):
        y = TY[list(rows(t))]
        m = self.begin(t, beta, y)
        if self.o["posterior"] == "exact":
            value = self.marginal(m, beta, y) / len(y)
        else:
            value = self.reconstruction(m, beta, y, frozen=True) + self.predictive(m, beta, y)
        self.s = m["next"]
        return value


class PrintedFactors:
    """The CVRA paper's equations 10-20, 23 and 24 with one code for a window of months (M09.4, zT)."""

    def __init__(self, p, leaks):
        self.p, self.leaks, self.hidden, self.length, self.draws, self.weight = p, leaks, 3, 6, 2, 0.3
        h, u = self.hidden, WIDTH + 1
        for name in ["encoder", "decoder"]:
            if name == "decoder":
                for part, shape in [("code.mean", (FACTORS, h)), ("code.variance", (FACTORS, h)),
                                    ("decoder.start", (h, FACTORS))]:
                    self.map(part, shape)
            p.add("head", f"{name}.recurrent", (h, h))
            p.add("head", f"{name}.input", (h, u))
            p.add("head", f"{name}.bias", (h, 1))
        self.map("decoder.out", (FACTORS, h))
        self.design = dict(decoder="window", factors=FACTORS, hidden=h, window=self.length,
                           lambda_kl=self.weight, mc=self.draws, leaks=leaks, fac_act="sigmoid")
        self.normals = Normals(5)
        self.forget()

    def map(self, name, shape):
        self.p.add("head", name, shape)
        self.p.add("head", f"{name}.bias", (shape[0], 1))

    def linear(self, name, x):
        return self.p[name] @ x + self.p[f"{name}.bias"][:, 0]

    def forget(self):
        self.h, self.end = torch.zeros(self.hidden), torch.zeros(self.hidden)
        self.months = []

    def step(self, name, u, h):
        p = self.p
        return (p[f"{name}.recurrent"] @ h + p[f"{name}.input"] @ u + p[f"{name}.bias"][:, 0]).tanh()

    def before(self, t):
        """The input of the month before a window; nothing before the first month."""
        return TU[t - 1] if t > 0 else torch.zeros(WIDTH + 1)

    def encode(self, t):
        self.h = self.step("encoder", TU[t], self.h)
        return self.linear("code.mean", self.h), self.linear("code.variance", self.h).clamp(-8, 4)

    def decode(self, z, months):
        d = self.linear("decoder.start", z).tanh()
        found = []
        for t in months:
            d = self.step("decoder", TU[t] if self.leaks else self.before(t), d)
            found.append(d)
        return found

    def factors(self, d):
        return self.linear("decoder.out", d).sigmoid()

    def error(self, t, beta, f):
        return ((TY[list(rows(t))] - beta @ f) ** 2).mean()

    def loss(self, months, loadings):
        self.h = self.h.detach()
        codes = [self.encode(t) for t in months]
        total = 0
        for _ in range(self.draws):
            mean, log_variance = codes[-1]
            z = mean + (log_variance / 2).exp() * self.normals.column(FACTORS)
            for t, beta, d in zip(months, loadings, self.decode(z, months)):
                total = total + self.error(t, beta, self.factors(d)) / self.draws
        standard = torch.distributions.Normal(torch.zeros(FACTORS), torch.ones(FACTORS))
        for mean, log_variance in codes:
            q = torch.distributions.Normal(mean, (log_variance / 2).exp())
            total = total + self.weight * torch.distributions.kl_divergence(q, standard).sum()
        return total / len(months)

    def observe(self, t, beta):
        """A forecast is one more step of the decoder; the fit is the end of the window that ends now."""
        ahead = self.factors(self.step("decoder", self.before(t), self.end))
        mean, _ = self.encode(t)
        self.end = self.decode(mean, range(max(0, t - self.length + 1), t + 1))[-1]
        return self.error(t, beta, self.factors(self.end)) + self.error(t, beta, ahead)


def start_prior(p, loadings, head):
    """After the warm-up the predictor starts from the mean and the variance of the training months' factors."""
    with torch.no_grad():
        head.forget()
        seen = torch.stack([head.latent(t, loadings([t], False)[0]) for t in range(TRAIN)])
        p["prior.mean"][:, 0] = seen.mean(0)
        p["prior.variance.bias"][:, 0] = seen.var(0, unbiased=False).log()
    head.forget()


def refined_prior(p, loadings, head):
    """The prior's likelihood of the factors of all months before the test, 150 steps of Adam: a VAR(1), or two
    regimes of it whose mixture is scored as it is."""
    head.forget()
    with torch.no_grad():
        seen = [head.latent(t, loadings([t], False)[0]) for t in range(VALID)]
    tensors = list(p.blocks["head"].values())
    optimizer = torch.optim.Adam(tensors, lr=0.03, eps=1e-8)
    for _ in range(150):
        optimizer.zero_grad(set_to_none=True)
        head.forget()
        total = 0
        for a in seen:
            mean, log_variance = head.prior()
            if head.o["prior"] == "regime":
                ahead, calm_mean, calm, stressed_mean, stressed = head.regime
                parts = [(ahead, stressed_mean, stressed), (1 - ahead, calm_mean, calm)]
                total = total - torch.logsumexp(torch.stack([
                    share.log() + log_density(a, m, v) for share, m, v in parts]), 0)
            else:
                total = total - log_density(a, mean, log_variance)
            head.s = dict(head.s, stress=head.seen(a), a=a)
        (total / len(seen) + head.o["ridge"] * (p["prior.step"] ** 2).sum()).backward()
        found = [v for v in tensors if v.grad is not None]
        norm = math.sqrt(sum(float((v.grad ** 2).sum()) for v in found))
        for v in found:
            v.grad *= min(1.0, 1 / norm)
        optimizer.step()
    return {name: numbers(v) for name, v in p.blocks["head"].items()}


def log_density(a, mean, log_variance):
    return torch.distributions.Normal(mean, (log_variance / 2).exp()).log_prob(a).sum()


def conditional(name, p, loadings, head, steps, starts=False, refines=False, **options):
    """Steps on runs of months, states carried; then the loss of the validation months with frozen
    weights, states carried from the first month on."""
    def loss(months):
        return lambda: head.loss(months, loadings(months, True))
    described = p.described()
    if starts:
        start_prior(p, loadings, head)
        options["epoch"] = 1
    found = run(name, p, [loss(months) for months in steps], network=loadings.design, head=head.design,
                months=[[m[0], m[-1] + 1] for m in steps], **options)
    found["tensors"] = described
    head.forget()
    loadings.forget()
    seen = [head.observe(t, loadings([t], False)[0]).item() for t in range(VALID)]
    found["validation"] = sum(seen[TRAIN:]) / (VALID - TRAIN)
    if refines:
        loadings.forget()
        found["refined"] = refined_prior(p, loadings, head)
    if hasattr(loadings, "net"):
        found["running"] = loadings.net.running()
    return found


CHUNKS = [list(range(0, 6)), list(range(6, 12))]


def cvra(name, seed, starts=False, refines=False, **options):
    p = Parameters(seed)
    loadings = PerceptronLoadings(p, [5, 4])
    return conditional(name, p, loadings, RecurrentFactors(p, **options), CHUNKS, starts, refines, l1=1e-3,
                       clip=1.0)


def rvrae(name, seed, hidden=4, window=0, reading="layer", **options):
    p = Parameters(seed)
    loadings = RecurrentLoadings(p, hidden, window, reading)
    return conditional(name, p, loadings, RecurrentFactors(p, **options), CHUNKS, l1=1e-3, clip=1.0)


def autoencoder(name, seed, hidden):
    p = Parameters(seed)
    loadings = PerceptronLoadings(p, hidden)
    return conditional(name, p, loadings, LinearFactors(p), [[3], [7]], l1=1e-3)


def printed(name, seed, leaks):
    p = Parameters(seed)
    loadings = PerceptronLoadings(p, [5], cuts=True)
    return conditional(name, p, loadings, PrintedFactors(p, leaks), CHUNKS, l1=1e-3, clip=1.0)


def wide():
    return [
        autoencoder("ca2", 31, [5, 4]), cvra("cvra-predictor", 43, prior="predictor"),
        rvrae("rvrae", 61, prior="predictor", fac_in="managed"),
        rvrae("rvrae-exact", 62, prior="regime", posterior="exact"),
        rvrae("rvrae-window", 63, window=4, prior="var1"), printed("printed", 71, False)]


def cases():
    exact = dict(posterior="exact")
    return [
        autoencoder("ca0", 30, []), autoencoder("ca2", 31, [5, 4]), autoencoder("ca3", 32, [5, 4, 3]),
        cvra("cvra-var1", 41, refines=True), cvra("cvra-regime", 42, prior="regime", refines=True),
        cvra("cvra-started", 40, prior="regime", starts=True), cvra("cvra-clamped", 39, beyond=True),
        cvra("cvra-predictor", 43, prior="predictor"), cvra("cvra-shared", 44, prior="shared"),
        cvra("cvra-managed", 45, prior="predictor", fac_in="managed", pred_in="both"),
        cvra("cvra-linear", 46, prior="regime", dec="linear"),
        cvra("cvra-vrnn", 47, prior="var1", dec="vrnn"),
        cvra("cvra-rnn", 48, prior="predictor", dec="rnn", pred_in="x", mc=2),
        cvra("cvra-literal", 49, prior="std", fac_act="sigmoid", loss="mse", mc=1, skip=False,
             fac_in="managed"),
        cvra("cvra-held", 50, prior="var1", kl_grad="prior_only"),
        cvra("cvra-exact-var1", 51, **exact), cvra("cvra-exact-regime", 52, prior="regime", **exact),
        cvra("cvra-exact-predictor", 53, prior="predictor", **exact),
        rvrae("rvrae", 61, prior="predictor", fac_in="managed"),
        rvrae("rvrae-exact", 62, prior="regime", **exact),
        rvrae("rvrae-window", 63, window=4, prior="var1"),
        rvrae("rvrae-state", 64, hidden=FACTORS, reading="state", prior="regime"),
        printed("printed", 71, False), printed("printed-leak", 72, True)]
