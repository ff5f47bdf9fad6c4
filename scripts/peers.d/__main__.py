"""What a user would write today for each workload of `fq bench`, with the same shapes.

Called as `python scripts/peers.d WORKLOAD THREADS [EPOCHS]`; a workload without peers prints nothing.
"""
import importlib
import os
import sys

topics = {
    "language": "startup closure_call comprehension string_building record_access",
    "tables": "csv csv_large csv_large_two column_expression rank_normalize",
    "portfolios": "managed_portfolios decile_sort",
    "panels": "winsorize lag merge fama_macbeth parquet",
    "instrumented": "ipca_als",
    "autoencoder": "ca2_epoch",
    "neural": "nn4_epoch",
    "recurrent": "cvra_epoch fit_memory",
    "sequences": "lstm_window lstm_window_month lstm_scan",
    "attention": "alstm_epoch",
    "factor_vae": "duan_epoch duan_extractor",
    "storm": "storm_epoch",
    "filters": "rolling_ols rolling_ols_monthly kalman dcc_garch",
    "series": "rvrae233_fit",
    "judged": "factorvae_tc factorvae_tc_literal",
    "zoo": "zoo_nn4 zoo_ca2 zoo_factorvae zoo_alstm zoo_cvra",
}

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
for topic, names in topics.items():
    if sys.argv[1] in names.split():
        getattr(importlib.import_module(topic), sys.argv[1])()
