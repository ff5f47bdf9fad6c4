"""Epochs of Adam in JAX: one compiled scan over the batches of an epoch."""
import jax
import jax.numpy as jnp
import optax

from timing import measure, report_compile, timed


def train(
        loss, params, batches, carry=(), constants=(), rate=1e-3, clip=None, runs=3, warm=1,
        once=False):
    """Times epochs; `loss(params, carry, *batch, *constants)` gives the loss and what it carries."""
    optimizer = optax.adam(rate)
    if clip:
        optimizer = optax.chain(optax.clip_by_global_norm(clip), optimizer)
    params, batches, start, constants = jax.tree.map(
        jnp.asarray, (params, batches, carry, constants))

    @jax.jit
    def epoch(params, state, batches, constants):
        def step(kept, batch):
            params, state, carry = kept
            (value, carry), grad = jax.value_and_grad(loss, has_aux=True)(
                params, carry, *batch, *constants)
            updates, state = optimizer.update(grad, state)
            return (optax.apply_updates(params, updates), state, carry), value

        return jax.lax.scan(step, (params, state, start), batches)

    given = (params, optimizer.init(params), batches, constants)
    built = []
    seconds = timed(lambda: built.append(epoch.lower(*given).compile()))
    body = lambda: jax.block_until_ready(built[0](*given))
    if once:
        return body()
    measure("jax", body, runs, warm)
    report_compile("jax", seconds)


def batch_norm(h, gain, shift):
    mean = h.mean(0)
    variance = ((h - mean) ** 2).mean(0)
    return (h - mean) / jnp.sqrt(variance + 1e-5) * gain + shift


def penalty(params, names):
    return 1e-5 * sum(jnp.abs(params[k]).sum() for k in names)
