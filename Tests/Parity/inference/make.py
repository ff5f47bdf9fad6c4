"""Numbers of regressions that fq is compared with: `python3 make.py` writes data.csv, panel.csv and expected.json.

Needs numpy, scipy, statsmodels, linearmodels and, for the errors of R's sandwich, Rscript with that package.
"""
import json
import subprocess

import numpy as np
import pandas as pd
import statsmodels.api as sm
from linearmodels.panel import FamaMacBeth, PanelOLS
from scipy import stats

rng = np.random.default_rng(20261127)
T, N, K = 180, 5, 3


def ar(rho, size):
    path = np.zeros((T, size))
    shocks = rng.standard_t(6, (T, size))
    for t in range(1, T):
        path[t] = rho * path[t - 1] + shocks[t]
    return path


factors = 0.005 + 0.03 * ar(0.2, K)
loadings = rng.normal(0.8, 0.4, (K, N))
portfolios = 0.001 * np.arange(N) + factors @ loadings + 0.02 * ar(0.4, N)
data = pd.DataFrame(
    np.round(np.hstack([factors, portfolios]), 6),
    columns=[f"f{k}" for k in range(K)] + [f"y{n}" for n in range(N)])
data.to_csv("data.csv", index=False)

x = sm.add_constant(data[["f0", "f1", "f2"]])
expected = {"regressions": {}}
for n in range(N):
    y = data[f"y{n}"]
    plain = sm.OLS(y, x).fit()
    row = {"coef": plain.params.tolist(), "r2": plain.rsquared, "adjusted": plain.rsquared_adj,
           "ols": plain.bse.tolist(), "p": plain.pvalues.tolist(),
           "white": sm.OLS(y, x).fit(cov_type="HC1").bse.tolist()}
    for lags in (0, 4, 12):
        robust = sm.OLS(y, x).fit(cov_type="HAC", cov_kwds={"maxlags": lags})
        row[f"nw{lags}"] = robust.bse.tolist()
    expected["regressions"][f"y{n}"] = row

script = """
suppressMessages(library(sandwich))
d <- read.csv("data.csv")
for (n in 0:4) {
  m <- lm(as.formula(paste0("y", n, " ~ f0 + f1 + f2")), d)
  cat(n, floor(bwNeweyWest(m)), format(sqrt(diag(NeweyWest(m))), digits = 17), "\n")
}
m <- lm(y0 ~ 1, d)
cat("mean", floor(bwNeweyWest(m)), format(sqrt(diag(NeweyWest(m))), digits = 17), "\n")
"""
lines = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=True).stdout
for line in lines.splitlines():
    name, lags, *errors = line.split()
    key = "mean" if name == "mean" else f"y{name}"
    expected["regressions"].setdefault(key, {})["r"] = [float(e) for e in errors]
    expected["regressions"][key]["r_lags"] = int(lags)

# Gibbons, Ross and Shanken from their formula, by numpy.
e = np.column_stack([sm.OLS(data[f"y{n}"], x).fit().resid for n in range(N)])
alpha = np.array([sm.OLS(data[f"y{n}"], x).fit().params["const"] for n in range(N)])
f = data[["f0", "f1", "f2"]].to_numpy()
m, v = f.mean(0), np.cov(f.T, bias=True)
grs = (T - N - K) / N * (alpha @ np.linalg.solve(e.T @ e / T, alpha)) / (1 + m @ np.linalg.solve(v, m))
expected["grs"] = {"statistic": grs, "p": stats.f.sf(grs, N, T - N - K)}

# A panel with gaps: two firms of forty leave, some characteristics are missing.
rows = []
for t in range(60):
    for i in range(40 if t % 7 else 36):
        a, b = rng.uniform(-1, 1, 2)
        rows.append((t, i, 0.004 + 0.01 * a - 0.006 * b + 0.08 * rng.standard_normal(), a, b))
panel = pd.DataFrame(rows, columns=["t", "firm", "ret", "a", "b"]).round(6)
panel.to_csv("panel.csv", index=False)
indexed = panel.set_index(["firm", "t"])
model = FamaMacBeth(indexed.ret, sm.add_constant(indexed[["a", "b"]]))
fit = model.fit(cov_type="kernel", kernel="bartlett", bandwidth=3, debiased=False)
plain = model.fit(debiased=False)
expected["fama_macbeth"] = {
    "slopes": fit.params.tolist(), "nw3": fit.std_errors.tolist(), "plain": plain.std_errors.tolist()}

# Tails, by scipy.
expected["tails"] = {
    "student": [[t, d, 2 * stats.t.sf(t, d)] for t in (0.0, 0.3, 1.96, 5.0, 40.0) for d in (1, 3, 30, 500)],
    "fisher": [[f, a, b, stats.f.sf(f, a, b)] for f in (0.2, 1.0, 3.5, 30.0)
               for a, b in ((1, 10), (5, 172), (25, 400))],
    "chi": [[x, d, stats.chi2.sf(x, d)] for x in (0.1, 2.0, 15.0, 90.0) for d in (1, 5, 40)],
    "normal": [[z, 2 * stats.norm.sf(z)] for z in (0.0, 1.0, 1.96, 8.0, 20.0)],
}
# The same rows pooled: weights, effects as dummies, clusters; and effects taken out by linearmodels.
dense = panel.dropna().reset_index(drop=True)
weight = 1 + (dense["firm"] * 7 + dense["t"] * 3) % 5
regressors = sm.add_constant(dense[["a", "b"]])
pooled = {}


def errors(name, model, count=3, **kind):
    fit = model.fit(**kind)
    pooled[name] = {"coef": fit.params.tolist()[:count], "se": fit.bse.tolist()[:count]}


errors("ols", sm.WLS(dense["ret"], regressors, weight))
errors("white", sm.WLS(dense["ret"], regressors, weight), cov_type="HC1")
errors("firm", sm.WLS(dense["ret"], regressors, weight), cov_type="cluster", cov_kwds={"groups": dense["firm"]})
both = dense[["firm", "t"]].to_numpy()
errors("both", sm.OLS(dense["ret"], regressors), cov_type="cluster", cov_kwds={"groups": both})
dummies = [pd.get_dummies(dense[k], prefix=k, drop_first=True).astype(float) for k in ("firm", "t")]
wide = pd.concat([dense[["a", "b"]], *dummies], axis=1).assign(constant=1.0)
errors("effects ols", sm.OLS(dense["ret"], wide), count=2)
errors("effects white", sm.OLS(dense["ret"], wide), count=2, cov_type="HC1")
one = pd.concat([dense[["a", "b"]], dummies[0]], axis=1).assign(constant=1.0)
errors("weighted effects", sm.WLS(dense["ret"], one, weight), count=2)
inner = PanelOLS(dense.set_index(["firm", "t"])["ret"], dense.set_index(["firm", "t"])[["a", "b"]], entity_effects=True)
fit = inner.fit(cov_type="clustered", cluster_entity=True, debiased=False)
# Its errors without the small-sample factor; G and n say what it is.
pooled["effects firm"] = {
    "coef": fit.params.tolist(), "se": fit.std_errors.tolist(), "groups": int(dense["firm"].nunique()), "rows": len(dense)}
expected["pooled"] = pooled

with open("expected.json", "w") as out:
    json.dump(expected, out, indent=1)
