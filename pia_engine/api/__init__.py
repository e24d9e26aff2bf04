"""The API for other systems of the city: versioned, described by OpenAPI, opened by keys. No session, no cookies."""

from __future__ import annotations

from flask import Flask

from pia_engine.api.routes import blueprint
from pia_engine.extensions import csrf


def register_api(app: Flask) -> None:
    """Mount it. Its requests carry no cookie, so there is no form whose origin would have to be proven."""
    csrf.exempt(blueprint)
    app.register_blueprint(blueprint)
