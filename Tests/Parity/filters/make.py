"""Writes data.csv and expected.json: loadings that move, by statsmodels, arch and numpy.

Five series on three factors over 600 periods; the fourth series begins late and the fifth has gaps.
"""
import csv
import json

import arch
import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from arch import arch_model
from scipy.optimize import minimize
from statsmodels.regression.rolling import RollingOLS
from statsmodels.tsa.statespace.kalman_smoother import KalmanSmoother

rng = np.random.default_rng(14)
T, N, K = 600, 5, 3


def garch_path(scale):
    h, out = scale**2, []
    for _ in range(T):
        e = np.sqrt(h) * rng.standard_normal()
        out.append(e)
        h = 0.02 * scale**2 + 0.08 * e * e + 0.90 * h
    return np.array(out)


factors = np.column_stack([garch_path(0.010), garch_path(0.005), garch_path(0.006)]) + 0.0003
betas = np.array([1.0, 0.3, -0.2]) + np.cumsum(rng.normal(0, 0.01, (T, N, K)), axis=0)
y = 0.0002 + np.einsum("tnk,tk->tn", betas, factors) + rng.normal(0, 0.01, (T, N))
y[:40, 3] = np.nan
y[rng.uniform(size=T) < 0.1, 4] = np.nan
y, factors = np.round(y, 6), np.round(factors, 6)
x = np.column_stack([np.ones(T), factors])


# Rolling regressions: statsmodels, where a window has 60 values.
rolling = []
for i in range(N):
    fit = RollingOLS(y[:, i], x, window=120, min_nobs=60, expanding=True, missing="drop").fit()
    rolling.append(fit.params)

# The filter with given variances, from given loadings.
start, spread = np.array([0.0, 1.0, 0.0, 0.0]), np.diag([1e-6, 0.04, 0.2, 0.1])
R, q = 1.1e-4, np.array([0.0, 1e-4, 2e-4, 5e-5])


def smoother(series, x, R, q, start, spread, burn):
    model = KalmanSmoother(k_endog=1, k_states=4, k_posdef=4, loglikelihood_burn=burn)
    model.bind(np.ascontiguousarray(series[None, :]))
    model["design"] = x.T[None, :, :]
    model["obs_cov"] = np.array([[R]])
    model["transition"] = model["selection"] = np.eye(4)
    model["state_cov"] = np.diag(q)
    # The state of the first period is the start and one step.
    model.initialize_known(start, spread + np.diag(q))
    return model


walks = []
for i in range(N):
    result = smoother(y[:, i], x, R, q, start, spread, 60).smooth()
    walks.append(
        {
            "predicted": result.predicted_state[:, :T].T.tolist(),
            "updated": result.filtered_state.T.tolist(),
            "smoothed": result.smoothed_state.T.tolist(),
            "spread": result.filtered_state_cov[:, :, -1].tolist(),
            "logLikelihood": float(np.sum(result.llf_obs[60:])),
        }
    )

# The largest likelihood of the first 500 periods: 150 values for the start, then 60 left out.
largest = []
for i in range(3):
    ols = sm.OLS(y[:150, i], x[:150]).fit()

    def deviance(point):
        v = np.exp(point)
        late = smoother(y[150:500, i], x[150:500], v[0], np.r_[0, v[1:]], ols.params,
                        4 * ols.cov_params(), 60)
        return -np.sum(late.filter().llf_obs[60:])

    v0 = np.log(np.r_[ols.mse_resid, 1e-3 * np.diag(ols.cov_params())[1:]])
    tries = [
        minimize(deviance, v0 + np.r_[0, s, s, s], method="Nelder-Mead",
                 options={"maxiter": 6000, "maxfev": 6000, "xatol": 1e-4, "fatol": 1e-8})
        for s in (-2, 0, 3)
    ]
    largest.append(float(-min(t.fun for t in tries)))


# Variances: the recursion and likelihood of arch, with the variance targeted.
def garch(e, end):
    own = e[:end] - np.mean(e[:end])
    s = float(np.mean(own**2))
    model = arch_model(own, mean="Zero", vol="GARCH", p=1, q=1, rescale=False)
    bounds = np.tile([1e-12, 1e6], (len(own), 1)).astype(float)

    def variances(a, b):
        sigma2 = np.zeros(len(own))
        return model.volatility.compute_variance(
            np.array([(1 - a - b) * s, a, b]), own, sigma2, s, bounds)

    def deviance(point):
        total, share = 0.999 / (1 + np.exp(-point[0])), 1 / (1 + np.exp(-point[1]))
        return -model.distribution.loglikelihood(
            np.array([]), own, variances(total * share, total * (1 - share)))

    best = minimize(deviance, [np.log(0.95 / 0.049), np.log(0.05 / 0.90)], method="Nelder-Mead",
                    options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 5000})
    total, share = 0.999 / (1 + np.exp(-best.x[0])), 1 / (1 + np.exp(-best.x[1]))
    a, b = total * share, total * (1 - share)
    return {"mean": float(np.mean(e[:end])), "shock": a, "memory": b, "logLikelihood": -best.fun / end,
            "variances": variances(a, b).tolist()}


END = 500
series = [garch(factors[:, k], END) for k in range(K)] + [garch(y[:, i], END) for i in range(3)]


# Correlations: plain matrices, an asset at a time.
def full_variances(e, g):
    e = e - g["mean"]
    s = np.mean(e[:END] ** 2)
    h = [s]
    for t in range(T - 1):
        h.append((1 - g["shock"] - g["memory"]) * s + g["shock"] * e[t] ** 2 + g["memory"] * h[-1])
    return e / np.sqrt(h), np.sqrt(h)


standard = [full_variances(factors[:, k], series[k]) for k in range(K)]
standard += [full_variances(y[:, i], series[K + i]) for i in range(3)]
z = np.column_stack([s[0] for s in standard])
d = np.column_stack([s[1] for s in standard])


def dcc(i, A, B, end, paths=False):
    own = z[:, [0, 1, 2, K + i]]
    mean = own[:END].T @ own[:END]
    mean /= np.sqrt(np.outer(np.diag(mean), np.diag(mean)))
    Q, total, betas, rhos = mean.copy(), 0.0, [], []
    for t in range(end):
        ridged = Q + 1e-8 * np.eye(4)
        root = np.sqrt(np.diag(ridged))
        C = Q / np.outer(root, root)
        C[np.diag_indices(4)] = 1
        total += np.linalg.slogdet(C)[1] + own[t] @ np.linalg.inv(C) @ own[t]
        if paths:
            D = np.diag(np.r_[d[t, :3], d[t, K + i]])
            H = D @ C @ D
            betas.append(np.linalg.inv(H[:3, :3]) @ H[:3, 3])
            rhos.append(C[:3, 3])
        Q = (1 - A - B) * mean + A * np.outer(own[t], own[t]) + B * Q
    return (np.array(betas), np.array(rhos)) if paths else total


def weights(assets):
    def deviance(point):
        total, share = 0.999 / (1 + np.exp(-point[0])), 1 / (1 + np.exp(-point[1]))
        return sum(dcc(i, total * share, total * (1 - share), END) for i in assets)

    best = minimize(deviance, [np.log(0.97 / 0.029), np.log(0.02 / 0.95)], method="Nelder-Mead",
                    options={"xatol": 1e-7, "fatol": 1e-10, "maxiter": 400})
    total, share = 0.999 / (1 + np.exp(-best.x[0])), 1 / (1 + np.exp(-best.x[1]))
    return [total * share, total * (1 - share)], best.fun


shared, shared_value = weights([0, 1, 2])
own = [weights([i]) for i in range(3)]
paths = [dcc(i, *shared, T, paths=True) for i in range(3)]


def clean(value):
    if isinstance(value, np.ndarray):
        return clean(value.tolist())
    if isinstance(value, list):
        return [clean(v) for v in value]
    if isinstance(value, dict):
        return {k: clean(v) for k, v in value.items()}
    return None if isinstance(value, float) and np.isnan(value) else value


with open("data.csv", "w", newline="") as f:
    out = csv.writer(f, lineterminator="\n")
    out.writerow([f"y{i}" for i in range(N)] + [f"f{k}" for k in range(K)])
    for t in range(T):
        out.writerow(["" if np.isnan(v) else repr(float(v)) for v in y[t]] + [repr(float(v)) for v in factors[t]])
# Every twentieth period is enough to tell.
some = list(range(0, T, 20))
with open("expected.json", "w") as f:
    json.dump(
        clean(
            {
                "rolling": [p[119::60] for p in rolling],
                "walks": [
                    {k: (np.array(v)[some] if k in ("predicted", "updated", "smoothed") else v) for k, v in w.items()}
                    for w in walks
                ],
                "largest": largest,
                "garch": [{k: (v[::20] if k == "variances" else v) for k, v in s.items()} for s in series],
                "sharedWeights": shared,
                "sharedDeviance": float(shared_value),
                "ownWeights": [w for w, _ in own],
                "ownDeviances": [float(v) for _, v in own],
                "betas": [p[0][some] for p in paths],
                "correlations": [p[1][some] for p in paths],
            }
        ),
        f,
    )
print(np.__version__, scipy.__version__, statsmodels.__version__, arch.__version__)
