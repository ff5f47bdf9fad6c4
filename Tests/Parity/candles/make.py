"""Pages of simulated hourly candles, as an exchange answers: newest first, numbers as texts, the last one open.

Two assets in calm (sd 1 % an hour, correlation .7) and stress (3 %, .9); the regime flips with probability .02.
Run from the root of the project: python3 Tests/Parity/candles/make.py
"""
import json
import math
import random

HOUR, START, COUNT, PAGE = 3_600_000, 1_704_067_200_000, 500, 300
random.seed(20260811)
regime, closes = 0, {"ALPHAUSDT": 40_000.0, "BETAUSDT": 2_000.0}
candles = {name: [] for name in closes}
for t in range(COUNT):
    if t and random.random() < 0.02:
        regime = 1 - regime
    sd, rho, mean = ((0.01, 0.7, 0.0001), (0.03, 0.9, -0.0005))[regime]
    common = random.gauss(0, 1)
    for name in closes:
        move = mean + sd * (math.sqrt(rho) * common + math.sqrt(1 - rho) * random.gauss(0, 1))
        before, after = closes[name], closes[name] * math.exp(move)
        spread = 0.3 * sd * abs(random.gauss(0, 1))
        high, low = max(before, after) * (1 + spread), min(before, after) * (1 - spread)
        volume = random.lognormvariate(6, 0.5)
        row = [before, high, low, after, volume, volume * (before + after) / 2]
        candles[name].append([str(START + t * HOUR)] + [f"{x:.2f}" for x in row])
        closes[name] = float(f"{after:.2f}")
# BETAUSDT was not traded for an hour.
del candles["BETAUSDT"][137]
answered = START + (COUNT - 1) * HOUR + HOUR // 2
for name, rows in candles.items():
    for number, first in enumerate(range(0, len(rows), PAGE)):
        page = rows[max(0, first - 1):first + PAGE][::-1]
        reply = {
            "retCode": 0, "retMsg": "OK",
            "result": {"category": "linear", "symbol": name, "list": page}, "time": answered}
        with open(f"examples/data/candles/{name}_{number + 1}.json", "w") as file:
            file.write(json.dumps(reply, separators=(",", ":")).replace("],[", "],\n[") + "\n")
