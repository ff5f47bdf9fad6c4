"""Tail probabilities to fifty digits, rounded to doubles: python3 make.py writes tails.csv. Needs mpmath."""
import random

from mpmath import betainc, erfc, gammainc, mp, mpf, sqrt

mp.dps = 50
random.seed(20261127)


def double(x):
    return repr(float(x))


def student(t, n):
    return betainc(n / 2, mpf(1) / 2, 0, n / (n + t * t), regularized=True)


def fisher(f, a, b):
    return betainc(b / 2, a / 2, 0, b / (b + a * f), regularized=True)


def chi(x, n):
    return gammainc(n / 2, x / 2, regularized=True)


with open("tails.csv", "w") as out:
    out.write("kind,x,a,b,p\n")
    for _ in range(2500):
        z = mpf(random.choice([random.uniform(0, 4), random.uniform(0, 37)]))
        out.write(f"normal,{double(z)},0,0,{double(erfc(mpf(float(z)) / sqrt(2)))}\n")
        t, n = float(random.choice([random.uniform(0, 5), random.uniform(0, 60)])), random.choice([1, 2, 3, 5, 8, 17, 30, 99, 500, 2364])
        out.write(f"student,{t!r},{n},0,{double(student(mpf(t), mpf(n)))}\n")
        f, a, b = random.uniform(0, random.choice([3, 40])), random.choice([1, 2, 5, 10, 25, 100]), random.choice([3, 10, 60, 172, 470])
        out.write(f"fisher,{f!r},{a},{b},{double(fisher(mpf(f), mpf(a), mpf(b)))}\n")
        n = random.choice([1, 2, 3, 5, 10, 40, 150])
        x = random.uniform(0, random.choice([2 * n, 10 * n]))
        out.write(f"chi,{x!r},{n},0,{double(chi(mpf(x), mpf(n)))}\n")
