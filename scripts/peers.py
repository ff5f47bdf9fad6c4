"""What a user would write today for each workload of `fq bench`, with the same shapes."""
import os
import statistics
import subprocess
import sys
import time

workload, threads = sys.argv[1], int(sys.argv[2])


def median(body, runs=5, warm=1):
    for _ in range(warm):
        body()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        body()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def report(name, seconds):
    print(f"{name} {seconds:.6f}", flush=True)


def startup():
    report("cpython", median(lambda: subprocess.run(["python3", "-c", "1+1"]), 20, 3))


def closure_call():
    f = lambda x: x + 1
    report("cpython", median(lambda: [f(i) for i in range(1, 1000001)], 7))


def comprehension():
    report("cpython", median(lambda: [i * i + 1 for i in range(1, 1000001)], 7))


def string_building():
    report("cpython", median(lambda: [f"K = {i}" for i in range(1, 1000001)], 7))


def record_access():
    r = {"a": 1, "b": 2, "k": 5}
    report("cpython", median(lambda: [r["k"] + i for i in range(1, 1000001)], 7))


def column_expression():
    import numpy as np
    import polars as pl

    a, b, c, d = (1 + np.random.default_rng(j).random(4_000_000) for j in range(4))
    out = np.empty_like(a)
    report("numpy", median(lambda: (a * b + c) / d - 1, 9))
    frame = pl.DataFrame({"a": a, "b": b, "c": c, "d": d})
    x = (pl.col("a") * pl.col("b") + pl.col("c")) / pl.col("d") - 1
    report("polars", median(lambda: frame.select(x), 9))
    report("copying", median(lambda: (np.copyto(out, a), np.copyto(out, b)), 9))


def csv():
    import polars as pl

    path = "/tmp/fq-bench-csv-100000x49.csv"
    report("polars", median(lambda: pl.read_csv(path), 7))


def rank_normalize():
    import numpy as np
    import polars as pl

    months, firms, columns = 172, 3000, 46
    rng = np.random.default_rng(2)
    frame = pl.DataFrame({f"c{j}": rng.standard_normal(months * firms) for j in range(columns)})
    frame = frame.with_columns(month=pl.Series(np.repeat(np.arange(months), firms)))
    names = [f"c{j}" for j in range(columns)]

    def run():
        frame.with_columns(
            [
                (pl.col(n).rank("average") * 2 / (pl.col(n).count() + 1) - 1).over("month").alias(n)
                for n in names
            ]
        )

    report("polars", median(run, 3))


def months_of(rows, months):
    return [(t * rows // months, (t + 1) * rows // months) for t in range(months)]


def ca2_epoch():
    import numpy as np

    rows, months, P, K = 231514, 144, 46, 5
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, (rows, P)).astype("float32")
    y = rng.standard_normal(rows).astype("float32")
    u = rng.standard_normal((months, P + 1)).astype("float32")
    blocks = months_of(rows, months)
    ca2_torch(x, y, u, blocks, P, K)
    ca2_jax(x, y, u, blocks, P, K)


def ca2_torch(x, y, u, blocks, P, K):
    import torch
    from torch import nn

    torch.set_num_threads(threads)
    x, y, u = map(torch.from_numpy, (x, y, u))
    beta = nn.Sequential(
        nn.Linear(P, 32, bias=False), nn.BatchNorm1d(32), nn.ReLU(),
        nn.Linear(32, 16, bias=False), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, K))
    factor = nn.Linear(P + 1, K)
    weights = [p for p in beta.parameters() if p.dim() == 2]
    params = list(beta.parameters()) + list(factor.parameters())
    optimizer = torch.optim.Adam(params, lr=1e-3, fused=True)

    def epoch():
        for t, (a, b) in enumerate(blocks):
            optimizer.zero_grad(set_to_none=True)
            error = y[a:b] - beta(x[a:b]) @ factor(u[t])
            loss = (error * error).mean() + 1e-5 * sum(w.abs().sum() for w in weights)
            loss.backward()
            optimizer.step()

    report("pytorch", median(epoch, 7, 2))


def ca2_jax(x, y, u, blocks, P, K):
    try:
        import jax
        import jax.numpy as jnp
        import numpy as np
        import optax
    except ImportError:
        return
    n = min(b - a for a, b in blocks)
    xs = jnp.asarray(np.stack([x[a:a + n] for a, _ in blocks]))
    ys = jnp.asarray(np.stack([y[a:a + n] for a, _ in blocks]))
    us = jnp.asarray(u)
    rng = np.random.default_rng(3)

    def dense(i, o):
        return jnp.asarray((rng.standard_normal((i, o)) * (2 / i) ** 0.5).astype("float32"))

    params = dict(
        w1=dense(P, 32), g1=jnp.ones(32), b1=jnp.zeros(32), w2=dense(32, 16), g2=jnp.ones(16),
        b2=jnp.zeros(16), w3=dense(16, K), b3=jnp.zeros(K), wf=dense(P + 1, K), bf=jnp.zeros(K))

    def norm(h, g, b):
        m = h.mean(0)
        v = ((h - m) ** 2).mean(0)
        return jax.nn.relu((h - m) / jnp.sqrt(v + 1e-5) * g + b)

    def loss(p, x, y, u):
        h = norm(x @ p["w1"], p["g1"], p["b1"])
        h = norm(h @ p["w2"], p["g2"], p["b2"])
        error = y - (h @ p["w3"] + p["b3"]) @ (u @ p["wf"] + p["bf"])
        return (error ** 2).mean() + 1e-5 * sum(jnp.abs(p[k]).sum() for k in ("w1", "w2", "w3"))

    optimizer = optax.adam(1e-3)

    @jax.jit
    def epoch(params, state):
        def step(carry, batch):
            params, state = carry
            value, grad = jax.value_and_grad(loss)(params, *batch)
            updates, state = optimizer.update(grad, state)
            return (optax.apply_updates(params, updates), state), value

        return jax.lax.scan(step, (params, state), (xs, ys, us))

    state = optimizer.init(params)
    report("jax", median(lambda: jax.block_until_ready(epoch(params, state)), 7, 2))


known = dict(
    startup=startup,
    csv=csv,
    rank_normalize=rank_normalize,
    ca2_epoch=ca2_epoch,
    closure_call=closure_call,
    comprehension=comprehension,
    string_building=string_building,
    record_access=record_access,
    column_expression=column_expression,
)
if workload in known:
    known[workload]()
