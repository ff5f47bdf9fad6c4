"""Reading and transforming tables beside polars and numpy."""
import os

import numpy as np
import polars as pl

from timing import measure


def column_expression():
    a, b, c, d = (1 + np.random.default_rng(j).random(4_000_000) for j in range(4))
    out = np.empty_like(a)
    measure("numpy", lambda: (a * b + c) / d - 1, 9)
    frame = pl.DataFrame({"a": a, "b": b, "c": c, "d": d})
    x = (pl.col("a") * pl.col("b") + pl.col("c")) / pl.col("d") - 1
    measure("polars", lambda: frame.select(x), 9)
    measure("copying", lambda: (np.copyto(out, a), np.copyto(out, b)), 9)


def read(rows, runs):
    # `fq bench` writes the file (seed 1) before its peers are called.
    path = f"/tmp/fq-bench-csv-{rows}x49.csv"
    if os.path.exists(path):
        measure("polars", lambda: pl.read_csv(path), runs)


def csv():
    read(100_000, 7)


def csv_large():
    read(516_000, 3)


csv_large_two = csv_large


def rank_normalize():
    months, firms, columns = 172, 3000, 46
    rng = np.random.default_rng(2)
    frame = pl.DataFrame({f"c{j}": rng.standard_normal(months * firms) for j in range(columns)})
    frame = frame.with_columns(month=pl.Series(np.repeat(np.arange(months), firms)))
    names = [f"c{j}" for j in range(columns)]
    ranks = [
        (pl.col(n).rank("average") * 2 / (pl.col(n).count() + 1) - 1).over("month").alias(n)
        for n in names
    ]
    measure("polars", lambda: frame.with_columns(ranks), 3)
    rank_pandas({n: frame[n].to_numpy() for n in names}, frame["month"].to_numpy())


def rank_pandas(columns, month):
    import pandas as pd

    groups = pd.DataFrame(columns).groupby(month)
    measure("pandas", lambda: groups.rank() * 2 / (groups.transform("count") + 1) - 1, 1, warm=0)
