"""Alphas of published IPCA factors on five factors, by statsmodels: python3 make.py FOLDER > expected.csv

FOLDER is that of the shared data, from which the series are read; only what comes out is kept.
"""
import sys

import pandas as pd
import statsmodels.api as sm

folder = sys.argv[1]
factors = pd.read_csv(f"{folder}/anomaly-portfolios/ipca_1981_2020.csv")
factors.index = pd.to_datetime(factors.pop("Dates")).dt.to_period("M")
lines = open(f"{folder}/french/F-F_Research_Data_5_Factors_2x3.csv", encoding="latin1").read().splitlines()
start = next(k for k, line in enumerate(lines) if line.startswith(",")) + 1
rows = []
for line in lines[start:]:
    fields = [field.strip() for field in line.split(",")]
    if len(fields) < 6 or len(fields[0]) != 6:
        break
    rows.append(fields)
five = pd.DataFrame(rows, columns=["month", "mkt", "smb", "hml", "rmw", "cma", "rf"])
five.index = pd.PeriodIndex(five["month"].str[:4] + "-" + five["month"].str[4:], freq="M")
five = five.drop(columns="month").astype(float) / 100
both = factors.join(five, how="inner")
x = sm.add_constant(both[["mkt", "smb", "hml", "rmw", "cma"]])
print("factor,mean,alpha,t,r2")
for name in factors:
    fit = sm.OLS(both[name], x).fit(cov_type="HAC", cov_kwds={"maxlags": 6})
    print(f"{name},{both[name].mean()!r},{fit.params['const']!r},{fit.tvalues['const']!r},{fit.rsquared!r}".replace("np.float64(", "").replace(")", ""))
