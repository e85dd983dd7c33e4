"""Dense models, generative ones, models of graphs and of pairs."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn


def mlp(*sizes: int, act: Any = nn.ReLU) -> nn.Sequential:
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layers += [nn.Linear(before, after), act()]
    return nn.Sequential(*layers[:-1])


class Regularised(nn.Module):
    """Batch norm between layers, and a penalty of its own weights."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.bn, self.fc2 = nn.Linear(5, 8), nn.BatchNorm1d(8), nn.Linear(8, 1)

    def forward(self, x: Any, y: Any) -> Any:
        out = self.fc2(F.elu(self.bn(self.fc1(x))))
        penalty = sum(p.pow(2).sum() for p in self.parameters())
        return F.mse_loss(out.squeeze(-1), y) + 1e-3 * penalty


class TwoHeads(nn.Module):
    """Gives a dict, and has a layer that nothing uses."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 6), nn.Mish())
        self.value, self.policy, self.unused = nn.Linear(6, 1), nn.Linear(6, 3), nn.Linear(2, 2)

    def forward(self, x: Any) -> Any:
        h = self.body(x)
        return {"value": self.value(h).squeeze(-1), "policy": F.log_softmax(self.policy(h), -1)}


class Frozen(nn.Module):
    """A body that does not train, a target that is detached."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.head = mlp(4, 5, 5), nn.Linear(5, 2)
        self.body.requires_grad_(False)

    def forward(self, x: Any) -> Any:
        h = self.head(self.body(x))
        return F.smooth_l1_loss(h, h.detach().roll(1, 0) * 0.9)


class Maxout(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc, self.out = nn.Linear(4, 12), nn.Bilinear(4, 4, 2)

    def forward(self, x: Any) -> Any:
        h = self.fc(x).view(-1, 4, 3).amax(-1)
        return self.out(h, x)


class HighwayGLU(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gate, self.glu = nn.Linear(6, 6), nn.Linear(6, 12)

    def forward(self, x: Any) -> Any:
        t = torch.sigmoid(self.gate(x))
        return t * F.glu(self.glu(x), dim=-1) + (1 - t) * x


class Autoencoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 4, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(4, 6, 3, stride=2, padding=1), nn.ReLU()
        )
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(6, 4, 3, stride=2, padding=1, output_padding=1), nn.ReLU(),
            nn.ConvTranspose2d(4, 1, 3, stride=2, padding=1, output_padding=1), nn.Sigmoid(),
        )  # fmt: skip

    def forward(self, x: Any) -> Any:
        return F.binary_cross_entropy(self.decoder(self.encoder(x)), x)


class TiedAutoencoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(4, 9) / 3)
        self.hidden, self.visible = nn.Parameter(torch.zeros(4)), nn.Parameter(torch.zeros(9))

    def forward(self, x: Any) -> Any:
        code = torch.sigmoid(F.linear(x, self.weight, self.hidden))
        return F.mse_loss(F.linear(code, self.weight.t(), self.visible), x)


class VAE(nn.Module):
    """Draws its noise itself."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.mu, self.logvar = nn.Linear(8, 6), nn.Linear(6, 2), nn.Linear(6, 2)
        self.fc3, self.fc4 = nn.Linear(2, 6), nn.Linear(6, 8)

    def reparameterize(self, mu: Any, logvar: Any) -> Any:
        std = torch.exp(0.5 * logvar)
        eps = torch.randn_like(std)
        return mu + eps * std

    def forward(self, x: Any) -> Any:
        h = F.relu(self.fc1(x))
        mu, logvar = self.mu(h), self.logvar(h)
        recon = torch.sigmoid(self.fc4(F.relu(self.fc3(self.reparameterize(mu, logvar)))))
        bce = F.binary_cross_entropy(recon, x, reduction="sum")
        return bce - 0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())


class VQVAE(nn.Module):
    """The nearest row of a code book, straight through."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.codes, self.decoder = nn.Linear(6, 3), nn.Embedding(5, 3), nn.Linear(3, 6)

    def forward(self, x: Any) -> Any:
        z = self.encoder(x)
        nearest = torch.argmin(torch.cdist(z, self.codes.weight), dim=1)
        q = self.codes(nearest)
        loss = F.mse_loss(q, z.detach()) + 0.25 * F.mse_loss(z, q.detach())
        return F.mse_loss(self.decoder(z + (q - z).detach()), x) + loss


class Generator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(5, 8, 4, 1, 0, bias=False), nn.BatchNorm2d(8), nn.ReLU(True),
            nn.ConvTranspose2d(8, 3, 4, 2, 1, bias=False), nn.Tanh(),
        )  # fmt: skip

    def forward(self, z: Any) -> Any:
        return self.main(z)


class Discriminator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(3, 6, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, inplace=True), nn.Conv2d(6, 1, 4, 1, 0),
        )  # fmt: skip

    def forward(self, x: Any) -> Any:
        return self.main(x).view(-1)


class GCN(nn.Module):
    """Kipf and Welling's, with a dense adjacency matrix."""

    def __init__(self) -> None:
        super().__init__()
        self.w1, self.w2 = nn.Linear(5, 6, bias=False), nn.Linear(6, 3, bias=False)

    def forward(self, x: Any, a: Any) -> Any:
        a = a + torch.eye(a.shape[0], dtype=a.dtype)
        d = a.sum(1).pow(-0.5)
        a = d[:, None] * a * d[None, :]
        return F.log_softmax(a @ self.w2(F.relu(a @ self.w1(x))), dim=1)


class GAT(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.w, self.a = nn.Parameter(torch.randn(4, 3)), nn.Parameter(torch.randn(6, 1))

    def forward(self, x: Any, adjacent: Any) -> Any:
        h = torch.mm(x, self.w)
        e = F.leaky_relu(h @ self.a[:3] + (h @ self.a[3:]).T, 0.2)
        e = torch.where(adjacent > 0, e, torch.full_like(e, -9e15))
        return F.elu(F.softmax(e, dim=1) @ h)


class MessagePassing(nn.Module):
    """Sums over edges by index_add, and a mean over all nodes."""

    def __init__(self) -> None:
        super().__init__()
        self.message, self.update = nn.Linear(8, 5), nn.Linear(9, 4)

    def forward(self, x: Any, source: Any, target: Any) -> Any:
        m = F.relu(self.message(torch.cat([x[source], x[target]], dim=-1)))
        total = torch.zeros(x.shape[0], 5, dtype=x.dtype).index_add(0, target, m)
        return self.update(torch.cat([x, total], 1)).mean(0)


class Siamese(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = mlp(6, 8, 4, act=nn.Tanh)

    def forward(self, anchor: Any, positive: Any, negative: Any) -> Any:
        return F.triplet_margin_loss(self.net(anchor), self.net(positive), self.net(negative), margin=2.0)


class CLIP(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.image, self.text = nn.Linear(7, 5), nn.Linear(4, 5)
        self.logit_scale = nn.Parameter(torch.tensor(2.6))

    def forward(self, image: Any, text: Any) -> Any:
        a, b = F.normalize(self.image(image), dim=-1), self.text(text)
        b = b / b.norm(dim=-1, keepdim=True)
        logits = self.logit_scale.exp() * a @ b.t()
        labels = torch.arange(logits.shape[0])
        return (F.cross_entropy(logits, labels) + F.cross_entropy(logits.t(), labels)) / 2


class Factorization(nn.Module):
    """A factorization machine over fields of features."""

    def __init__(self) -> None:
        super().__init__()
        self.linear, self.factors, self.bias = nn.Embedding(20, 1), nn.Embedding(20, 4), nn.Parameter(torch.zeros(1))

    def forward(self, fields: Any, clicked: Any) -> Any:
        v = self.factors(fields)
        pairs = 0.5 * (v.sum(1).square() - v.square().sum(1)).sum(-1)
        score = self.bias + self.linear(fields).sum(1).squeeze(-1) + pairs
        return F.binary_cross_entropy_with_logits(score, clicked)


class NeRF(nn.Module):
    """Positions as sines, a skip connection, colours added up along a ray."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.out = nn.Linear(15, 8), nn.Linear(23, 8), nn.Linear(8, 4)

    def forward(self, points: Any, depths: Any) -> Any:
        bands = 2.0 ** torch.arange(2, dtype=points.dtype)
        angles = (points[..., None] * bands).flatten(-2)
        x = torch.cat([points, angles.sin(), angles.cos()], -1)
        h = F.relu(self.first(x))
        raw = self.out(F.relu(self.second(torch.cat([x, h], -1))))
        gaps = depths[..., 1:] - depths[..., :-1]
        gaps = torch.cat([gaps, gaps[..., -1:]], -1)
        alpha = 1 - torch.exp(-F.softplus(raw[..., 3]) * gaps)
        light = torch.cumprod(1 - alpha + 1e-10, -1)
        weights = alpha * torch.cat([torch.ones_like(light[..., :1]), light[..., :-1]], -1)
        return (weights[..., None] * torch.sigmoid(raw[..., :3])).sum(-2)


class Capsules(nn.Module):
    """Routing by agreement."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.randn(4, 3, 2, 5) * 0.5)

    def forward(self, u: Any) -> Any:
        votes = torch.einsum("bid,ijed->bije", u, self.w)
        logits = torch.zeros(votes.shape[:3], dtype=u.dtype)
        v = votes[:, 0]
        for _ in range(2):
            s = (logits.softmax(2).unsqueeze(-1) * votes).sum(1)
            norm = (s**2).sum(-1, keepdim=True)
            v = norm / (1 + norm) * s / norm.sqrt()
            logits = logits + (votes * v.unsqueeze(1)).sum(-1)
        return v.norm(dim=-1)


class PolicyGradient(nn.Module):
    """PPO's clipped objective."""

    def __init__(self) -> None:
        super().__init__()
        self.net = mlp(4, 8, 3, act=nn.Tanh)

    def forward(self, state: Any, action: Any, before: Any, advantage: Any) -> Any:
        logp = F.log_softmax(self.net(state), -1)
        ratio = (logp.gather(1, action.unsqueeze(1)).squeeze(1) - before).exp()
        surrogate = torch.min(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage)
        entropy = -(logp.exp() * logp).sum(-1)
        return -(surrogate + 0.01 * entropy).mean()


class NeuralODE(nn.Module):
    """Runge and Kutta's steps of a learned field."""

    def __init__(self) -> None:
        super().__init__()
        self.field = mlp(2, 6, 2, act=nn.Tanh)

    def forward(self, y: Any) -> Any:
        h = 0.1
        for _ in range(2):
            k1 = self.field(y)
            k2 = self.field(y + h / 2 * k1)
            k3 = self.field(y + h / 2 * k2)
            y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + self.field(y + h * k3))
        return y


class Diffusion(nn.Module):
    """Predicts the noise, with an embedding of time."""

    def __init__(self) -> None:
        super().__init__()
        self.time, self.net = nn.Sequential(nn.Linear(4, 6), nn.SiLU()), mlp(12, 10, 6, act=nn.SiLU)
        self.register_buffer("alphas", torch.linspace(0.99, 0.1, 10))

    def forward(self, x: Any, t: Any, noise: Any) -> Any:
        a = self.alphas[t].unsqueeze(-1)
        noisy = a.sqrt() * x + (1 - a).sqrt() * noise
        steps = torch.exp(-torch.arange(2, dtype=x.dtype))
        angles = t[:, None].to(x.dtype) * steps
        h = self.time(torch.cat([angles.sin(), angles.cos()], 1))
        return F.mse_loss(self.net(torch.cat([noisy, h], 1)), noise)
