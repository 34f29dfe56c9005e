"""Pictures: every function draws data on given axes; none keeps state or opens a window.

Data types, in words
    ax      matplotlib axes, usually from `figure()`
    land    a two-dimensional Landscape; its window says where to draw
    path    an array (steps, 2)

The palette is Okabe and Ito's (2008), safe for colour-blind readers; curves also differ in dash or marker. Lines, and marks
without a dark edge, take a colour of LINES, which stands out from white by 3 to 1 or more (WCAG 2.2); the others fill areas.
"""

from __future__ import annotations

from itertools import pairwise

import matplotlib
import numpy as np
import torch
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from lmcourse.landscape import Landscape

PALETTE = {
    "blue": "#0072B2", "orange": "#E69F00", "green": "#009E73", "vermilion": "#D55E00",
    "sky": "#56B4E9", "purple": "#CC79A7", "yellow": "#F0E442", "black": "#000000", "grey": "#6E6E6E",
}  # fmt: skip
LINES = ("blue", "green", "vermilion", "purple", "black", "grey")
BLUE_WHITE_ORANGE = LinearSegmentedColormap.from_list(
    "blue-white-orange", [PALETTE["blue"], "white", PALETTE["vermilion"]]
)
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P")
BLIND = {"facecolor": "#E4E4E4", "hatch": "///", "edgecolor": "#B0B0B0", "linewidth": 0}  # where every neuron is off
ROW_TO_KINK = 0.06
HALO = withStroke(linewidth=2, foreground="white")  # around marks that lie on others
STYLE = {
    "font.size": 12, "axes.titlesize": 12, "axes.labelsize": 12, "xtick.labelsize": 11, "ytick.labelsize": 11,
    "legend.fontsize": 11, "axes.spines.top": False, "axes.spines.right": False,
    "axes.prop_cycle": matplotlib.cycler(color=[PALETTE[name] for name in LINES]),
}  # fmt: skip


def figure(
    width: float = 8.0, height: float = 4.0, columns: int = 1, rows: int = 1, **options
) -> tuple[Figure, object]:
    """A figure of the course's style, in inches, and its axes; it belongs to nobody but you.

    >>> fig, ax = figure()
    >>> type(fig).__name__
    'Figure'
    """
    with matplotlib.rc_context(STYLE):
        fig = Figure(figsize=(width, height), layout="constrained")
        axes = fig.subplots(rows, columns, **options)
    return fig, axes


def draw_contours(ax, land: Landscape, xlim=None, ylim=None, points: int = 121) -> None:
    """Draw the height lines of a two-dimensional landscape, as equally filled levels, with its axes' names."""
    if land.dim != 2:
        raise ValueError(f"A contour picture needs a landscape of 2 parameters, but {land.name} has {land.dim}.")
    xlim, ylim = xlim or land.window[0], ylim or land.window[1]
    x, y = np.linspace(*xlim, points), np.linspace(*ylim, points)
    grid = torch.from_numpy(np.stack(np.meshgrid(x, y), axis=-1))  # (points, points, 2)
    heights = land.loss(grid).numpy()
    levels = np.unique(np.quantile(heights, np.linspace(0, 1, 16)))
    ax.contourf(x, y, heights, levels=levels, cmap="cividis", alpha=0.75)
    ax.contour(x, y, heights, levels=levels, colors="white", linewidths=0.5)
    ax.set(xlim=xlim, ylim=ylim, xlabel="first parameter x (no unit)", ylabel="second parameter y (no unit)")


def draw_path(ax, path, label: str | None = None, color: str = PALETTE["vermilion"], dash="-") -> None:
    """Draw a path (steps, 2) on a map, with a circle where it starts and a square where it ends."""
    path = np.asarray(path)
    ax.plot(*path.T, color="white", linewidth=4.5, alpha=0.85, zorder=1.9)  # parts of a map are as light as the path
    ax.plot(path[:, 0], path[:, 1], linestyle=dash, color=color, linewidth=1.8, label=label)
    ax.plot(*path[0], marker="o", color="white", markeredgecolor="black", markersize=9, linestyle="none")
    ax.plot(*path[-1], marker="s", color=color, markeredgecolor="black", markersize=9, linestyle="none")


def ink(ground) -> str:
    """Black or white, whichever stands out more from a colour: always by 4.5 to 1 or more, as WCAG 2.2 asks of text.

    >>> ink("yellow"), ink(PALETTE["blue"])
    ('black', 'white')
    """
    rgb = np.array(to_rgb(ground))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return "black" if linear @ (0.2126, 0.7152, 0.0722) > 0.179 else "white"  # where both contrasts are the same


def draw_matrix(ax, W, limit: float = 1.0, numbers: bool | None = None) -> None:
    """Draw a weight matrix (n, d) as a grid of colours: orange positive, blue negative, white zero; neurons are rows.

    numbers : write the entries into the squares; by default up to 6 columns.
    """
    W = np.asarray(W)
    image = ax.imshow(W, cmap=BLUE_WHITE_ORANGE, vmin=-limit, vmax=limit)
    if numbers if numbers is not None else W.shape[1] <= 6:
        for (row, column), value in np.ndenumerate(W):
            shade = ink(image.to_rgba(value)[:3])
            ax.text(column, row, f"{value:z.2f}", color=shade, ha="center", va="center", fontsize=9)
    ax.set(
        xticks=range(W.shape[1]), yticks=range(W.shape[0]), xlabel="input (number)", ylabel="student neuron (number)"
    )
    ax.set_xticklabels(range(1, W.shape[1] + 1))
    ax.set_yticklabels(range(1, W.shape[0] + 1))
    ax.spines[:].set_visible(False)


def draw_spectrum(ax, eigenvalues, label: str | None = None) -> None:
    """Draw eigenvalues in rising order: circles where positive, filled triangles where negative."""
    values = np.sort(np.asarray(eigenvalues))
    order = np.arange(1, len(values) + 1)
    negative = values < 0
    ax.axhline(0, color=PALETTE["grey"], linewidth=1)
    rings = {"color": PALETTE["blue"], "markerfacecolor": "white", "markersize": 4}
    ax.plot(order[~negative], values[~negative], "o", label=label, **rings)
    ax.plot(order[negative], values[negative], "v", color=PALETTE["vermilion"], markersize=6)
    ax.set(xlabel="place (number)", ylabel="Hessian eigenvalue (no unit)")


def draw_shares(ax, x, counts, label: str, color: str, marker: str, dash="-") -> None:
    """Draw shares in percent with their intervals; counts have `.share` and `.interval`."""
    shares = np.array([100 * count.share for count in counts])
    low, high = (100 * np.array([count.interval[side] for count in counts]) for side in (0, 1))
    ax.errorbar(
        x,
        shares,
        yerr=np.clip([shares - low, high - shares], 0, None),  # at 0 and 100 rounding may pass the share
        label=label,
        color=color,
        marker=marker,
        linestyle=dash,
        capsize=3,
    )


def draw_share_rows(ax, names, counts, label: str, color: str, marker: str, lift: float = 0.0) -> None:
    """Draw shares in percent with their intervals, a row for each name from top to bottom; `lift` moves marks up in the row."""
    shares = np.array([100 * count.share for count in counts])
    low, high = (100 * np.array([count.interval[side] for count in counts]) for side in (0, 1))
    rows = np.arange(len(names))
    ax.errorbar(
        shares,
        rows - lift,
        xerr=np.clip([shares - low, high - shares], 0, None),
        label=label,
        color=color,
        fmt=marker,
        capsize=2,
    )
    ax.set(yticks=rows, xlim=(-3, 103), ylim=(len(names) - 0.5, -0.5), xlabel="runs (percent)")
    ax.set_yticklabels(names)


def draw_points(ax, data, right=None) -> None:
    """Draw samples in the plane: orange squares of class 1, blue circles of class 0, a cross where not `right` (N,)."""
    x, y = np.asarray(data.x), np.asarray(data.y) > 0.5
    for one, marker, color in ((True, "s", "vermilion"), (False, "o", "blue")):
        place = x[y == one].T
        ax.plot(*place, marker, color=PALETTE[color], markeredgecolor="black", markersize=9, label=f"class {int(one)}")
    if right is not None and not all(right):
        ax.plot(*x[~np.asarray(right)].T, "x", color="black", markersize=15, markeredgewidth=2, label="wrong side")


def draw_regions(ax, land: Landscape, theta, data, xlim=(-4, 4), ylim=(-4, 4), points: int = 121) -> None:
    """Draw what a network with two inputs and one output answers over the plane, p from 0 (blue) to 1 (orange), and its samples.

    The black line is p = 1/2, where the answer changes; samples on the wrong side are crossed.
    """
    across, up = np.linspace(*xlim, points), np.linspace(*ylim, points)
    grid = torch.from_numpy(np.stack(np.meshgrid(across, up), axis=-1)).flatten(0, 1)  # (points^2, 2)
    p = land.outputs(theta, grid)[..., 0].numpy().reshape(points, points)
    ax.imshow(
        p, cmap=BLUE_WHITE_ORANGE, vmin=0, vmax=1, alpha=0.55, extent=(*xlim, *ylim), origin="lower", aspect="auto"
    )
    ax.contour(across, up, p, levels=[0.5], colors="black", linewidths=1.5)
    right = (land.outputs(theta, data.x)[..., 0] > 0.5) == (data.y > 0.5)
    draw_points(ax, data, right)
    ax.set(xlim=xlim, ylim=ylim, xlabel="first input (no unit)", ylabel="second input (no unit)")


def draw_plane(ax, plane, places: dict[str, tuple[float, float]]) -> None:
    """Draw the loss over a `lm.slices.plane` in powers of ten, with a scale beside it, and named places (x, y) on it.

    >>> import torch, lmcourse as lm
    >>> fig, ax = figure(5, 4)
    >>> x, y = torch.eye(2, dtype=torch.float64)
    >>> draw_plane(ax, lm.slices.plane(lm.surface("himmelblau"), 0 * x, x, y), {"A": (0.0, 0.0)})
    """
    levels = ax.contourf(plane.x, plane.y, plane.loss.log10(), levels=20, cmap="cividis")
    ax.figure.colorbar(levels, ax=ax, label="log₁₀ of the loss", ticks=MaxNLocator(6))
    for name, place in places.items():
        ax.plot(*place, "o", color="white", markeredgecolor="black")
        ax.annotate(name, place, (6, 6), textcoords="offset points", color="white")


def log_values(ax, values) -> None:
    """Let the x axis of `ax` count in factors and name these values, as plain numbers.

    >>> fig, ax = figure(4, 3)
    >>> log_values(ax, [0.5, 2, 8])
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['0.5', '2', '8']
    """
    ax.set_xscale("log")
    ax.set_xticks(list(values), [f"{value:g}" for value in values])
    ax.xaxis.minorticks_off()


def log_with_zero(ax, linear: float, ticks) -> None:
    """Let the y axis of `ax` count in powers of ten on both sides of zero; between -linear and linear, shaded, it is a ruler.

    >>> fig, ax = figure(4, 3)
    >>> log_with_zero(ax, 1e-8, [0, -1e-6, 0.01])
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['0', '$-10^{-6}$', '0.01']
    """
    ax.axhspan(-linear, linear, color=PALETTE["grey"], alpha=0.2, linewidth=0)
    ax.set_yscale("symlog", linthresh=linear)
    small = [0 < abs(tick) < 1e-4 for tick in ticks]
    powers = [f"${'-' if tick < 0 else ''}10^{{{np.log10(abs(tick) or 1):.0f}}}$" for tick in ticks]
    plain = [f"{tick:g}".replace("-", "−") for tick in ticks]
    ax.set_yticks(ticks, np.where(small, powers, plain).tolist())
    ax.minorticks_off()


def draw_share_grid(ax, shares, columns, rows) -> None:
    """Draw shares from 0 to 1, (rows, columns), as a grid from dark to light with percentages; the first row lies at the bottom."""
    shares = np.asarray(shares)
    image = ax.imshow(shares, cmap="cividis", vmin=0, vmax=1, origin="lower", aspect="auto")
    for (row, column), share in np.ndenumerate(shares):
        shade = ink(image.to_rgba(share)[:3])
        ax.text(column, row, whole_percent(share), color=shade, ha="center", va="center", fontsize=10)
    ax.set(xticks=range(len(columns)), yticks=range(len(rows)), xticklabels=columns, yticklabels=rows)
    ax.spines[:].set_visible(False)


def whole_percent(share: float) -> str:
    """A share in percent without decimals; what is not 0 or 1 does not look like it.

    >>> [whole_percent(share) for share in (0, 0.001, 0.271, 0.995, 1)]
    ['0', '1', '27', '99', '100']
    """
    percent = 100 * share
    return f"{min(max(percent, 1), 99) if 0 < percent < 100 else percent:.0f}"


def draw_losses(ax, losses, bins: int = 80, color: str = PALETTE["blue"]) -> None:
    """Draw how many runs ended at which loss, as a histogram from zero to a little above the largest."""
    losses = np.asarray(losses)
    edges = np.linspace(0, max(0.03, 1.05 * float(losses.max())), bins + 1)
    heights, _ = np.histogram(losses.clip(0), edges)
    ax.stairs(heights, edges, fill=True, color=color)
    ax.set(xlabel="final loss (no unit)", ylabel="runs (number)", xlim=(-0.02 * edges[-1], edges[-1]))


def rows_below(low: float, high: float, neurons: int) -> np.ndarray:
    """Heights of the rows of `draw_relu_line` below the outputs from low to high, and of the lower edge of the picture.

    A kink stands between two rows, ROW_TO_KINK of the outputs' range below its own.
    """
    return low - (high - low) * np.append(0.14 * np.arange(1, neurons + 1), 0.14 * neurons + 0.11)


def draw_relu_line(ax, land: Landscape, theta, data, xlim=None, ylim=None) -> None:
    """Draw a 1-n-1 ReLU network with its samples; below them a row for each neuron, which shows where on the line it is on.

    In a row a bar covers the inputs that switch the neuron on, and a triangle below it stands at the kink and points to that
    side. A sample is a full circle where the neuron is on, a ring where it is off, a half circle on the kink. Grey bands with
    strokes are blind: every neuron is off.
    """
    x, y, theta = data.x[:, 0].numpy(), data.y.numpy(), torch.as_tensor(theta, dtype=torch.float64)
    w, b = (land.unpack(theta)[name].flatten().numpy() for name in ("W1", "b1"))
    kinks = -b / np.where(w == 0, np.nan, w)
    xlim, (low, high) = xlim or (x.min() - 2, x.max() + 2), ylim or (y.min() - 1, y.max() + 1)
    *rows, bottom = rows_below(low, high, len(w))
    grid = np.union1d(np.linspace(*xlim, 601), kinks[np.isfinite(kinks)].clip(*xlim))
    ax.fill_between(grid, bottom, high, where=~(w * grid[:, None] + b > 1e-9).any(1), **BLIND)
    line = land.layers(theta, torch.from_numpy(grid)[:, None])[-1][:, 0].numpy()
    ax.plot(grid, np.where(line >= low, line, np.nan), color=PALETTE["black"], linewidth=2)  # the rows stay free
    ax.plot(x, y, "D", color=PALETTE["vermilion"], markeredgecolor="black", markersize=7, zorder=3)
    for j, (row, kink, name) in enumerate(zip(rows, kinks, ("blue", "green", "purple") * len(w), strict=False)):
        on = np.where(w[j] * grid + b[j] >= -1e-9, row, np.nan)
        ax.plot(grid, on, color=PALETTE[name], linewidth=8, alpha=0.35, solid_capstyle="butt")
        if xlim[0] <= kink <= xlim[1]:
            foot = row - ROW_TO_KINK * (high - low)
            ax.plot([kink, kink], [foot, high], ":", color=PALETTE[name], linewidth=1.5)
            ax.plot(kink, foot, ">" if w[j] > 0 else "<", color=PALETTE[name], markeredgecolor="black", markersize=11)
        z = w[j] * x + b[j]
        for those, style in ((z > 1e-9, "full"), (z < -1e-9, "none"), (abs(z) <= 1e-9, "left")):
            looks = {"fillstyle": style, "markersize": 6, "markerfacecoloralt": "white"}
            # a halo would cover the other half of a half circle
            looks |= {"markersize": 8} if style == "left" else {"path_effects": [HALO]}
            ax.plot(x[those], row + 0 * x[those], "o", color=PALETTE["black"], **looks)
    ticks = [tick for tick in MaxNLocator(5, integer=True).tick_values(low, high) if low <= tick <= high]
    ax.set_yticks(
        [*rows, *ticks],
        [*(f"neuron {j + 1}" for j in range(len(w))), *(f"{tick:g}".replace("-", "\N{MINUS SIGN}") for tick in ticks)],
    )
    ax.set(xlim=xlim, ylim=(bottom, high), xlabel="input x (no unit)", ylabel="output (no unit)")


def draw_walk(ax, land: Landscape, corners, label: str, color: str, dash="-") -> torch.Tensor:
    """Draw the loss along straight legs from corner to corner, and return it, (legs, 101); a dot marks each corner."""
    corners = torch.as_tensor(corners, dtype=torch.float64)
    share = torch.linspace(0, 1, 101, dtype=torch.float64)[:, None]
    heights = torch.stack([land.loss(torch.lerp(a, b, share)) for a, b in pairwise(corners)])
    legs = torch.arange(len(heights))[:, None] + share[:, 0]
    ax.plot(legs.flatten(), heights.flatten(), color=color, linestyle=dash, linewidth=2, label=label)
    ax.plot(range(len(corners)), land.loss(corners), "o", color=color, markersize=6)
    ax.set(xlabel="corner of the walk (number)", ylabel="loss (no unit)", xticks=range(len(corners)))
    return heights
