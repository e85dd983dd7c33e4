"""Each model with a call of it: in which mode, with what loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from tests.bench.models import others, sequences, vision


@dataclass(frozen=True)
class Case:
    """A model and the arguments of a call; what is random in either is drawn anew each time that it is made."""

    make: Callable[[], tuple[Any, ...]]
    training: bool = True
    loss: Callable[[Any], Any] | None = None
    options: dict[str, Any] = field(default_factory=dict)


def normal(*shape: int) -> Any:
    return torch.randn(*shape)


def whole(below: int, *shape: int) -> Any:
    return torch.randint(below, shape)


def square(result: Any) -> Any:
    """A loss that is no mean, so that every element of the output has a gradient of its own."""
    return (result * torch.arange(1.0, result.numel() + 1).view(result.shape)).square().mean()


def entropy(classes: int) -> Callable[[Any], Any]:
    """Cross-entropy to labels in their order, over the last axis but for images."""

    def loss(result: Any) -> Any:
        rows = result.movedim(1, -1) if result.ndim == 4 else result
        labels = torch.arange(rows.numel() // classes) % classes
        return F.cross_entropy(rows.reshape(-1, classes), labels)

    return loss


def _encoder_layer() -> tuple[Any, ...]:
    return nn.TransformerEncoderLayer(8, 2, 16, 0.0, batch_first=True), normal(2, 5, 8)


def _torchvision_like(block: Any, counts: tuple[int, ...], width: int = 4) -> Callable[[], tuple[Any, ...]]:
    return lambda: (vision.ResNet(block, counts, width), normal(2, 3, 64, 64))


R, V, G, S = sequences.Recurrent, vision, others, sequences
CASES: dict[str, Case] = {
    "linear regression": Case(lambda: (nn.Linear(3, 1), normal(8, 3)), loss=square),
    "MLP, ReLU": Case(lambda: (G.mlp(4, 8, 8, 3), normal(5, 4)), loss=entropy(3)),
    "MLP, GELU and dropout, eval": Case(
        lambda: (nn.Sequential(nn.Linear(4, 8), nn.GELU(), nn.Dropout(0.5), nn.Linear(8, 2)), normal(5, 4)),
        training=False, loss=square,
    ),
    "MLP, batch norm and a penalty": Case(lambda: (G.Regularised(), normal(6, 5), normal(6))),
    "two heads, a dict, an unused layer": Case(lambda: (G.TwoHeads(), normal(5, 4))),
    "frozen body, detached target": Case(lambda: (G.Frozen(), normal(5, 4))),
    "maxout and bilinear": Case(lambda: (G.Maxout(), normal(5, 4)), loss=square),
    "highway and GLU": Case(lambda: (G.HighwayGLU(), normal(5, 6)), loss=square),
    "LeNet": Case(lambda: (V.LeNet(), normal(2, 1, 28, 28)), loss=entropy(10)),
    "ResNet-18 at 64, train": Case(_torchvision_like(V.BasicBlock, (2, 2, 2, 2)), loss=entropy(10)),
    "ResNet-18 at 64, eval": Case(_torchvision_like(V.BasicBlock, (2, 2, 2, 2)), training=False, loss=entropy(10)),
    "ResNet-50 at 64, train": Case(_torchvision_like(V.Bottleneck, (3, 4, 6, 3), 2), loss=entropy(10)),
    "VGG with batch norm, eval": Case(lambda: (V.VGG(), normal(2, 3, 32, 32)), training=False, loss=entropy(5)),
    "MobileNetV2": Case(lambda: (V.MobileNetV2(), normal(2, 3, 32, 32)), training=False, loss=entropy(5)),
    "MobileNetV3's squeeze and excite": Case(lambda: (V.MobileNetV3(), normal(2, 3, 16, 16)), loss=entropy(5)),
    "U-Net, transposed convolutions": Case(lambda: (V.UNet(), normal(2, 1, 16, 16)), loss=entropy(2)),
    "U-Net, upsampling": Case(lambda: (V.UNet(transposed=False), normal(1, 1, 16, 16)), loss=entropy(2)),
    "Inception": Case(lambda: (V.Inception(), normal(2, 3, 8, 8)), loss=entropy(4)),
    "DenseNet": Case(lambda: (V.DenseNet(), normal(2, 3, 8, 8)), loss=entropy(3)),
    "ConvNeXt block": Case(lambda: (V.ConvNeXtBlock(), normal(1, 6, 8, 8)), loss=square),
    "ViT-tiny": Case(lambda: (V.ViT(), normal(2, 3, 16, 16)), loss=entropy(5)),
    "Swin's shifted windows": Case(lambda: (V.Swin(), normal(1, 4, 4, 8)), loss=square),
    "MLP-Mixer": Case(lambda: (V.MLPMixer(), normal(2, 4, 8)), loss=square),
    "group and instance norm, PReLU": Case(lambda: (V.GroupNormNet(), normal(2, 2, 8, 8)), loss=square),
    "super-resolution": Case(lambda: (V.SuperResolution(), normal(1, 1, 6, 6)), loss=square),
    "spatial transformer, in place": Case(lambda: (V.SpatialTransformer(), normal(3, 1, 4, 4)), loss=square),
    "LSTM": Case(lambda: (R(nn.LSTM), normal(3, 4, 5)), loss=entropy(3)),
    "LSTM, two layers, both ways": Case(
        lambda: (R(nn.LSTM, num_layers=2, bidirectional=True), normal(2, 4, 5)), loss=entropy(3)
    ),
    "GRU": Case(lambda: (R(nn.GRU), normal(3, 4, 5)), loss=entropy(3)),
    "RNN, relu": Case(lambda: (R(nn.RNN, nonlinearity="relu"), normal(3, 4, 5)), loss=entropy(3)),
    "LSTM cells in a loop": Case(lambda: (S.Cells(), normal(2, 4, 4)), loss=square),
    "sequence to sequence, attention": Case(
        lambda: (S.Seq2Seq(), whole(11, 2, 5), whole(11, 2, 4)), loss=entropy(11)
    ),
    "character RNN": Case(lambda: (S.CharRNN(), whole(7, 3, 6))),
    "text CNN": Case(lambda: (S.TextCNN(), whole(13, 2, 7)), loss=entropy(3)),
    "WaveNet": Case(lambda: (S.WaveNet(), normal(1, 4, 8)), loss=square),
    "embedding bags": Case(lambda: (S.BagOfWords(), whole(9, 4, 5)), loss=entropy(3)),
    "word2vec": Case(lambda: (S.Word2Vec(), whole(12, 4), whole(12, 4), whole(12, 4, 3))),
    "GPT-2, tied, with its loss": Case(lambda: (S.GPT2(), whole(17, 2, 8), whole(17, 2, 8))),
    "GPT-2, eval, shorter": Case(lambda: (S.GPT2(), whole(17, 1, 5)), training=False, loss=entropy(17)),
    "Llama, rotary, grouped queries": Case(lambda: (S.Llama(), whole(15, 2, 6)), loss=entropy(15)),
    "BERT, padded": Case(
        lambda: (S.BERT(), whole(19, 2, 6), torch.tensor([[1, 1, 1, 1, 1, 0], [1, 1, 1, 0, 0, 0]]), whole(2, 2, 6)),
        loss=entropy(2),
    ),
    "T5, encoder and decoder": Case(lambda: (S.T5(), whole(14, 2, 5), whole(14, 2, 4)), loss=entropy(14)),
    "nn.Transformer": Case(lambda: (S.Translator(), whole(9, 2, 5), whole(9, 2, 4)), loss=entropy(9)),
    "nn.TransformerEncoderLayer, train": Case(_encoder_layer, loss=square),
    "nn.TransformerEncoderLayer, eval": Case(_encoder_layer, training=False, loss=square),
    "nn.MultiheadAttention, padded": Case(
        lambda: (S.SelfAttention(), normal(2, 4, 8), torch.tensor([[False] * 4, [False, False, True, True]]))
    ),
    "nn.MultiheadAttention, across": Case(
        lambda: (S.CrossAttention(), normal(3, 2, 8), normal(5, 2, 5), normal(5, 2, 6)), loss=square
    ),
    "mixture of experts, top 2": Case(lambda: (S.Experts(), normal(5, 6)), loss=square),
    "Mamba": Case(lambda: (S.Mamba(), normal(2, 5, 4)), loss=square),
    "autoencoder, transposed": Case(lambda: (G.Autoencoder(), torch.rand(2, 1, 8, 8))),
    "autoencoder, tied": Case(lambda: (G.TiedAutoencoder(), normal(5, 9))),
    "VAE": Case(lambda: (G.VAE(), torch.rand(4, 8))),
    "VQ-VAE": Case(lambda: (G.VQVAE(), normal(5, 6))),
    "GAN, generator": Case(lambda: (G.Generator(), normal(3, 5, 1, 1)), loss=square),
    "GAN, discriminator": Case(lambda: (G.Discriminator(), normal(2, 3, 8, 8)), loss=square),
    "GCN": Case(lambda: (G.GCN(), normal(6, 5), torch.bernoulli(torch.full((6, 6), 0.4))), loss=entropy(3)),
    "GAT": Case(lambda: (G.GAT(), normal(5, 4), torch.eye(5) + torch.eye(5).roll(1, 0)), loss=square),
    "message passing": Case(
        lambda: (G.MessagePassing(), normal(5, 4), whole(5, 7), whole(5, 7)), loss=square
    ),
    "siamese, triplets": Case(lambda: (G.Siamese(), normal(4, 6), normal(4, 6), normal(4, 6))),
    "CLIP": Case(lambda: (G.CLIP(), normal(4, 7), normal(4, 4))),
    "factorization machine": Case(lambda: (G.Factorization(), whole(20, 5, 3), torch.ones(5))),
    "NeRF": Case(lambda: (G.NeRF(), normal(2, 4, 3), normal(2, 4).sort(-1).values), loss=square),
    "capsules": Case(lambda: (G.Capsules(), normal(2, 4, 5)), loss=square),
    "PPO": Case(lambda: (G.PolicyGradient(), normal(5, 4), whole(3, 5), normal(5) - 1, normal(5))),
    "neural ODE": Case(lambda: (G.NeuralODE(), normal(3, 2)), loss=square),
    "diffusion": Case(lambda: (G.Diffusion(), normal(4, 6), whole(10, 4), normal(4, 6))),
}  # fmt: skip
