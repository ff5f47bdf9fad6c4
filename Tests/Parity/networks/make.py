"""Writes panel.json and one file for each network: weights, and what PyTorch makes of them in doubles."""
import numpy as np
import torch

import conditional
import factorvae
import forecasters
import kit

kit.write("panel.json", dict(
    width=kit.WIDTH, train=kit.TRAIN, valid=kit.VALID, calendar=kit.CALENDAR, firms=kit.MONTHS,
    characteristics=kit.X.ravel().tolist(), returns=kit.Y.tolist(), managed=kit.MANAGED.ravel().tolist()))
for case in forecasters.cases() + factorvae.cases() + conditional.cases():
    kit.write(f"{case['name']}.json", case)
    print(case["name"], [(round(s["loss"], 6), round(s["norm"], 3)) for s in case["steps"]],
          case.get("validation"))
print(torch.__version__, np.__version__)
