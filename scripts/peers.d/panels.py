"""Panels of firms with gaps: winsorising, lags, a merge, Fama-MacBeth, and reading Parquet.

Values are those of fq's workloads, number by number: a hash of firm, month and column says them. So a line
`name.check` is the weighted sum of what a peer computed, and `fq bench` says whether its own is the same.
"""
import os

import numpy as np

from timing import measure, report_check

MONTHS, FIRMS, P = 178, 3000, 46


def uniform(key, column):
    """A number in -1 to 1 for each key of a column."""
    with np.errstate(over="ignore"):
        x = key * np.uint64(0x9E3779B97F4A7C15) + np.uint64(column + 1) * np.uint64(0xD1B54A32D192ED03)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    return 2 * ((x >> np.uint64(11)).astype("float64") * 2.0**-53) - 1


def keys(months=MONTHS, firms=FIRMS, step=31):
    """Months and firms, month by month; of 31 firms one has no row in a month."""
    t, i = np.divmod(np.arange(months * firms), firms)
    there = (7 * t + 13 * i) % step != 0 if step else np.full(len(t), True)
    return t[there], i[there]


def heavy(t, i, column, firms=FIRMS):
    x = uniform((t * firms + i).astype("uint64"), column)
    return x / (1.001 - np.abs(x))


def weights(t, i, firms=FIRMS):
    return 1.0 + (t * firms + i) % 7


def checked(name, columns, weight):
    """The sum of all numbers, each by the weight of its row."""
    report_check(name, sum(float(np.nansum(c * weight)) for c in columns))


def wide():
    t, i = keys()
    return t, i, {f"c{j}": heavy(t, i, j) for j in range(P)}


def winsorize():
    import pandas as pd
    import polars as pl

    t, i, columns = wide()
    frame = pl.DataFrame({"month": t, **columns})
    low, high = ([pl.col(n).quantile(p, "linear").over("month") for n in columns] for p in (0.01, 0.99))
    clipped = [pl.col(n).clip(a, b) for n, a, b in zip(columns, low, high)]
    found = {}

    def run():
        found["polars"] = frame.with_columns(clipped)

    measure("polars", run, 3)
    checked("polars", (found["polars"][n].to_numpy() for n in columns), weights(t, i))
    names = list(columns)

    def joined():
        cuts = frame.lazy().group_by("month").agg(
            [pl.col(n).quantile(p, "linear").alias(f"{n}_{p}") for n in names for p in (0.01, 0.99)])
        found["joined"] = frame.lazy().join(cuts, on="month", how="left", maintain_order="left").select(
            [pl.col(n).clip(pl.col(f"{n}_0.01"), pl.col(f"{n}_0.99")) for n in names]).collect()

    measure("polars_join", joined, 3)
    checked("polars_join", (found["joined"][n].to_numpy() for n in columns), weights(t, i))
    table = pd.DataFrame(columns)

    def grouped():
        groups = table.groupby(t)
        low, high = groups.quantile(0.01).to_numpy(), groups.quantile(0.99).to_numpy()
        found["pandas"] = pd.DataFrame(np.clip(table.to_numpy(), low[t], high[t]), columns=names)

    measure("pandas", grouped, 1)
    checked("pandas", (found["pandas"][n].to_numpy() for n in columns), weights(t, i))


def lag():
    import pandas as pd
    import polars as pl

    t, i, columns = wide()
    frame = pl.DataFrame({"month": t, "firm": i, **columns})
    names, found = list(columns), {}
    follows = pl.col("month").shift(1) == pl.col("month") - 1

    def run():
        found["polars"] = frame.with_columns(
            [pl.when(follows).then(pl.col(n).shift(1)).over("firm").alias(n) for n in names])

    measure("polars", run, 3)
    checked("polars", (found["polars"][n].to_numpy() for n in names), weights(t, i))

    def joined():
        earlier = frame.lazy().with_columns(month=pl.col("month") + 1)
        found["joined"] = frame.lazy().select("month", "firm").join(
            earlier, on=["month", "firm"], how="left", maintain_order="left").collect()

    measure("polars_join", joined, 3)
    checked("polars_join", (found["joined"][n].to_numpy() for n in names), weights(t, i))
    table = pd.DataFrame({"month": t, "firm": i, **columns})

    def grouped():
        before = table.groupby("firm").shift(1)
        found["pandas"] = before[names].where(before["month"] == table["month"] - 1)

    measure("pandas", grouped, 3)
    checked("pandas", (found["pandas"][n].to_numpy() for n in names), weights(t, i))


def merge():
    import pandas as pd
    import polars as pl

    t, i = keys()
    u, j = keys(step=29)
    other = {f"c{c}": heavy(u, j, c) for c in range(10)}
    left, right = pl.DataFrame({"month": t, "firm": i}), pl.DataFrame({"month": u, "firm": j, **other})
    found = {}

    def run():
        found["polars"] = left.join(right, on=["firm", "month"], how="left", maintain_order="left")

    measure("polars", run, 7)
    checked("polars", (found["polars"][n].to_numpy() for n in other), weights(t, i))
    a, b = left.to_pandas(), right.to_pandas()

    def merged():
        found["pandas"] = a.merge(b, on=["firm", "month"], how="left")

    measure("pandas", merged, 3)
    checked("pandas", (found["pandas"][n].to_numpy() for n in other), weights(t, i))


def fama_macbeth():
    import pandas as pd
    from linearmodels.panel import FamaMacBeth

    t, i = keys(240, step=0)
    key = (t * FIRMS + i).astype("uint64")
    x = np.stack([uniform(key, j) for j in range(5)], 1)
    y = 0.01 + x @ (0.01 * np.arange(1, 6)) + 0.2 * uniform(key, 5)
    index = pd.MultiIndex.from_arrays([i, t], names=["firm", "month"])
    table = pd.DataFrame(np.column_stack([np.ones(len(y)), x]), index, ["constant", *"abcde"])
    target = pd.DataFrame({"y": y}, index)
    found = {}

    def run():
        found["fit"] = FamaMacBeth(target, table).fit(cov_type="kernel", kernel="bartlett", bandwidth=6, debiased=False)

    measure("linearmodels", run, 3)
    report_check("linearmodels", float(found["fit"].params.sum() + found["fit"].std_errors.sum()))
    months = [np.flatnonzero(t == m) for m in range(240)]

    def loop():
        found["slopes"] = np.stack([
            np.linalg.lstsq(np.column_stack([np.ones(len(m)), x[m]]), y[m], rcond=None)[0] for m in months])

    measure("numpy", loop, 3)


def parquet():
    path = "/tmp/fq-bench-516000x49.parquet"
    if not os.path.exists(path):
        return
    import duckdb

    from timing import threads

    engine = duckdb.connect(config={"threads": threads})
    # What the engine itself takes to decode every value and hand it over.
    measure("duckdb", lambda: engine.sql(f"select * from read_parquet('{path}')").fetchnumpy(), 5)
    import polars as pl

    measure("polars", lambda: pl.read_parquet(path), 5)
