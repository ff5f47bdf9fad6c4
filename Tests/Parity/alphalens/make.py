# Records what alphalens-reloaded gives for two signals of us-stocknet88, for SignalParityTests.
#
#   pip install alphalens-reloaded scipy numpy pandas
#   python make.py > expected.json
#
# The table that alphalens works on is made here, because its own maker wants daily prices: factor, return of the row,
# and quantiles by its `quantize_factor`. The monotonic relation test is Patton and Timmermann's formula in numpy.
import json
import os
import sys

import alphalens
import numpy as np
import pandas as pd
from alphalens import performance as perf
from alphalens import utils

here = os.path.dirname(os.path.abspath(__file__))
panel = pd.read_csv(
    os.path.join(here, "../../../examples/data/us-stocknet88/us_stocknet88_monthly_2013_2017.csv"),
    parse_dates=["date"])


def clean(values):
    return [None if not np.isfinite(v) else float(v) for v in values]


def monotonic(by_date, draws=20000, block=10, seed=7):
    x = by_date.dropna().to_numpy()
    steps = np.diff(x, axis=1)
    mean, periods = steps.mean(axis=0), len(steps)
    rng = np.random.default_rng(seed)
    rising = falling = 0
    for _ in range(draws):
        fresh = rng.random(periods) < 1 / block
        start = rng.integers(0, periods, periods)
        places = np.empty(periods, dtype=int)
        places[0] = start[0]
        for t in range(1, periods):
            places[t] = start[t] if fresh[t] else (places[t - 1] + 1) % periods
        moved = steps[places].mean(axis=0) - mean
        rising += moved.min() > mean.min()
        falling += (-moved).min() > (-mean).min()
    return rising / draws, falling / draws


result = {"alphalens": alphalens.__version__, "pandas": pd.__version__, "numpy": np.__version__}
for signal, quantiles in [("retvol", 10), ("mom12m", 5)]:
    data = panel[["date", "id", signal, "RET"]].rename(
        columns={"id": "asset", signal: "factor", "RET": "30D"})
    data = data.dropna().set_index(["date", "asset"]).sort_index()
    data.index = data.index.set_levels(pd.DatetimeIndex(data.index.levels[0]), level=0)
    data["factor_quantile"] = utils.quantize_factor(data, quantiles=quantiles)
    data = data.dropna()
    data["factor_quantile"] = data["factor_quantile"].astype(int)

    by_date, _ = perf.mean_return_by_quantile(data, by_date=True, demeaned=False)
    by_quantile, _ = perf.mean_return_by_quantile(data, demeaned=False)
    pooled = by_quantile["30D"]
    wide = by_date["30D"].unstack("factor_quantile")
    spread, _ = perf.compute_mean_returns_spread(by_date, quantiles, 1)
    ic = perf.factor_information_coefficient(data)["30D"]
    turnover = {
        str(q): clean(perf.quantile_turnover(data["factor_quantile"], q, 1))
        for q in range(1, quantiles + 1)}
    groups = data.groupby("factor_quantile")["factor"]
    rising, falling = monotonic(wide)
    result[signal] = {
        "quantiles": quantiles,
        "rows": len(data),
        "returns": {str(q): clean(wide[q]) for q in range(1, quantiles + 1)},
        "pooled": clean(pooled),
        "spread": clean(spread["30D"]),
        "ic": clean(ic),
        "ic_mean": float(ic.mean()), "ic_sd": float(ic.std()),
        "ic_by_year": clean(ic.groupby(ic.index.year).mean()),
        "turnover": turnover,
        "rank_autocorrelation": clean(perf.factor_rank_autocorrelation(data, period=1)),
        "count": [int(v) for v in groups.count()],
        "mean": clean(groups.mean()), "sd": clean(groups.std()),
        "min": clean(groups.min()), "max": clean(groups.max()),
        "rising": rising, "falling": falling,
    }
json.dump(result, sys.stdout, indent=1)
print()
