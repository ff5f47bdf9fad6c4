"""The recurrent autoencoder of chapter 233: 199 periods of two series, H 16, K 2, 500 epochs of Adam, clip 1.

The whole sequence is one step; both GRUs are PyTorch's own layers, which run all periods in one call.
"""
import numpy as np

from timing import measure, threads

PERIODS, SERIES, H, K, EPOCHS, ANNEAL = 199, 2, 16, 2, 500, 50


def rvrae233_fit():
    import torch
    from torch import nn

    torch.set_num_threads(threads)
    x = torch.from_numpy(np.random.default_rng(7).standard_normal((PERIODS, SERIES)).astype("float32"))

    def fit():
        torch.manual_seed(1)
        encoder, decoder = nn.GRU(SERIES, H), nn.GRU(K, H)
        heads = [nn.Linear(H, K) for _ in range(4)]
        out = nn.Linear(H, SERIES)
        params = [p for part in [encoder, decoder, *heads, out] for p in part.parameters()]
        optimizer = torch.optim.Adam(params, lr=5e-3, fused=True)
        for epoch in range(EPOCHS):
            h = encoder(x[:, None])[0][:, 0]
            before = torch.cat([torch.zeros(1, H), h[:-1]])
            mq, lq = heads[0](h), heads[1](h).clamp(-8, 4)
            mp, lp = heads[2](before), heads[3](before).clamp(-8, 4)
            z = mq + (lq / 2).exp() * torch.randn(PERIODS, K)
            fit = out(decoder(z[:, None])[0][:, 0])
            divergence = 0.5 * (lp - lq + (lq.exp() + (mq - mp) ** 2) / lp.exp() - 1).sum(1)
            loss = (((x - fit) ** 2).sum(1) + min(1, epoch / ANNEAL) * divergence).mean()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(params, 1)
            optimizer.step()

    measure("pytorch", fit, runs=1, warm=0)
