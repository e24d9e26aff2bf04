"""A way to post anything to one field and look at what it made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from werkzeug.datastructures import MultiDict

from pia_engine.forms.base import CityForm

Posted = list[tuple[str, Any]]


@pytest.fixture(scope="session")
def forms_app() -> Flask:
    app = Flask("forms")
    app.config["SECRET_KEY"] = "only for tests"
    Babel(app)
    return app


@pytest.fixture(autouse=True, scope="package")
def request_context(forms_app: Flask) -> Iterator[None]:
    with forms_app.test_request_context():
        yield


@pytest.fixture(scope="package")
def ask() -> Callable[..., Any]:
    """`ask(field, posted)` is the field called `q` once the form was posted and validated; without `posted`, fresh."""

    def asked(field: Any, posted: Posted | None = None, *, data: Any = None) -> Any:
        form_class = type("Form", (CityForm,), {"q": field})
        form = form_class(MultiDict(posted) if posted is not None else None, data={"q": data}, meta={"csrf": False})
        if posted is not None:
            form.validate()
        return form.q

    return asked
