"""InceptionV3, InceptionV4 and Xception as ordinary modules for 3 x 299 x 299, to be measured on the meta device.

Sources: Szegedy, Vanhoucke et al. (2015), Szegedy, Ioffe et al. (2016), Chollet (2016); side outputs and activations are left out.
"""

from __future__ import annotations

from torch import nn

from lmcourse.experiments.image_networks import Branches, Residual, conv


def _chain(inputs: int, *steps: tuple) -> nn.Sequential:
    """Normalised convolutions one after the other, each given as (outputs, size, stride, padding)."""
    layers = []
    for outputs, *rest in steps:
        layers.append(conv(inputs, outputs, *rest))
        inputs = outputs
    return nn.Sequential(*layers)


def _wide(outputs: int, size: int) -> tuple:
    """A 1 x size convolution that keeps the positions; `_tall` is size x 1."""
    return outputs, (1, size), 1, (0, size // 2)


def _tall(outputs: int, size: int) -> tuple:
    return outputs, (size, 1), 1, (size // 2, 0)


def _same(outputs: int, size: int = 3) -> tuple:
    return outputs, size, 1, size // 2


def _pooled(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.AvgPool2d(3, 1, 1), conv(inputs, outputs))


def _pool() -> nn.Module:
    return nn.MaxPool2d(3, 2)


def _forked(inputs: int, before: list[tuple], outputs: int, size: int = 3) -> nn.Sequential:
    """Some convolutions, then a wide and a tall one side by side."""
    last = before[-1][0] if before else inputs
    fork = Branches(_chain(last, _wide(outputs, size)), _chain(last, _tall(outputs, size)))
    return nn.Sequential(_chain(inputs, *before), fork)


def inception_v3() -> nn.Module:
    """InceptionV3 without its side output."""

    def a(inputs: int, pooled: int) -> nn.Module:
        return Branches(
            conv(inputs, 64), _chain(inputs, (48,), _same(64, 5)), _chain(inputs, (64,), _same(96), _same(96)),
            _pooled(inputs, pooled),
        )  # fmt: skip

    def c(inner: int) -> nn.Module:
        return Branches(
            conv(768, 192),
            _chain(768, (inner,), _wide(inner, 7), _tall(192, 7)),
            _chain(768, (inner,), _tall(inner, 7), _wide(inner, 7), _tall(inner, 7), _wide(192, 7)),
            _pooled(768, 192),
        )

    def e(inputs: int) -> nn.Module:
        return Branches(
            conv(inputs, 320), _forked(inputs, [(384,)], 384), _forked(inputs, [(448,), _same(384)], 384),
            _pooled(inputs, 192),
        )  # fmt: skip

    b = Branches(conv(288, 384, 3, 2), _chain(288, (64,), _same(96), (96, 3, 2)), _pool())
    d = Branches(
        _chain(768, (192,), (320, 3, 2)), _chain(768, (192,), _wide(192, 7), _tall(192, 7), (192, 3, 2)), _pool()
    )
    return nn.Sequential(
        conv(3, 32, 3, 2), conv(32, 32, 3), conv(32, 64, 3, 1, 1), _pool(), conv(64, 80), conv(80, 192, 3), _pool(),
        a(192, 32), a(256, 64), a(288, 64), b, c(128), c(160), c(160), c(192), d, e(1280), e(2048),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000),
    )  # fmt: skip


def inception_v4() -> nn.Module:
    """InceptionV4."""

    def a() -> nn.Module:
        return Branches(
            conv(384, 96), _chain(384, (64,), _same(96)), _chain(384, (64,), _same(96), _same(96)), _pooled(384, 96)
        )

    def b() -> nn.Module:
        return Branches(
            conv(1024, 384),
            _chain(1024, (192,), _wide(224, 7), _tall(256, 7)),
            _chain(1024, (192,), _tall(192, 7), _wide(224, 7), _tall(224, 7), _wide(256, 7)),
            _pooled(1024, 128),
        )

    def c() -> nn.Module:
        return Branches(
            conv(1536, 256), _forked(1536, [(384,)], 256),
            _forked(1536, [(384,), _tall(448, 3), _wide(512, 3)], 256), _pooled(1536, 256),
        )  # fmt: skip

    stem = nn.Sequential(
        conv(3, 32, 3, 2), conv(32, 32, 3), conv(32, 64, 3, 1, 1), Branches(_pool(), conv(64, 96, 3, 2)),
        Branches(_chain(160, (64,), (96, 3)), _chain(160, (64,), _wide(64, 7), _tall(64, 7), (96, 3))),
        Branches(conv(192, 192, 3, 2), _pool()),
    )  # fmt: skip
    down_a = Branches(conv(384, 384, 3, 2), _chain(384, (192,), _same(224), (256, 3, 2)), _pool())
    down_b = Branches(
        _chain(1024, (192,), (192, 3, 2)), _chain(1024, (256,), _wide(256, 7), _tall(320, 7), (320, 3, 2)), _pool()
    )
    return nn.Sequential(
        stem, *(a() for _ in range(4)), down_a, *(b() for _ in range(7)), down_b, *(c() for _ in range(3)),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1536, 1000),
    )  # fmt: skip


def xception() -> nn.Module:
    """Xception."""

    def separable(inputs: int, outputs: int) -> nn.Module:
        by_channel = nn.Conv2d(inputs, inputs, 3, padding=1, groups=inputs, bias=False)
        return nn.Sequential(by_channel, conv(inputs, outputs))

    def down(inputs: int, inner: int, outputs: int) -> nn.Module:
        block = nn.Sequential(separable(inputs, inner), separable(inner, outputs), nn.MaxPool2d(3, 2, 1))
        return Residual(block, conv(inputs, outputs, 1, 2))

    def middle() -> nn.Module:
        return Residual(nn.Sequential(*(separable(728, 728) for _ in range(3))))

    return nn.Sequential(
        conv(3, 32, 3, 2), conv(32, 64, 3), down(64, 128, 128), down(128, 256, 256), down(256, 728, 728),
        *(middle() for _ in range(8)), down(728, 728, 1024), separable(1024, 1536), separable(1536, 2048),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000),
    )  # fmt: skip
