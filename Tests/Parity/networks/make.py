"""Writes one file for each network, weights and what PyTorch makes of them in doubles, and panel.json; with the
word `wide` the same for some networks on many rows, in files that begin with it.
"""
import numpy as np
import torch

import conditional
import factorvae
import forecasters
import judged
import kit
import sequence
import storm

PARTS = [forecasters, factorvae, conditional, sequence, judged, storm]
if kit.PANEL == "wide":
    found = [case for part in PARTS for case in part.wide()]
    for case in found:
        case["name"] = f"wide-{case['name']}"
else:
    kit.write("panel.json", dict(
        width=kit.WIDTH, train=kit.TRAIN, valid=kit.VALID, calendar=kit.CALENDAR, firms=kit.MONTHS,
        characteristics=kit.X.ravel().tolist(), returns=kit.Y.tolist(), managed=kit.MANAGED.ravel().tolist()))
    found = [case for part in PARTS for case in part.cases()]
for case in found:
    kit.write(f"{case['name']}.json", case)
    print(case["name"], [(round(s["loss"], 6), round(s["norm"], 3)) for s in case["steps"]],
          case.get("validation"))
print(torch.__version__, np.__version__)
