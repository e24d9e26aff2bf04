"""Turns physical directions in a style sheet into logical ones, so that one file serves both reading directions."""

from __future__ import annotations

import re

_DECLARATION = re.compile(r"""(?<=[;{])([a-z-]+):((?:[^;{}"']|"[^"]*"|'[^']*')+)(?=[;}])""")
_TOKEN = re.compile(r"(?:[^\s()]|\((?:[^()]|\([^()]*\))*\))+")

_SIDES = {"left": "start", "right": "end"}
_CORNERS = {
    "border-top-left-radius": "border-start-start-radius",
    "border-top-right-radius": "border-start-end-radius",
    "border-bottom-left-radius": "border-end-start-radius",
    "border-bottom-right-radius": "border-end-end-radius",
}
_PROPERTIES = {
    **_CORNERS,
    **{f"{box}-{side}": f"{box}-inline-{flow}" for box in ("margin", "padding") for side, flow in _SIDES.items()},
    **{side: f"inset-inline-{flow}" for side, flow in _SIDES.items()},
    **{
        f"border-{side}{aspect}": f"border-inline-{flow}{aspect}"
        for side, flow in _SIDES.items()
        for aspect in ("", "-width", "-style", "-color")
    },
}
_VALUES = {
    "text-align": {"left": "start", "right": "end"},
    "float": {"left": "inline-start", "right": "inline-end"},
    "clear": {"left": "inline-start", "right": "inline-end"},
}
_SHORTHANDS = {
    "margin": ("margin-block", "margin-inline"),
    "padding": ("padding-block", "padding-inline"),
    "border-width": ("border-block-width", "border-inline-width"),
    "border-color": ("border-block-color", "border-inline-color"),
}


def logical(css: str) -> str:
    """The same style sheet with start and end in place of left and right."""
    return _DECLARATION.sub(lambda found: _rewritten(found[1], found[2]), css)


def _rewritten(name: str, value: str) -> str:
    if name in _SHORTHANDS:
        return _split_sides(name, value)
    important = "!important" if value.endswith("!important") else ""
    bare = value.removesuffix("!important").strip()
    mapped = _VALUES.get(name, {}).get(bare)
    return f"{_PROPERTIES.get(name, name)}:{mapped + important if mapped else value}"


def _split_sides(name: str, value: str) -> str:
    """A four-part shorthand whose left and right differ becomes two: block, then inline."""
    important = "!important" if value.endswith("!important") else ""
    parts = _TOKEN.findall(value.removesuffix("!important"))
    if len(parts) != 4 or parts[1] == parts[3]:
        return f"{name}:{value}"
    top, right, bottom, left = parts
    block, inline = _SHORTHANDS[name]
    return f"{block}:{top} {bottom}{important};{inline}:{left} {right}{important}"
