"""The city's own colours as a small style sheet over the product's, readable whatever colours a city picks."""

from __future__ import annotations

import re

from pia_engine.models import City

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
LIGHT, DARK = "#ffffff", "#10222a"


def city_css(city: City) -> str:
    """Custom properties for light pages; dark pages keep the product's colours, which are known to be readable."""
    lines = []
    if COLOUR.fullmatch(city.brand_colour):
        brand = city.brand_colour
        lines += [
            f"--govuk-brand-colour: {brand};",
            f"--app-brand-text: {text_on(brand)};",
            f"--app-action: {brand};",
            f"--app-action-text: {text_on(brand)};",
            f"--app-action-hover: {darker(brand) if text_on(brand) == LIGHT else lighter(brand)};",
        ]
    if COLOUR.fullmatch(city.link_colour):
        link = city.link_colour
        lines += [f"--govuk-link-colour: {link};", f"--govuk-link-hover-colour: {darker(link)};"]
    if not lines:
        return ""
    body = "\n    ".join(lines)
    return f"@media screen and (prefers-color-scheme: light), print {{\n  :root {{\n    {body}\n  }}\n}}\n"


def text_on(colour: str) -> str:
    """White or near-black, whichever is easier to read on a colour."""
    return LIGHT if contrast(colour, LIGHT) >= contrast(colour, DARK) else DARK


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours as WCAG defines it, 1 to 21."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def darker(colour: str) -> str:
    return _mixed(colour, "#000000")


def lighter(colour: str) -> str:
    return _mixed(colour, "#ffffff")


def _mixed(colour: str, other: str, share: float = 0.28) -> str:
    parts = (
        round(one * (1 - share) + two * share) for one, two in zip(_channels(colour), _channels(other), strict=True)
    )
    return "#" + "".join(f"{part:02x}" for part in parts)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
