"""Instrumented principal components: 12 rounds of alternating least squares, K 5.

172 months of 3,000 firms, 46 characteristics and a constant (seed 6). The cross products of each
month are summed before the clock starts.
"""
import contextlib
import io
import time

import numpy as np

from timing import measure

MONTHS, FIRMS, P, K, ROUNDS = 172, 3000, 46, 5, 12


def panel(firms=FIRMS):
    rng = np.random.default_rng(6)
    z = rng.uniform(-1, 1, (MONTHS, firms, P + 1))
    z[:, :, P] = 1
    return z, rng.standard_normal((MONTHS, firms))


def ipca_als():
    z, r = panel()
    w = np.matmul(z.transpose(0, 2, 1), z) / FIRMS
    q = np.matmul(z.transpose(0, 2, 1), r[:, :, None])[:, :, 0] / FIRMS
    n = np.full(MONTHS, float(FIRMS))
    measure("numpy", lambda: rounds(w, q, n), 9)
    package()


def rounds(w, q, n):
    """As a careful user writes it: no Kronecker products, one matrix product for the normal equations."""
    months, p, _ = w.shape
    g = np.linalg.svd(q.T, full_matrices=False)[0][:, :K]
    flat = w.reshape(months, p * p)
    for _ in range(ROUNDS):
        f = np.linalg.solve(g.T @ (w @ g), (q @ g)[:, :, None])[:, :, 0]
        outer = (n[:, None, None] * f[:, :, None] * f[:, None, :]).reshape(months, K * K)
        normal = (flat.T @ outer).reshape(p, p, K, K).transpose(0, 2, 1, 3).reshape(p * K, p * K)
        normal[np.diag_indices(p * K)] += 1e-8 * np.trace(normal) / (p * K)
        right = (q.T @ (n[:, None] * f)).reshape(p * K)
        g = np.linalg.solve(normal, right).reshape(p, K)
        root = np.linalg.cholesky(g.T @ g).T
        turn = np.linalg.svd(root @ f.T @ f @ root.T)[0]
        g = np.linalg.solve(root.T, g.T).T @ turn
        f = f @ root.T @ turn
        sign = np.where(f.mean(0) < 0, -1.0, 1.0)
        g, f = g * sign, f * sign
    return g, f


def package():
    """PyPI `ipca`, 12 rounds as well; its own sums of cross products are outside the clock."""
    try:
        from ipca import InstrumentedPCA
    except ImportError:
        return
    z, r = panel()
    with contextlib.redirect_stdout(io.StringIO()):
        model = InstrumentedPCA(n_factors=K, max_iter=ROUNDS - 1, iter_tol=1e-300)
        x = z.reshape(-1, P + 1)
        indices = np.stack([np.tile(np.arange(FIRMS), MONTHS), np.repeat(np.arange(MONTHS), FIRMS)], 1)
        times = []
        inner = model._fit_ipca

        def timed(*a, **k):
            start = time.perf_counter()
            found = inner(*a, **k)
            times.append(time.perf_counter() - start)
            return found

        model._fit_ipca = timed
        for _ in range(2):
            model.fit(X=x, y=r.reshape(-1), indices=indices)
    print(f"ipca {times[-1]:.6f}", flush=True)
