"""Widths of the layers of image networks: the integers of the table, and networks that are the published ones weight for weight."""

import subprocess
import sys

import pytest
import torch
from torch import nn

from lmcourse.experiments import image_networks, layer_widths
from lmcourse.experiments.layer_widths import IMAGENET, NETWORKS, PUBLISHED, build, layers, measured

WIDTHS = {  # first and widest hidden layer: positions of a side, squared, times channels
    "VGG-16": (224**2 * 64, 224**2 * 64),
    "Xception": (149**2 * 32, 147**2 * 128),
    "InceptionV3": (149**2 * 32, 147**2 * 64),
    "InceptionV4": (149**2 * 32, 147**2 * 64),
    "SqueezeNet": (111**2 * 96, 111**2 * 96),
    "ENet": (256**2 * 16, 256**2 * 16),
    "GoogLeNet": (112**2 * 64, 112**2 * 64),
    "ResNet-50": (112**2 * 64, 112**2 * 64),
}
WEIGHTS = {  # as counted in the public implementations; a layer left out or of another size would show
    "VGG-16": 138_357_544, "Xception": 22_855_952, "InceptionV3": 23_834_568, "InceptionV4": 42_679_816,
    "SqueezeNet": 1_248_424, "GoogLeNet": 6_998_552, "ResNet-50": 25_557_032,
}  # fmt: skip


@pytest.mark.parametrize("name", NETWORKS)
def test_widths_are_the_integers_of_the_table(name):
    assert tuple(layer.neurons for layer in measured(name)) == WIDTHS[name]


def test_the_integers_are_those_that_were_computed_by_hand():
    assert [WIDTHS[name][1] for name in ("VGG-16", "InceptionV3", "SqueezeNet", "ENet", "GoogLeNet", "Xception")] == [
        3_211_264, 1_382_976, 1_182_816, 1_048_576, 802_816, 2_765_952,
    ]  # fmt: skip
    assert WIDTHS["InceptionV3"][0] == WIDTHS["Xception"][0] == 710_432


@pytest.mark.parametrize("name", NETWORKS)
def test_the_published_lower_bounds_hold(name):
    first, widest = measured(name)
    assert first.neurons >= 1000 * PUBLISHED[name][0] and widest.neurons >= 1000 * PUBLISHED[name][1]


def test_four_of_eight_have_more_neurons_than_imagenet_has_images():
    wide = [name for name in NETWORKS if measured(name)[1].neurons >= IMAGENET]
    assert wide == ["VGG-16", "Xception", "InceptionV3", "InceptionV4"]


@pytest.mark.parametrize("name", WEIGHTS)
def test_networks_have_the_published_number_of_weights(name):
    assert sum(p.numel() for p in build(name).parameters()) == WEIGHTS[name]


@pytest.mark.parametrize("configuration", image_networks.VGG_LAYERS)
def test_every_vgg_has_the_same_widest_layer(configuration):
    with torch.device("meta"):
        network = image_networks.vgg(configuration)
    assert max(layer.neurons for layer in layers(network, 224)) == 3_211_264
    convolutions = sum(isinstance(module, nn.Conv2d) for module in network)
    assert convolutions + 3 == {"A": 11, "B": 13, "C": 16, "D": 16, "E": 19}[configuration]


def test_every_resnet_has_the_same_widest_layer():
    for blocks, weights in (((3, 4, 23, 3), 44_549_160), ((3, 8, 36, 3), 60_192_808)):
        with torch.device("meta"):
            network = image_networks.resnet(blocks)
        assert sum(p.numel() for p in network.parameters()) == weights
        assert max(layer.neurons for layer in layers(network, 224)) == 802_816


def test_nothing_is_allocated():
    assert all(p.is_meta for p in build("VGG-16").parameters())


def test_layers_answer_with_what_a_real_network_puts_out():
    def network():
        return nn.Sequential(
            image_networks.Branches(nn.Conv2d(1, 2, 3, stride=2), nn.Conv2d(1, 3, 3, stride=2)), nn.Flatten(),
            nn.Linear(5 * 4 * 4, 7), nn.ReLU(), nn.Linear(7, 2),
        )  # fmt: skip

    with torch.device("meta"):
        found = layers(network(), side=9, channels=1)
    assert [layer.neurons for layer in found] == [2 * 16, 3 * 16, 5 * 16, 7]  # the output layer is left out
    assert network()[0](torch.zeros(1, 1, 9, 9)).numel() == found[2].neurons


@pytest.mark.parametrize("name", NETWORKS)
def test_shapes_are_those_that_torch_itself_finds(name):
    network, side = build(name), NETWORKS[name][1]
    ours = [layer.neurons for layer in layers(network, side)]
    theirs = []
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear, image_networks.Branches)):
            module.register_forward_hook(lambda module, inputs, output: theirs.append(output.numel()))
    with torch.no_grad():
        network.eval()(torch.empty(1, 3, side, side, device="meta"))
    assert ours == theirs[:-1] and len(ours) >= 15


@pytest.mark.parametrize("kind", [nn.MaxPool2d, nn.AvgPool2d])
@pytest.mark.parametrize("ceil_mode", [False, True])
def test_pooling_rounds_as_torch_does(kind, ceil_mode):
    for side in range(3, 12):
        for size, stride, padding in ((2, 2, 0), (3, 2, 0), (3, 2, 1), (3, 1, 1), (2, 3, 1), (3, 3, 1)):
            module = kind(size, stride, padding, ceil_mode=ceil_mode)
            shape = (1, 4, side, side + 1)
            assert tuple(layer_widths.SHAPES[kind](module, shape)) == tuple(module(torch.zeros(shape)).shape)


def test_counting_does_not_load_the_compiler_of_torch():
    code = "import sys; from lmcourse.experiments import layer_widths as w; [w.measured(name) for name in w.NETWORKS]; "
    code += "sys.exit('torch._dynamo' in sys.modules or 'sympy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unknown_network_is_refused_in_words():
    with pytest.raises(ValueError, match=r"The networks are VGG-16, .* but 'AlexNet' came"):
        layer_widths.build("AlexNet")
