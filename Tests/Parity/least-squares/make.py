"""Writes data.csv and expected.csv: slopes and standard errors by numpy in extended precision."""
import csv
import numpy as np

rng = np.random.default_rng(7)
n = 60
x1 = rng.normal(0, 1, n)
x2 = 1000 + rng.normal(0, 1, n)
x3 = 1e-6 * (x1 + 0.01 * rng.normal(0, 1, n))
y = 0.3 + 2 * x1 - 0.5 * x2 + 1e5 * x3 + rng.normal(0, 0.2, n)
X = np.column_stack([np.ones(n), x1, x2, x3])


def solve(a, b):
    """Gaussian elimination with partial pivoting in long doubles."""
    a = np.column_stack([a, b]).astype(np.longdouble)
    m = len(a)
    for k in range(m):
        p = k + np.argmax(np.abs(a[k:, k]))
        a[[k, p]] = a[[p, k]]
        for i in range(m):
            if i != k:
                a[i] -= a[k] * (a[i, k] / a[k, k])
    return a[:, m:] / np.diag(a)[:, None]


XL, yL = X.astype(np.longdouble), y.astype(np.longdouble)
inverse = solve(XL.T @ XL, np.eye(4))
beta = (inverse @ (XL.T @ yL)).ravel()
beta += (inverse @ (XL.T @ (yL - XL @ beta))).ravel()
residual = yL - XL @ beta
se = np.sqrt(np.diag(inverse) * (residual @ residual) / (n - 4))

with open("data.csv", "w", newline="") as f:
    out = csv.writer(f, lineterminator="\n")
    out.writerow(["y", "x1", "x2", "x3"])
    for row in zip(y, x1, x2, x3):
        out.writerow([repr(float(v)) for v in row])
with open("expected.csv", "w", newline="") as f:
    out = csv.writer(f, lineterminator="\n")
    out.writerow(["coefficient", "standard_error"])
    for b, s in zip(beta, se):
        out.writerow([repr(float(b)), repr(float(s))])
