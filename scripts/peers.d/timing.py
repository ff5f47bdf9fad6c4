"""How peers are timed and reported.

A line is `name median [fastest slowest]` in seconds, `name.compile seconds` for what the first call
takes beyond a later one, `name.bytes count` for memory, or `name.check number` for what was computed.
"""
import statistics
import sys
import time

threads = int(sys.argv[2]) if len(sys.argv) > 2 else 1
# Passes over the data of a whole fit: as many as fq made.
epochs = int(sys.argv[3]) if len(sys.argv) > 3 else 10


def timed(body):
    start = time.perf_counter()
    body()
    return time.perf_counter() - start


def measure(name, body, runs=5, warm=1, compiles=False):
    """Times a body after calls that are not counted, and prints what it took."""
    first = timed(body) if warm else 0.0
    for _ in range(warm - 1):
        body()
    began, used = time.perf_counter(), time.process_time()
    seconds = [timed(body) for _ in range(runs)]
    share = (time.process_time() - used) / (time.perf_counter() - began)
    if share > threads * 1.15:
        print(f"{name} used {share:.2f} cores, {threads} allowed", file=sys.stderr)
    median = statistics.median(seconds)
    print(f"{name} {median:.6f} {min(seconds):.6f} {max(seconds):.6f}", flush=True)
    if compiles:
        report_compile(name, max(0.0, first - median))
    return median


def report_compile(name, seconds):
    print(f"{name}.compile {seconds:.3f}", flush=True)


def report_bytes(name, count):
    print(f"{name}.bytes {count}", flush=True)


def report_check(name, number):
    print(f"{name}.check {number!r}", flush=True)
