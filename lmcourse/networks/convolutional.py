"""A small convolutional network: one layer of filters over patches of an image, then fully connected layers.

Nguyen and Hein (2018). A filter sees every patch; with T filters and Q patches the first layer has n_1 = T Q neurons,

    F_1(x)_h = s( <w_t, patch_q(x)> + b_h ),    h = (q-1) T + t,

and one bias for each neuron, not for each filter: this is what their theorem is about. Where n_1 is at least the number of
samples, the features of the samples are linearly independent for almost all weights, if s is analytic.

Data types, in words
    x           (N, d): images are rows, channel by channel and row by row; d = channels * height * width
    patches     (N, Q, l): what the filters see, l numbers a patch
    theta       (..., P): W1 (T, l) the filters, b1, then W2, b2, ... of the fully connected layers, each row by row
    F_1         (..., N, n_1): the features of the wide layer
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import unfold

from lmcourse.landscape import Landscape
from lmcourse.networks.dense import InputLayer, network
from lmcourse.symmetry import IndexAxis

BIASES = ("per neuron", "shared")


def small_cnn(
    data,
    filters: int,
    widths: Sequence[int],
    activation: str | Sequence[str] = "sigmoid",
    loss: str = "squared",
    *,
    patch: int | tuple[int, int] = 3,
    stride: int = 1,
    image: tuple[int, ...] | None = None,
    bias: str = "per neuron",
    reduction: str = "sum",
    weight_decay: float = 0.0,
) -> Landscape:
    """Filters over patches, then fully connected layers with linear output f: 1/2 sum_i |f(x_i) - y_i|^2, or sum_i -log p_i(y_i).

    data : x (N, d) images as rows; y one column an output, or class numbers for "cross_entropy", where p = softmax(f).
    filters : T; the first layer has T times (number of patches) neurons. widths : of the layers after it, the outputs last.
    activation : "sigmoid", "softplus", "tanh" or "relu", one for all hidden layers or one for each.
    patch, stride : side of a patch, or (height, width), and the step from one to the next. image : (height, width) or
    (channels, height, width), default a square. bias : "per neuron", or "shared" for one a filter, as in most code.
    reduction : "sum", or "mean" over the samples. weight_decay : adds weight_decay/2 |theta|^2.
    Raises ValueError where sizes, targets or names do not fit. Source: Nguyen and Hein (2018), section 2 and theorem 4.5.

    >>> from lmcourse.data import gaussian_patches, one_hot
    >>> land = small_cnn(one_hot(gaussian_patches(100)), filters=3, widths=[5, 3])
    >>> land.shapes["W1"], land.shapes["b1"], land.known_minimum                # 36 patches, 108 neurons for 100 images
    ((3, 9), (108,), 0.0)
    >>> theta = torch.zeros(land.dim, dtype=torch.float64)                      # answers 0 where one of three should be 1
    >>> float(land.loss(theta))
    50.0
    """
    shape, patch = checked_image(data.x.shape[-1], image), (patch, patch) if isinstance(patch, int) else tuple(patch)
    first = patch_input(filters, shape, patch, stride, bias)
    widths = _checked_widths(widths)
    names = [activation] * len(widths) if isinstance(activation, str) else list(activation)
    if len(names) != len(widths):
        raise ValueError(f"There are {len(widths)} hidden layers, but {len(names)} activations came.")
    differ = bias == "per neuron"
    return network(
        f"convolutional network {filters} filters x {first.neurons // filters} patches, {'-'.join(map(str, widths))}",
        first, widths, names, data, loss=loss, half=True, reduction=reduction, weight_decay=weight_decay,
        distinct=lambda x: differ and not shared_patches(patches(x, shape, patch, stride)).any(),
        described=lambda x, y: (
            "convolutional", seen_pixels(shape, patch, stride), filters, not differ, widths, names, x, y, loss, reduction,
            weight_decay,
        ),
    )  # fmt: skip


def features(land: Landscape, theta: Tensor, x: Tensor | None = None) -> Tensor:
    """F_1, the features of the wide layer, (..., N, n_1), for images x (N, d), by default the samples of the landscape.

    >>> from lmcourse.data import gaussian_patches, one_hot
    >>> land = small_cnn(one_hot(gaussian_patches(40)), filters=2, widths=[3])
    >>> theta = torch.randn(land.dim, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    >>> F = features(land, theta)
    >>> F.shape, int(torch.linalg.matrix_rank(F))                               # more neurons than images: independent rows
    (torch.Size([40, 72]), 40)
    """
    return land.layers(theta, x)[0]


def patches(x: Tensor, image: tuple[int, ...], patch: tuple[int, int] = (3, 3), stride: int = 1) -> Tensor:
    """Cut images x (N, d) into patches (N, Q, l), row by row; image is (channels, height, width) or (height, width).

    >>> patches(torch.arange(5.0)[None], image=(1, 5), patch=(1, 3))
    tensor([[[0., 1., 2.],
             [1., 2., 3.],
             [2., 3., 4.]]])
    """
    channels, height, width = (1, *image)[-3:]
    return unfold(x.reshape(-1, channels, height, width), patch, stride=stride).mT


def seen_pixels(image: tuple[int, ...], patch: tuple[int, int] = (3, 3), stride: int = 1) -> list[list[int]]:
    """The numbers of the pixels that each patch sees, Q lists of l, in the order of `patches`.

    >>> seen_pixels((1, 4), (1, 3))
    [[0, 1, 2], [1, 2, 3]]
    """
    numbers = torch.arange(math.prod(image), dtype=torch.float64)[None]
    return patches(numbers, image, patch, stride)[0].long().tolist()


def shared_patches(cut: Tensor) -> Tensor:
    """Which samples have a patch that another sample has too: (N,) of True and False, from patches (N, Q, l).

    The theorems ask that there be none (assumption 3.1 of Nguyen and Hein 2018). Equal patches of one sample do not count.

    >>> shared_patches(torch.tensor([[[0.0], [1.0]], [[2.0], [0.0]], [[3.0], [3.0]]])).tolist()
    [True, True, False]
    """
    N, Q = cut.shape[:2]
    kind = torch.unique(cut.flatten(0, 1), dim=0, return_inverse=True)[1]  # (N Q,): equal patches have equal numbers
    owner = torch.arange(N, device=cut.device).repeat_interleave(Q)
    pairs = torch.unique(torch.stack([kind, owner], dim=1), dim=0)  # each kind once for every sample that has it
    owners = torch.bincount(pairs[:, 0])
    return (owners[kind] > 1).reshape(N, Q).any(1)


def convolution_matrix(
    filters: Tensor, image: tuple[int, ...], patch: tuple[int, int] = (3, 3), stride: int = 1
) -> Tensor:
    """The full matrix of the layer, (..., Q T, d), from filters (..., T, l): z = U x, with neuron h = (q-1) T + t.

    It is the transpose of the paper's U_1 = M_1(W_1), whose neurons are columns.

    >>> convolution_matrix(torch.tensor([[1.0, 2.0]]), image=(1, 3), patch=(1, 2))
    tensor([[1., 2., 0.],
            [0., 1., 2.]])
    """
    pixels = torch.eye(math.prod(image), dtype=filters.dtype, device=filters.device)
    seen = patches(pixels, image, patch, stride)  # (d, Q, l): which pixel stands where in which patch
    return torch.einsum("...tl,dql->...qtd", filters, seen).flatten(-3, -2)


def patch_input(filters: int, image: tuple[int, ...], patch: tuple[int, int], stride: int, bias: str) -> InputLayer:
    """A first layer of filters that see the patches of an image, all with the same weights."""
    if bias not in BIASES:
        raise ValueError(f"bias must be one of {BIASES}, but {bias!r} came.")
    for name, value in (("filters", filters), ("stride", stride)):
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise ValueError(f"{name} must be a whole number from 1 on, but {value!r} came.")
    if min(patch) < 1 or patch[0] > image[-2] or patch[1] > image[-1]:
        raise ValueError(f"A patch of {patch[0]} x {patch[1]} does not fit into an image of {image[-2]} x {image[-1]}.")
    T, shared = filters, bias == "shared"
    Q = ((image[-2] - patch[0]) // stride + 1) * ((image[-1] - patch[1]) // stride + 1)

    def apply(W: Tensor, b: Tensor, inputs: Tensor) -> Tensor:  # inputs (..., l, Q, N)
        N = inputs.shape[-1]
        Z = (W @ inputs.flatten(-2)).unflatten(-1, (Q, N)).transpose(-3, -2)  # (..., Q, T, N)
        return (Z + (b.unsqueeze(-2) if shared else b.unflatten(-1, (Q, T))).unsqueeze(-1)).flatten(-3, -2)

    def pull_back(dZ: Tensor, inputs: Tensor) -> tuple[Tensor, Tensor]:
        by_filter = dZ.unflatten(-2, (Q, T)).transpose(-3, -2)  # (..., T, Q, N)
        db = dZ.sum(-1)
        return by_filter.flatten(-2) @ inputs.flatten(-2).mT, db.unflatten(-1, (Q, T)).sum(-2) if shared else db

    biases = [IndexAxis("b1", 0, first=q * T) for q in range(1 if shared else Q)]
    outward = [IndexAxis("W2", 1, first=q * T, power=-1) for q in range(Q)]
    return InputLayer(
        weight=(T, image[0] * patch[0] * patch[1]),
        bias=T if shared else T * Q,
        neurons=T * Q,
        prepare=lambda x: patches(x, image, patch, stride).permute(2, 1, 0).contiguous(),  # (l, Q, N)
        apply=apply,
        pull_back=pull_back,
        units=T,
        axes=(IndexAxis("W1", 0), *biases, *outward),
    )


def checked_image(inputs: int, image: tuple[int, ...] | None) -> tuple[int, int, int]:
    """(channels, height, width) of images with so many inputs; a ValueError says what does not fit."""
    if image is None:
        side = math.isqrt(inputs)
        if side * side != inputs:
            raise ValueError(
                f"{inputs} inputs make no square image. Pass image=(height, width) or (channels, height, width)."
            )
        return 1, side, side
    shape = (1, *image)[-3:]
    if len(image) not in (2, 3) or math.prod(shape) != inputs:
        raise ValueError(f"image = {tuple(image)} does not fit the data, which have {inputs} inputs.")
    return shape


def _checked_widths(widths: Sequence[int]) -> list[int]:
    widths = list(widths)
    if not widths or any(not isinstance(n, int) or isinstance(n, bool) or n < 1 for n in widths):
        raise ValueError(f"widths must be whole numbers from 1 on, the outputs last, but {widths} came.")
    return widths
