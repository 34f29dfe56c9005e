"""How many neurons the layers of image networks have, against the 1,281,167 images of ImageNet: Nguyen and Hein's table 1.

A neuron is one number of a layer's output, so a convolutional layer has channels times positions of them. Nothing is trained
and nothing allocated: the networks live on torch's meta device, where a tensor has a shape and no numbers.

The first convolution that torch itself runs on the meta device imports 90 MB of torch. So the shapes of known modules are
worked out here, by the formulas of torch's documentation; a test compares them with torch's own answer.

Data types, in words
    Layer       one layer's output: its name in the network, channels and positions
    PUBLISHED   for each network the widths of the table, in thousands: first layer, widest layer; the table gives lower bounds
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import prod
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from lmcourse.experiments import image_networks as images
from lmcourse.experiments import inception_networks as inceptions
from lmcourse.plots import PALETTE

TITLE = "Widths of the layers of image networks, in neurons"
SOURCE = "Nguyen and Hein (2018), table 1"
VERSION = MEMBERS = 1  # nothing is drawn: a row has one member
IMAGENET = 1_281_167  # images of the training set of ImageNet's 1000 classes; the paper rounds to 1200K
NETWORKS: dict[str, tuple[Callable[[], nn.Module], int]] = {  # how it is made, and the side of its input images
    "VGG-16": (images.vgg, 224),
    "Xception": (inceptions.xception, 299),
    "InceptionV3": (inceptions.inception_v3, 299),
    "InceptionV4": (inceptions.inception_v4, 299),
    "SqueezeNet": (images.squeezenet, 227),
    "ENet": (images.enet, 512),
    "GoogLeNet": (images.googlenet, 224),
    "ResNet-50": (images.resnet, 224),
}
PUBLISHED = {
    "VGG-16": (3000, 3000), "Xception": (700, 700), "InceptionV3": (700, 1300), "InceptionV4": (700, 1300),
    "SqueezeNet": (1180, 1180), "ENet": (1000, 1000), "GoogLeNet": (800, 800), "ResNet-50": (800, 800),
}  # fmt: skip
SPECS = tuple({"network": name} for name in NETWORKS)


class Layer(NamedTuple):
    """A layer's output for one image.

    >>> layer = Layer("features.0", channels=64, positions=(224, 224))
    >>> layer.neurons
    3211264
    """

    name: str
    channels: int
    positions: tuple[int, ...]

    @property
    def neurons(self) -> int:
        return self.channels * prod(self.positions)


def build(name: str) -> nn.Module:
    """A network of the table on the meta device.

    >>> sum(p.numel() for p in build("VGG-16").parameters())                    # none of them is stored anywhere
    138357544
    """
    if name not in NETWORKS:
        raise ValueError(f"The networks are {', '.join(NETWORKS)}, but {name!r} came.")
    with torch.device("meta"):
        return NETWORKS[name][0]()


def layers(network: nn.Module, side: int, channels: int = 3) -> list[Layer]:
    """The hidden layers of any network on square images, in the order in which they answer.

    Convolutions, fully connected layers and stacks of branches count; the output layer, the last one, is left out.

    >>> with torch.device("meta"):
    ...     network = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten(), nn.Linear(8 * 4 * 4, 10))
    >>> layers(network, side=6)
    [Layer(name='0', channels=8, positions=(4, 4))]
    """
    kinds = (nn.Conv2d, nn.ConvTranspose2d, nn.Linear, images.Branches)
    found, hooks, quick = [], [], [module for module in network.modules() if type(module) in SHAPES]
    for name, module in network.named_modules():
        if isinstance(module, kinds):

            def note(module, inputs, output, name=name) -> None:
                found.append(Layer(name, output.shape[1], tuple(output.shape[2:])))

            hooks.append(module.register_forward_hook(note))
    try:
        for module in quick:
            module.forward = lambda x, module=module: x.new_empty(SHAPES[type(module)](module, x.shape))
        with torch.no_grad():
            network.eval()(torch.empty(1, channels, side, side, device="meta"))
    finally:
        for module in quick:
            del module.forward  # back to that of its class
        for hook in hooks:
            hook.remove()
    return found[:-1]


def _pair(value) -> tuple[int, int]:
    return value if isinstance(value, tuple) else (value, value)


def _convolved(module: nn.Module, shape: Sequence[int]) -> tuple[int, ...]:
    """The output of a convolution or a pooling layer: positions are counted where a whole patch fits, rounded up for ceil_mode."""
    sides = []
    for place, side in enumerate(shape[2:]):
        size, stride, padding, dilation = (
            _pair(getattr(module, name, 1))[place] for name in ("kernel_size", "stride", "padding", "dilation")
        )
        room, up = side + 2 * padding - dilation * (size - 1) - 1, getattr(module, "ceil_mode", False)
        last = -(-room // stride) if up else room // stride
        sides.append(last + (0 if up and last * stride >= side + padding else 1))  # no window begins beyond the image
    return shape[0], getattr(module, "out_channels", shape[1]), *sides


def _transposed(module: nn.ConvTranspose2d, shape: Sequence[int]) -> tuple[int, ...]:
    sides = [
        (side - 1) * stride - 2 * padding + dilation * (size - 1) + extra + 1
        for side, size, stride, padding, dilation, extra in zip(
            shape[2:], module.kernel_size, module.stride, module.padding, module.dilation, module.output_padding, strict=True
        )
    ]  # fmt: skip
    return shape[0], module.out_channels, *sides


def _same(module: nn.Module, shape: Sequence[int]) -> Sequence[int]:
    return shape


SHAPES: dict[type, Callable[[nn.Module, Sequence[int]], Sequence[int]]] = {  # output shape from input shape
    nn.Conv2d: _convolved,
    nn.MaxPool2d: _convolved,
    nn.AvgPool2d: _convolved,
    nn.ConvTranspose2d: _transposed,
    nn.BatchNorm2d: _same,
    nn.ReLU: _same,
    nn.Linear: lambda module, shape: (*shape[:-1], module.out_features),
    nn.AdaptiveAvgPool2d: lambda module, shape: (*shape[:2], *_pair(module.output_size)),
    nn.Upsample: lambda module, shape: (*shape[:2], *(int(side * module.scale_factor) for side in shape[2:])),
}


@lru_cache(maxsize=16)
def measured(name: str) -> tuple[Layer, Layer]:
    """The first and the widest hidden layer of a network of the table.

    >>> [layer.neurons for layer in measured("InceptionV3")]
    [710432, 1382976]
    """
    found = layers(build(name), NETWORKS[name][1])
    first = next(layer for layer in found if ".branches." not in layer.name)  # ENet begins with a stack of two
    return first, max(found, key=lambda layer: layer.neurons)


def run_chunk(spec: dict, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Neurons of the first and of the widest layer of one network, (members,) each."""
    first, widest = (layer.neurons for layer in measured(spec["network"]))
    return {"first": np.full(len(seeds), first), "widest": np.full(len(seeds), widest)}


def summarise(rows: Sequence[tuple[dict, dict]]) -> str:
    """A line for each network: both widths, the published lower bounds, and whether the bounds hold; wider than ImageNet or not."""
    lines = ["network        first layer    published   widest layer    published   verdict"]
    for spec, arrays in rows:
        ours, bounds = (
            [int(arrays[name][0]) for name in ("first", "widest")],
            [1000 * b for b in PUBLISHED[spec["network"]]],
        )
        hold = all(width >= bound for width, bound in zip(ours, bounds, strict=True))
        wide = "wider than ImageNet has images" if ours[1] >= IMAGENET else "not as wide as ImageNet has images"
        lines.append(
            f"{spec['network']:12} {ours[0]:13,} {bounds[0]:12,} {ours[1]:14,} {bounds[1]:12,}   "
            f"{'the bounds hold' if hold else 'DIFFER: a bound does not hold'}; {wide}"
        )
    return "\n".join(lines)


def draw_result(ax, rows: Sequence[tuple[dict, dict]]) -> None:
    """Widest layers against the number of images."""
    names = [spec["network"] for spec, _ in rows]
    ax.barh(names, [int(arrays["widest"][0]) / 1e6 for _, arrays in rows], color=PALETTE["blue"])
    ax.axvline(IMAGENET / 1e6, linestyle="--", color=PALETTE["vermilion"], label="images of ImageNet")
    ax.set(xlabel="neurons of the widest layer (millions)")
    ax.legend()
