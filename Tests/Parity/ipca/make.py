"""Writes data.csv and expected.csv: an unbalanced panel, and what the package `ipca` makes of it.

python3 -m venv v && v/bin/pip install ipca pandas && v/bin/python make.py
"""
import contextlib
import io
import os

import numpy as np
from ipca import InstrumentedPCA

HERE = os.path.dirname(os.path.abspath(__file__))
FIRMS, MONTHS, P = 20, 24, 4


def panel():
    rng = np.random.default_rng(7)
    rows = []
    # The loadings of three factors that differ in size, so that the rotation is well determined.
    f = rng.normal([0.05, 0.02, -0.01], [0.2, 0.1, 0.05], (MONTHS, 3))
    for t in range(MONTHS):
        for i in range(FIRMS):
            if rng.uniform() < 0.2:
                continue
            # Values that single precision holds, so that both sides read the same numbers.
            z = np.round(rng.uniform(-1, 1, P) * 1024) / 1024
            beta = np.array([z[0], z[1] + 0.5, z[2]])
            rows.append([t, i, *z, round(beta @ f[t] + 0.05 * rng.standard_normal(), 9)])
    return np.array(rows)


def observed(rows):
    """The equal-weighted mean return of each month."""
    return np.array([[rows[rows[:, 0] == t, -1].mean() for t in range(MONTHS)]])


def estimate(rows, k, intercept=False, factors=None):
    z = np.column_stack([rows[:, 2:-1], np.ones(len(rows))])
    indices = np.column_stack([rows[:, 1], rows[:, 0]]).astype(int)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        model = InstrumentedPCA(n_factors=k, intercept=intercept, max_iter=20_000, iter_tol=1e-12)
        model.fit(X=z, y=rows[:, -1], indices=indices, PSF=factors)
    gamma, found = np.asarray(model.Gamma), np.asarray(model.Factors)
    # Fits do not depend on how alpha and the rotation are fixed.
    fits = np.einsum("rp,pk,rk->r", z, gamma, found[:, indices[:, 1]].T)
    return gamma, found, fits


def main():
    rows = panel()
    header = "month,firm," + ",".join(f"c{j + 1}" for j in range(P)) + ",ret"
    with open(os.path.join(HERE, "data.csv"), "w") as file:
        print(header, file=file)
        for row in rows:
            print(f"{int(row[0])},{int(row[1])}," + ",".join(repr(float(x)) for x in row[2:]), file=file)
    cases = {
        "k1": estimate(rows, 1), "k2": estimate(rows, 2), "k3": estimate(rows, 3),
        "alpha": estimate(rows, 2, intercept=True),
        # The package counts observed factors among its `n_factors`: this is one latent factor.
        "market": estimate(rows, 2, factors=observed(rows)),
    }
    with open(os.path.join(HERE, "expected.csv"), "w") as file:
        print("case,kind,row,column,value", file=file)
        for name, (gamma, factors, fits) in cases.items():
            # With observed factors only fits are compared: the package leaves G_alpha as it comes.
            if name.startswith("k"):
                for (a, k), value in np.ndenumerate(gamma):
                    print(f"{name},gamma,{a},{k},{float(value)!r}", file=file)
                for (k, t), value in np.ndenumerate(factors):
                    print(f"{name},factor,{t},{k},{float(value)!r}", file=file)
            for row, value in enumerate(fits):
                print(f"{name},fit,{row},0,{float(value)!r}", file=file)


main()
