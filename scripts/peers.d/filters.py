"""Rolling regressions, Kalman's filter and DCC-GARCH: 1,750 days of 100 stocks on three factors (seed 7).

The loops that a user would write are compiled by numba; statsmodels and arch do the same as they come.
"""
import numpy as np
from numba import njit

from timing import measure

DAYS, STOCKS, FACTORS, WINDOW = 1750, 100, 3, 750


def data():
    rng = np.random.default_rng(7)
    f = 0.01 * rng.standard_normal((DAYS, FACTORS))
    y = f @ np.array([1, 0.3, -0.2])[:, None] + 0.014 * rng.standard_normal((DAYS, STOCKS))
    return f, y


@njit
def rolling(x, y, window, step, least):
    days, n = x.shape
    out = np.full((days // step, y.shape[1], n), np.nan)
    gram = np.zeros((n, n))
    moments = np.zeros((n, y.shape[1]))
    for t in range(days):
        for i in range(n):
            for j in range(n):
                gram[i, j] += x[t, i] * x[t, j]
                if t >= window:
                    gram[i, j] -= x[t - window, i] * x[t - window, j]
            for s in range(y.shape[1]):
                moments[i, s] += x[t, i] * y[t, s]
                if t >= window:
                    moments[i, s] -= x[t - window, i] * y[t - window, s]
        if (t + 1) % step == 0 and min(t + 1, window) >= least:
            out[(t + 1) // step - 1] = np.linalg.solve(gram, moments).T
    return out


def rolling_peers(step, runs):
    f, y = data()
    x = np.column_stack([np.ones(DAYS), f])
    measure("numba", lambda: rolling(x, y, WINDOW, step, 250), 20, compiles=True)
    from statsmodels.regression.rolling import RollingOLS

    measure("statsmodels", lambda: [RollingOLS(y[:, i], x, WINDOW, min_nobs=250, expanding=True).fit(params_only=True)
                                    for i in range(STOCKS)], runs)


def rolling_ols():
    rolling_peers(1, 1)


def rolling_ols_monthly():
    rolling_peers(21, 1)


@njit(fastmath=True)
def walk(x, y, b, p, q, r):
    days, n = x.shape
    total = 0.0
    g, k, m = np.empty(n), np.empty(n), np.empty((n, n))
    for t in range(days):
        s, fit = r, 0.0
        for i in range(n):
            p[i, i] += q[i]
        for i in range(n):
            g[i] = 0.0
            for j in range(n):
                g[i] += p[i, j] * x[t, j]
            s += g[i] * x[t, i]
            fit += b[i] * x[t, i]
        v = y[t] - fit
        if t >= 60:
            total -= 0.5 * (np.log(2 * np.pi * s) + v * v / s)
        for i in range(n):
            k[i] = g[i] / s
            b[i] += k[i] * v
        for i in range(n):
            h = 0.0
            for j in range(n):
                m[i, j] = p[i, j] - k[i] * g[j]
                h += m[i, j] * x[t, j]
            for j in range(n):
                p[i, j] = m[i, j] + (k[i] * r - h) * k[j]
    return total


@njit
def walks(x, y):
    out = np.empty(y.shape[1])
    for i in range(y.shape[1]):
        b, p = np.array([0.0, 1, 0, 0]), np.diag(np.array([1e-6, 0.04, 0.2, 0.2]))
        out[i] = walk(x, np.ascontiguousarray(y[:, i]), b, p, np.array([0, 1e-5, 1e-4, 1e-4]), 2e-4)
    return out


def kalman():
    f, y = data()
    x = np.column_stack([np.ones(DAYS), f])
    measure("numba", lambda: walks(x, y), 20, compiles=True)
    from statsmodels.tsa.statespace.kalman_filter import KalmanFilter

    def one(series):
        model = KalmanFilter(k_endog=1, k_states=4, k_posdef=4, loglikelihood_burn=60)
        model.bind(np.ascontiguousarray(series[None, :]))
        model["design"], model["obs_cov"] = x.T[None, :, :], np.array([[2e-4]])
        model["transition"] = model["selection"] = np.eye(4)
        model["state_cov"] = np.diag([0, 1e-5, 1e-4, 1e-4])
        model.initialize_known(np.array([0.0, 1, 0, 0]), np.diag([1e-6, 0.04, 0.2, 0.2]))
        return model.loglike()

    measure("statsmodels", lambda: [one(y[:, i]) for i in range(STOCKS)], 2)


@njit(fastmath=True)
def garch_path(e, a, b, h):
    s = np.mean(e * e)
    value, total = s, 0.0
    for t in range(len(e)):
        h[t] = value
        total += np.log(value) + e[t] * e[t] / value
        value = (1 - a - b) * s + a * e[t] * e[t] + b * value
    return total


@njit(fastmath=True)
def correlations(z, mean, a, b):
    days, n = z.shape
    q, l, w = mean.copy(), np.zeros((n, n)), np.empty(n)
    total = 0.0
    for t in range(days):
        for i in range(n):
            value = z[t, i]
            pivot = 1.0
            for j in range(i):
                c = q[i, j] / np.sqrt((q[i, i] + 1e-8) * (q[j, j] + 1e-8))
                for m in range(j):
                    c -= l[i, m] * l[j, m]
                l[i, j] = c / l[j, j]
                pivot -= l[i, j] * l[i, j]
                value -= l[i, j] * w[j]
            l[i, i] = np.sqrt(pivot)
            w[i] = value / l[i, i]
            total += w[i] * w[i] + np.log(pivot)
        for i in range(n):
            for j in range(i + 1):
                q[i, j] = (1 - a - b) * mean[i, j] + a * z[t, i] * z[t, j] + b * q[i, j]
    return total


@njit
def limited(point):
    total, share = 0.999 / (1 + np.exp(-point[0])), 1 / (1 + np.exp(-point[1]))
    return total * share, total * (1 - share)


@njit
def search(kind, data, mean, start, evaluations):
    """Nelder and Mead in two dimensions, twice, as fq does it."""
    h = np.empty(len(data))
    best, least = start.copy(), np.inf

    def value(point):
        a, b = limited(point)
        return garch_path(data[:, 0], a, b, h) if kind == 0 else correlations(data, mean, a, b)

    for again in range(2):
        points = np.empty((3, 2))
        values = np.empty(3)
        for i in range(3):
            points[i] = best
            if i > 0:
                points[i, i - 1] += 0.7
            values[i] = value(points[i])
        for _ in range(evaluations):
            order = np.argsort(values)
            points, values = points[order], values[order]
            if values[2] - values[0] <= 1e-10 * (abs(values[0]) + 1e-10):
                break
            middle = (points[0] + points[1]) / 2
            tried = 2 * middle - points[2]
            found = value(tried)
            if found < values[0]:
                further = 3 * middle - 2 * points[2]
                beyond = value(further)
                if beyond < found:
                    points[2], values[2] = further, beyond
                else:
                    points[2], values[2] = tried, found
            elif found < values[1]:
                points[2], values[2] = tried, found
            else:
                nearer = middle + (0.5 if found < values[2] else -0.5) * (middle - points[2])
                inner = value(nearer)
                if inner < min(found, values[2]):
                    points[2], values[2] = nearer, inner
                else:
                    for i in range(1, 3):
                        points[i] = (points[0] + points[i]) / 2
                        values[i] = value(points[i])
        i = np.argmin(values)
        if values[i] < least:
            best, least = points[i].copy(), values[i]
    return best, least


def logits(a, b):
    return np.array([np.log((a + b) / (0.999 - a - b)), np.log(a / b)])


def dcc(variances):
    f, y = data()
    all_shocks = variances(np.column_stack([f, y]))
    result = []
    for i in range(STOCKS):
        z = np.ascontiguousarray(all_shocks[:, [0, 1, 2, FACTORS + i]])
        mean = z.T @ z
        mean /= np.sqrt(np.outer(np.diag(mean), np.diag(mean)))
        starts = [(0.02, 0.95), (0.005, 0.88), (0.05, 0.85)]
        values = [correlations(z, mean, a, b) for a, b in starts]
        result.append(search(1, z, mean, logits(*starts[int(np.argmin(values))]), 300)[1])
    return result


def numba_variances(series):
    shocks = np.empty_like(series)
    for i in range(series.shape[1]):
        e = series[:, i] - series[:, i].mean()
        h = np.empty(len(e))
        best, _ = search(0, np.ascontiguousarray(e[:, None]), np.zeros((1, 1)), logits(0.05, 0.90), 300)
        garch_path(e, *limited(best), h)
        shocks[:, i] = e / np.sqrt(h)
    return shocks


def arch_variances(series):
    from arch import arch_model

    shocks = np.empty_like(series)
    for i in range(series.shape[1]):
        fit = arch_model(100 * series[:, i], vol="GARCH", p=1, q=1, rescale=False).fit(disp="off")
        shocks[:, i] = fit.resid / fit.conditional_volatility
    return shocks


def dcc_garch():
    measure("numba", lambda: dcc(numba_variances), 3, compiles=True)
    measure("arch", lambda: dcc(arch_variances), 1)
