# Makes the small panels of this folder. Versions: see NOTE.md.
import datetime as dt

import duckdb
import pandas
import pyreadstat

days = [dt.date(2004, 1, 30), dt.date(2004, 2, 27)]
panel = pandas.DataFrame(
    {
        "permno": [10107, 10107, 14593, 14593],
        "date": [days[0], days[1], days[0], days[1]],
        "ret": [0.5, -0.25, float("nan"), 0.125],
        "size": [1.25, 2.0, 3.5, -1000.3],
        "sector": ["Tech", "Tech", "", "Oil & Gas"],
    }
)

tagged = panel.assign(ret=pandas.Series([0.5, "a", "c", 0.125], dtype=object))
pyreadstat.write_dta(
    tagged, "panel.dta", missing_user_values={"ret": ["a", "c"]},
    column_labels={"ret": "return of the month"}, version=14,
)
pyreadstat.write_xport(panel, "panel.xpt", table_name="PANEL", file_format_version=8)

engine = duckdb.connect()
engine.execute(
    """create table panel as select * from (values
      (date '2004-01-30', 10107, 0.5::double, 1.25::float, 'Tech', [1, 2]),
      (date '2004-02-27', 10107, -0.25, 2.0, 'Tech', [1]),
      (date '2004-01-30', 14593, null, 3.5, null, null),
      (date '2004-02-27', 14593, 0.125, -1000.3, 'Oil & Gas', []))
      rows(date, permno, ret, size, sector, tags)"""
)
engine.execute("copy panel to 'panel.parquet' (format parquet)")
