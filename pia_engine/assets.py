"""The built style sheet, script and icon under their hashed names. `frontend/` builds them."""

from __future__ import annotations

import functools
import json
from pathlib import Path

DIST = Path(__file__).parent / "static" / "dist"
URL_PREFIX = "/static/dist/"


class AssetMissing(LookupError):
    """A page asks for a file the last build did not make: a mistake of the installation, not of a reader."""


def asset_url(name: str) -> str:
    """The address of a built file, for example `/static/dist/app.1a2b3c4d.css` for `app.css`."""
    hashed = _manifest(DIST).get(name)
    if hashed is None:
        raise AssetMissing(
            f"{DIST / 'manifest.json'} has no entry “{name}”. Run `python3 frontend/build.py`, or install again."
        )
    return URL_PREFIX + hashed


def asset_path(name: str) -> Path:
    """Where the same file lies on the disk."""
    return DIST / asset_url(name).removeprefix(URL_PREFIX)


@functools.cache
def _manifest(folder: Path) -> dict[str, str]:
    try:
        manifest: dict[str, str] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise AssetMissing(
            f"{folder / 'manifest.json'} is missing. Run `python3 frontend/build.py`, or install again."
        ) from None
    return manifest
