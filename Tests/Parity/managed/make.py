"""Writes data.csv and expected.csv: managed portfolio returns and rank correlations, month by month.

The portfolios are numpy's least-squares slopes of returns on characteristics and a constant; the rank
correlation is scipy's, of the first characteristic (with its ties) and the return.
"""
import csv

import numpy as np
import scipy
from scipy.stats import spearmanr

rng = np.random.default_rng(8)
COUNT = 4
data, expected = [], []
for month in range(6):
    firms = int(rng.integers(12, 40))
    # Numbers that a float holds exactly; one decimal in the first column makes ties.
    z = np.round(rng.uniform(-1, 1, (firms, COUNT)) * 1024) / 1024
    z[:, 0] = np.round(z[:, 0] * 8) / 8
    r = z @ rng.normal(0, 0.03, COUNT) + np.round(rng.standard_t(4, firms) * 0.1, 2)
    data += [[month, i, *map(float, z[i]), float(r[i])] for i in range(firms)]
    slopes = np.linalg.lstsq(np.column_stack([z, np.ones(firms)]), r, rcond=None)[0]
    # Returns are missing for the correlation where the second characteristic is high.
    known = z[:, 1] < 0.7
    expected.append([month, *map(float, slopes), float(spearmanr(z[known, 0], r[known])[0])])

with open("data.csv", "w", newline="") as f:
    out = csv.writer(f, lineterminator="\n")
    out.writerow(["month", "firm"] + [f"c{j}" for j in range(1, COUNT + 1)] + ["ret"])
    out.writerows(data)
with open("expected.csv", "w", newline="") as f:
    out = csv.writer(f, lineterminator="\n")
    out.writerow(["month"] + [f"x{j}" for j in range(1, COUNT + 2)] + ["spearman"])
    out.writerows(expected)
print(np.__version__, scipy.__version__)
