"""The networks of Nguyen and Hein's table 1 as ordinary modules, each written after its own paper: VGG, GoogLeNet, ResNet,
SqueezeNet and ENet here, the Inceptions and Xception in `inception_networks`.

They are made to be measured, not trained. Built on torch's meta device they have shapes and no numbers. Activations and dropout
do not change a width, so most are left out; normalisation is there, so that parameters can be counted and compared.

Data types, in words
    Branches    modules that see the same input; their outputs are stacked channel by channel
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

VGG_LAYERS = {  # convolutions of 3 x 3 in each of five blocks of 64, 128, 256, 512 and 512 channels; C ends three blocks with 1 x 1
    "A": (1, 1, 2, 2, 2), "B": (2, 2, 2, 2, 2), "C": (2, 2, 3, 3, 3), "D": (2, 2, 3, 3, 3), "E": (2, 2, 4, 4, 4),
}  # fmt: skip


class Branches(nn.Module):
    """Modules side by side: their outputs, stacked along the channels."""

    def __init__(self, *branches: nn.Module):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Tensor) -> Tensor:
        outputs = [branch(x) for branch in self.branches]
        if x.is_meta:  # the same shape, without what torch imports to stack or add there: 85 MB
            return x.new_empty(len(x), sum(each.shape[1] for each in outputs), *outputs[0].shape[2:])
        return torch.cat(outputs, dim=1)


class Residual(nn.Module):
    """The sum of a block and a shortcut."""

    def __init__(self, block: nn.Module, shortcut: nn.Module | None = None):
        super().__init__()
        self.block, self.shortcut = block, shortcut or nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        block, shortcut = self.block(x), self.shortcut(x)
        return block if x.is_meta and block.shape == shortcut.shape else block + shortcut


def conv(inputs: int, outputs: int, size=1, stride=1, padding=0) -> nn.Sequential:
    """A convolution without bias, normalised; size and padding may be pairs."""
    return nn.Sequential(nn.Conv2d(inputs, outputs, size, stride, padding, bias=False), nn.BatchNorm2d(outputs))


def vgg(configuration: str = "D") -> nn.Module:
    """VGG A to E (Simonyan and Zisserman 2014), for 3 x 224 x 224: D is VGG-16, E is VGG-19."""
    layers, channels = [], 3
    for block, (count, outputs) in enumerate(zip(VGG_LAYERS[configuration], (64, 128, 256, 512, 512), strict=True)):
        for place in range(count):
            size = 1 if configuration == "C" and block >= 2 and place == 2 else 3
            layers += [nn.Conv2d(channels, outputs, size, padding=size // 2), nn.ReLU()]
            channels = outputs
        layers.append(nn.MaxPool2d(2))
    head = [nn.Flatten(), nn.Linear(512 * 7 * 7, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU()]
    return nn.Sequential(*layers, *head, nn.Linear(4096, 1000))


def squeezenet() -> nn.Module:
    """SqueezeNet 1.0 (Iandola et al. 2016). Its 111 x 111 positions come from 3 x 227 x 227; with 224 they would be 109 x 109."""

    def fire(inputs: int, squeeze: int, expand: int) -> nn.Module:
        both = Branches(nn.Conv2d(squeeze, expand, 1), nn.Conv2d(squeeze, expand, 3, padding=1))
        return nn.Sequential(nn.Conv2d(inputs, squeeze, 1), nn.ReLU(), both, nn.ReLU())

    def pool() -> nn.Module:
        return nn.MaxPool2d(3, 2, ceil_mode=True)

    return nn.Sequential(
        nn.Conv2d(3, 96, 7, stride=2), nn.ReLU(), pool(),
        fire(96, 16, 64), fire(128, 16, 64), fire(128, 32, 128), pool(),
        fire(256, 32, 128), fire(256, 48, 192), fire(384, 48, 192), fire(384, 64, 256), pool(),
        fire(512, 64, 256), nn.Conv2d(512, 1000, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
    )  # fmt: skip


def googlenet() -> nn.Module:
    """GoogLeNet (Szegedy et al. 2014) without its two side outputs, for 3 x 224 x 224."""

    def block(inputs: int, one: int, before3: int, three: int, before5: int, five: int, pooled: int) -> nn.Module:
        return Branches(
            nn.Conv2d(inputs, one, 1),
            nn.Sequential(nn.Conv2d(inputs, before3, 1), nn.ReLU(), nn.Conv2d(before3, three, 3, padding=1)),
            nn.Sequential(nn.Conv2d(inputs, before5, 1), nn.ReLU(), nn.Conv2d(before5, five, 5, padding=2)),
            nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(inputs, pooled, 1)),
        )

    def pool() -> nn.Module:
        return nn.MaxPool2d(3, 2, ceil_mode=True)

    return nn.Sequential(
        nn.Conv2d(3, 64, 7, stride=2, padding=3), pool(), nn.Conv2d(64, 64, 1), nn.Conv2d(64, 192, 3, padding=1), pool(),
        block(192, 64, 96, 128, 16, 32, 32), block(256, 128, 128, 192, 32, 96, 64), pool(),
        block(480, 192, 96, 208, 16, 48, 64), block(512, 160, 112, 224, 24, 64, 64), block(512, 128, 128, 256, 24, 64, 64),
        block(512, 112, 144, 288, 32, 64, 64), block(528, 256, 160, 320, 32, 128, 128), pool(),
        block(832, 256, 160, 320, 32, 128, 128), block(832, 384, 192, 384, 48, 128, 128),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1024, 1000),
    )  # fmt: skip


def resnet(blocks: tuple[int, int, int, int] = (3, 4, 6, 3)) -> nn.Module:
    """ResNet of bottleneck blocks (He et al. 2016), for 3 x 224 x 224: (3, 4, 6, 3) is ResNet-50, (3, 8, 36, 3) ResNet-152."""
    layers = [conv(3, 64, 7, 2, 3), nn.MaxPool2d(3, 2, 1)]
    channels = 64
    for stage, count in enumerate(blocks):
        inner = 64 * 2**stage
        for place in range(count):
            stride = 2 if stage and not place else 1
            block = nn.Sequential(
                conv(channels, inner), nn.ReLU(), conv(inner, inner, 3, stride, 1), conv(inner, 4 * inner)
            )
            layers.append(Residual(block, None if place else conv(channels, 4 * inner, 1, stride)))
            channels = 4 * inner
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 1000))


def enet(classes: int = 20) -> nn.Module:
    """ENet (Paszke et al. 2016), for 3 x 512 x 512: one answer a pixel. Pooling indices are replaced by plain upsampling."""

    def bottleneck(channels: int, size=3, padding=1, dilation: int = 1) -> nn.Module:
        inner = channels // 4
        middle = nn.Conv2d(inner, inner, size, padding=padding, dilation=dilation)
        return Residual(nn.Sequential(conv(channels, inner), middle, conv(inner, channels)))

    def asymmetric(channels: int) -> nn.Module:
        inner = channels // 4
        middle = nn.Sequential(
            nn.Conv2d(inner, inner, (5, 1), padding=(2, 0)), nn.Conv2d(inner, inner, (1, 5), padding=(0, 2))
        )
        return Residual(nn.Sequential(conv(channels, inner), middle, conv(inner, channels)))

    def down(inputs: int, outputs: int) -> nn.Module:
        inner = outputs // 4
        block = nn.Sequential(conv(inputs, inner, 2, 2), conv(inner, inner, 3, 1, 1), conv(inner, outputs))
        return Residual(block, nn.Sequential(nn.MaxPool2d(2), nn.Conv2d(inputs, outputs, 1, bias=False)))

    def up(inputs: int, outputs: int) -> nn.Module:
        inner = outputs // 4
        block = nn.Sequential(conv(inputs, inner), nn.ConvTranspose2d(inner, inner, 2, 2), conv(inner, outputs))
        return Residual(block, nn.Sequential(conv(inputs, outputs), nn.Upsample(scale_factor=2)))

    def stage() -> list[nn.Module]:
        def wide(dilation: int) -> nn.Module:
            return bottleneck(128, 3, dilation, dilation)

        return [
            bottleneck(128), wide(2), asymmetric(128), wide(4), bottleneck(128), wide(8), asymmetric(128), wide(16),
        ]  # fmt: skip

    start = Branches(nn.Conv2d(3, 13, 3, stride=2, padding=1), nn.MaxPool2d(2))
    return nn.Sequential(
        start, down(16, 64), *(bottleneck(64) for _ in range(4)), down(64, 128), *stage(), *stage(),
        up(128, 64), bottleneck(64), bottleneck(64), up(64, 16), bottleneck(16),
        nn.ConvTranspose2d(16, classes, 2, 2),
    )  # fmt: skip
