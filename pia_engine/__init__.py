"""PIA Engine: privacy impact assessments from a department's first idea to the public page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from pia_engine.settings import Settings

__version__ = "0.1.0"
__all__ = ["__version__", "create_app"]


def create_app(settings: Settings | None = None) -> Flask:
    """The web application; see `pia_engine.app`. Imported late, so that importing one part costs only that part."""
    from pia_engine.app import create_app as create

    return create(settings)
