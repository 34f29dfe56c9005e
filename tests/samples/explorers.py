"""Stand-ins for what an explorer hands to its long computations."""

from types import SimpleNamespace

STOPPED = SimpleNamespace(stopping=SimpleNamespace(is_set=lambda: True))  # a run whose Stop button was pressed


def drag(explorer, handle: int | str, x: float, y: float) -> None:
    """What the browser sends for a handle, by its number or its name, that was dragged to (x, y) of the plane."""
    if isinstance(handle, str):
        handle = [each.name for each in explorer.handles()].index(handle)
    count = (explorer.picture.moved or [0])[0] + 1
    explorer.picture.set_state({"moved": [count, handle, *explorer.plane.to_picture(x, y)]})
