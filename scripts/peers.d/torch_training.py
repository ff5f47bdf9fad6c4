"""Epochs of Adam in PyTorch, eager and through torch.compile."""
import shutil
import sys
import warnings

import torch

from timing import measure, threads

torch.set_num_threads(threads)
warnings.simplefilter("ignore", FutureWarning)


def epoch_of(parameters, loss, batches, carry, rate, clip):
    optimizer = torch.optim.Adam(parameters, lr=rate, fused=True)

    def epoch():
        state = carry
        for batch in batches():
            optimizer.zero_grad(set_to_none=True)
            value, state = loss(state, *batch)
            value.backward()
            if clip:
                torch.nn.utils.clip_grad_norm_(parameters, clip)
            optimizer.step()
            state = tuple(s.detach() for s in state)

    return epoch


def train(make, batches, carry=(), rate=1e-3, clip=None, runs=3, warm=1, once=False):
    """Times epochs of a fresh model: `make()` gives its parameters and `loss(carry, *batch)`.

    `batches()` gives the batches of an epoch; what a loss carries on gets no gradient.
    """
    torch.manual_seed(3)
    parameters, loss = make()
    epoch = epoch_of(parameters, loss, batches, carry, rate, clip)
    if once:
        return epoch()
    measure("pytorch", epoch, runs, warm)
    # Inductor compiles C++.
    if not shutil.which("g++"):
        return
    parameters, loss = make()
    epoch = epoch_of(parameters, torch.compile(loss), batches, carry, rate, clip)
    try:
        measure("pytorch_compiled", epoch, runs, warm, compiles=True)
    except Exception as error:
        print(f"torch.compile: {type(error).__name__}: {error}", file=sys.stderr)


def rows_of(blocks, *arrays):
    """A generator of the batches of an epoch: one slice of each array for each block of rows."""
    return lambda: (tuple(x[a:b] for x in arrays) for a, b in blocks)
