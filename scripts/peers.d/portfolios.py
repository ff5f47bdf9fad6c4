"""Managed portfolios, and a decile sort with turnover and costs: 172 months of 3,000 firms."""
import numpy as np

from timing import measure, threads

MONTHS, FIRMS, P = 172, 3000, 46


def managed_portfolios():
    """Normal equations of each month (seed 4); the constant and the precision are there already."""
    rng = np.random.default_rng(4)
    z = rng.uniform(-1, 1, (MONTHS, FIRMS, P + 1))
    z[:, :, P] = 1
    r = rng.standard_normal((MONTHS, FIRMS))
    managed_numpy("numpy", z, r)
    managed_numpy("numpy_float32", z.astype("float32"), r.astype("float32"))
    managed_torch(z, r)


def managed_numpy(name, z, r):
    def month(z, r):
        gram = z.T @ z
        gram[np.diag_indices(P + 1)] += 1e-6 * np.trace(gram) / (P + 1)
        return np.linalg.solve(gram, z.T @ r)

    measure(name, lambda: np.stack([month(z[t], r[t]) for t in range(MONTHS)]), 9)


def managed_torch(z, r):
    import torch

    torch.set_num_threads(threads)

    def month(z, r):
        gram = z.T @ z
        gram.diagonal().add_(1e-6 * gram.trace() / (P + 1))
        return torch.cholesky_solve((z.T @ r)[:, None], torch.linalg.cholesky(gram))[:, 0]

    def batched(z, r):
        gram = z.mT @ z
        diagonal = gram.diagonal(dim1=1, dim2=2)
        diagonal.add_(1e-6 * diagonal.mean(1, keepdim=True))
        return torch.cholesky_solve(z.mT @ r[:, :, None], torch.linalg.cholesky(gram))

    for name, kind in (("pytorch", torch.float64), ("pytorch_float32", torch.float32)):
        x, y = torch.from_numpy(z).to(kind), torch.from_numpy(r).to(kind)
        measure(name, lambda: torch.stack([month(x[t], y[t]) for t in range(MONTHS)]), 9)
        measure(name + "_batched", lambda: batched(x, y), 9)


def decile_sort():
    """Deciles by forecast, top minus bottom, turnover of drifted weights, 30 bps (seed 5)."""
    rng = np.random.default_rng(5)
    f = rng.standard_normal((MONTHS, FIRMS))
    r = 0.1 * rng.standard_normal((MONTHS, FIRMS)) + 0.01 * f
    measure("numpy", lambda: decile_numpy(f, r), 7)
    decile_polars(f, r)
    decile_pandas(f, r)
    decile_alphalens(f, r)


def decile_numpy(f, r):
    order = np.argsort(f, axis=1, kind="stable")
    bucket = np.empty_like(order)
    np.put_along_axis(bucket, order, 10 * np.arange(FIRMS)[None, :] // FIRMS, axis=1)
    flat = bucket + 10 * np.arange(MONTHS)[:, None]
    size = np.bincount(flat.ravel(), minlength=10 * MONTHS)
    mean = lambda v: (np.bincount(flat.ravel(), v.ravel(), 10 * MONTHS) / size).reshape(MONTHS, 10)
    realized, predicted = mean(r), mean(f)
    w = ((bucket == 9) - 1.0 * (bucket == 0)) / (FIRMS / 10)
    gross = (w * r).sum(1)
    drifted = w * (1 + r) / (1 + gross[:, None])
    turnover = np.abs(np.diff(w, axis=0, prepend=0) - np.vstack(
        [np.zeros(FIRMS), drifted[:-1] - w[:-1]])).sum(1)
    net = gross - 0.003 * turnover
    table = np.stack([predicted.mean(0), realized.mean(0), realized.std(0, ddof=1)])
    return table, net.mean() / net.std(ddof=1) * 12**0.5, turnover.mean()


def decile_polars(f, r):
    import polars as pl

    frame = pl.DataFrame({
        "month": np.repeat(np.arange(MONTHS), FIRMS), "asset": np.tile(np.arange(FIRMS), MONTHS),
        "f": f.ravel(), "r": r.ravel()})
    w, m = pl.col("w"), "month"

    def run():
        sorts = frame.lazy().with_columns(
            bucket=((pl.col("f").rank("ordinal").over(m) - 1) * 10 // FIRMS)
        ).with_columns(w=pl.when(pl.col("bucket") == 9).then(10 / FIRMS).when(
            pl.col("bucket") == 0).then(-10 / FIRMS).otherwise(0.0)).with_columns(
                gross=(w * pl.col("r")).sum().over(m)).collect()
        table = sorts.lazy().group_by(m, "bucket").agg(pl.col("f", "r").mean()).group_by(
            "bucket").agg(pl.col("f", "r").mean(), sd=pl.col("r").std())
        # The panel is sorted by month and balanced: the month before is FIRMS rows up.
        trades = sorts.lazy().with_columns(
            held=(w * (1 + pl.col("r")) / (1 + pl.col("gross"))).shift(FIRMS).fill_null(0)
        ).group_by(m).agg(turnover=(w - pl.col("held")).abs().sum(), gross=pl.first("gross"))
        net = trades.select((pl.col("gross") - 0.003 * pl.col("turnover")).alias("net")).select(
            pl.col("net").mean() / pl.col("net").std() * 12**0.5)
        return pl.collect_all([table, net])

    measure("polars", run, 7)


def decile_pandas(f, r):
    import pandas as pd

    month, asset = np.repeat(np.arange(MONTHS), FIRMS), np.tile(np.arange(FIRMS), MONTHS)
    frame = pd.DataFrame({"month": month, "asset": asset, "f": f.ravel(), "r": r.ravel()})

    def run():
        table = frame.copy()
        table["bucket"] = (table.groupby("month")["f"].rank(method="first") - 1) * 10 // FIRMS
        means = table.groupby(["month", "bucket"])[["f", "r"]].mean()
        by_bucket = means.groupby("bucket")
        result = by_bucket.mean(), by_bucket["r"].std()
        table["w"] = np.select([table.bucket == 9, table.bucket == 0], [10 / FIRMS, -10 / FIRMS], 0.0)
        gross = (table.w * table.r).groupby(table.month).sum()
        held = table.w * (1 + table.r) / (1 + table.month.map(gross))
        before = held.groupby(table.asset).shift(1, fill_value=0.0)
        net = gross - 0.003 * (table.w - before).abs().groupby(table.month).sum()
        return result, net.mean() / net.std() * 12**0.5

    measure("pandas", run, 3)


def decile_alphalens(f, r):
    import warnings

    import pandas as pd
    from alphalens import performance, utils

    warnings.simplefilter("ignore")
    dates = pd.date_range("2000-01-31", periods=MONTHS, freq="ME")
    index = pd.MultiIndex.from_product([dates, np.arange(FIRMS)], names=["date", "asset"])
    data = pd.DataFrame({"1M": r.ravel(), "factor": f.ravel()}, index=index)

    def run():
        data["factor_quantile"] = utils.quantize_factor(data, quantiles=10)
        performance.mean_return_by_quantile(data, by_date=True)
        for quantile in (1, 10):
            performance.quantile_turnover(data["factor_quantile"], quantile)

    measure("alphalens", run, 3)
