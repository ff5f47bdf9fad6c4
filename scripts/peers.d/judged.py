"""FactorVAE with total correlation (Kim and Mnih 2018): 100 series, 1,225 periods, K 10, batches of 32; 38 steps.

Encoder 100-64-32-(10, 10) and its mirror, each hidden layer with batch norm and ReLU. A step updates the
autoencoder (half the squared error, divergence, gamma 6 times the judge's mean log odds), then the judge on the
first batch's latents and those of a second batch, permuted. `factorvae_tc` has a judge of three layers of 64,
`factorvae_tc_literal` the published one of five layers of 1000.
"""
import numpy as np

from data import weight

N, T, K, BATCH, GAMMA, HIDDEN = 100, 1225, 10, 32, 6.0, [64, 32]
STEPS = T // BATCH


def factorvae_tc():
    both([64] * 3, runs=7)


def factorvae_tc_literal():
    both([1000] * 5, runs=3)


def both(judge, runs):
    rng = np.random.default_rng(7)
    x = (rng.standard_normal((T, 10)) @ (0.2 * rng.standard_normal((10, N)))
         + 0.6 * rng.standard_normal((T, N))).astype("float32")
    with_torch(x, judge, runs)
    with_jax(x, judge, runs)


def blocks():
    return [(i * T // STEPS, (i + 1) * T // STEPS) for i in range(STEPS)]


def with_torch(x, widths, runs):
    import shutil
    import sys
    import torch
    from torch import nn
    from timing import measure, threads

    torch.set_num_threads(threads)
    x = torch.from_numpy(x)

    def stack(sizes, out):
        layers = []
        for a, b in zip(sizes, sizes[1:]):
            layers += [nn.Linear(a, b, bias=False), nn.BatchNorm1d(b), nn.ReLU()]
        return nn.Sequential(*layers, nn.Linear(sizes[-1], out))

    def make(wrap):
        torch.manual_seed(1)
        encoder, decoder = stack([N, *HIDDEN], 2 * K), stack([K, *HIDDEN[::-1]], N)
        layers = []
        for a, b in zip([K, *widths], widths):
            layers += [nn.Linear(a, b), nn.LeakyReLU(0.2)]
        judge = nn.Sequential(*layers, nn.Linear(widths[-1], 2))
        first = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], 1e-3, fused=True)
        second = torch.optim.Adam(judge.parameters(), 1e-4, betas=(0.5, 0.9), fused=True)

        def encode(rows):
            m, l = encoder(rows).split(K, 1)
            l = l.clamp(-8, 4)
            return m, l, m + (l / 2).exp() * torch.randn_like(m)

        def descend(rows):
            m, l, z = encode(rows)
            odds = judge(z)
            rec = 0.5 * ((rows - decoder(z)) ** 2).sum(1)
            gap = 0.5 * (l.exp() + m * m - 1 - l).sum(1)
            return (rec + gap).mean() + GAMMA * (odds[:, 0] - odds[:, 1]).mean(), z.detach()

        def accuse(z, rows):
            with torch.no_grad():
                other = encode(rows)[2]
            other = torch.stack([other[torch.randperm(len(z)), k] for k in range(K)], 1)
            target = torch.cat([torch.zeros(len(z)), torch.ones(len(z))]).long()
            return nn.functional.cross_entropy(judge(torch.cat([z, other])), target)

        descend, accuse = wrap(descend), wrap(accuse)

        def epoch():
            one, two = x[torch.randperm(T)], x[torch.randperm(T)]
            for a, b in blocks():
                first.zero_grad(set_to_none=True)
                loss, z = descend(one[a:b])
                loss.backward()
                first.step()
                second.zero_grad(set_to_none=True)
                accuse(z, two[a:b]).backward()
                second.step()

        return epoch

    measure("pytorch", make(lambda f: f), runs, warm=2)
    if not shutil.which("g++"):
        return
    try:
        measure("pytorch_compiled", make(torch.compile), runs, warm=2, compiles=True)
    except Exception as error:
        print(f"torch.compile: {type(error).__name__}: {error}", file=sys.stderr)


def with_jax(x, widths, runs):
    import jax
    import jax.numpy as jnp
    import optax
    from jax_training import batch_norm
    from timing import measure, report_compile, timed

    rng = np.random.default_rng(3)

    def stack(sizes, out):
        p = {}
        for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
            p |= {f"w{i}": weight(rng, a, b), f"g{i}": np.ones(b, "float32"),
                  f"b{i}": np.zeros(b, "float32")}
        return p | {"w": weight(rng, sizes[-1], out), "b": np.zeros(out, "float32")}

    def apply(p, h, depth):
        for i in range(depth):
            h = jax.nn.relu(batch_norm(h @ p[f"w{i}"], p[f"g{i}"], p[f"b{i}"]))
        return h @ p["w"] + p["b"]

    sizes = [K, *widths]
    judge = [(weight(rng, a, b), np.zeros(b, "float32")) for a, b in zip(sizes, sizes[1:])]
    judge.append((weight(rng, sizes[-1], 2), np.zeros(2, "float32")))
    net = {"encoder": stack([N, *HIDDEN], 2 * K), "decoder": stack([K, *HIDDEN[::-1]], N)}
    net, judge, x = jax.tree.map(jnp.asarray, (net, judge, x))
    first, second = optax.adam(1e-3), optax.adam(1e-4, b1=0.5, b2=0.9)

    def verdict(judge, z):
        for w, b in judge[:-1]:
            z = jax.nn.leaky_relu(z @ w + b, 0.2)
        return z @ judge[-1][0] + judge[-1][1]

    def encode(net, rows, key):
        out = apply(net["encoder"], rows, len(HIDDEN))
        m, l = out[:, :K], out[:, K:].clip(-8, 4)
        return m, l, m + jnp.exp(l / 2) * jax.random.normal(key, m.shape)

    def descend(net, judge, rows, key):
        m, l, z = encode(net, rows, key)
        odds = verdict(judge, z)
        rec = 0.5 * ((rows - apply(net["decoder"], z, len(HIDDEN))) ** 2).sum(1)
        gap = 0.5 * (jnp.exp(l) + m * m - 1 - l).sum(1)
        return (rec + gap).mean() + GAMMA * (odds[:, 0] - odds[:, 1]).mean(), z

    def accuse(judge, z, other):
        mine, theirs = (jax.nn.log_softmax(verdict(judge, v)) for v in (z, other))
        return -(mine[:, 0].mean() + theirs[:, 1].mean()) / 2

    @jax.jit
    def epoch(net, judge, states, x, key):
        orders = [jax.random.permutation(k, T)[:STEPS * BATCH].reshape(STEPS, BATCH)
                  for k in jax.random.split(key, 2)]

        def step(kept, batch):
            net, judge, (s1, s2) = kept
            one, two, key = batch
            keys = jax.random.split(key, 3)
            (value, z), grad = jax.value_and_grad(descend, has_aux=True)(net, judge, x[one], keys[0])
            updates, s1 = first.update(grad, s1)
            net = optax.apply_updates(net, updates)
            other = encode(net, x[two], keys[1])[2]
            other = jax.random.permutation(keys[2], other, axis=0, independent=True)
            updates, s2 = second.update(jax.grad(accuse)(judge, z, other), s2)
            return (net, optax.apply_updates(judge, updates), (s1, s2)), value

        return jax.lax.scan(step, (net, judge, states), (*orders, jax.random.split(key, STEPS)))

    given = (net, judge, (first.init(net), second.init(judge)), x, jax.random.PRNGKey(1))
    built = []
    seconds = timed(lambda: built.append(epoch.lower(*given).compile()))
    measure("jax", lambda: jax.block_until_ready(built[0](*given)), runs, warm=2)
    report_compile("jax", seconds)
