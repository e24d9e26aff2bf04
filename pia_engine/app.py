"""The application factory: settings, extensions, blueprints, error pages. No rule of the field stands here."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from pia_engine import web
from pia_engine.api import register_api
from pia_engine.assets import asset_url
from pia_engine.errors import N_, Invalid
from pia_engine.extensions import babel, csrf, db, limiter, migrate, prepare_engine
from pia_engine.questionnaires.loading import load_catalogue
from pia_engine.register.serving import PublishedPages
from pia_engine.settings import Settings
from pia_engine.templating import template_folder
from pia_engine.web import accounts, context, error_pages, headers, sessions
from pia_engine.web.access import register_access

MEGABYTE = 1024 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application. A malformed questionnaire stops it with file, line and what was expected."""
    settings = settings or Settings()
    app = Flask("pia_engine", template_folder=str(template_folder()), static_folder="static")
    app.extensions["pia-settings"] = settings
    app.extensions["pia-catalogue"] = load_catalogue(settings.questionnaires_folder)
    app.config.update(_flask_config(settings))
    logging.getLogger("pia_engine").setLevel(settings.log_level)
    set_up_templates(app)
    _set_up_extensions(app, settings)
    headers.init_app(app)
    error_pages.init_app(app)
    context.init_app(app)
    web.register_blueprints(app)
    register_api(app)
    register_access(app)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
    app.wsgi_app = PublishedPages(app.wsgi_app, settings)  # type: ignore[method-assign]
    return app


def _flask_config(settings: Settings) -> dict[str, Any]:
    secret = _secret_key(settings)
    return {
        "SECRET_KEY": secret,
        "SQLALCHEMY_DATABASE_URI": settings.database,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings),
        "MAX_CONTENT_LENGTH": 4 * MEGABYTE,
        "MAX_FORM_MEMORY_SIZE": 2 * MEGABYTE,
        "MAX_FORM_PARTS": 4000,
        "SESSION_COOKIE_NAME": "__Host-pia" if settings.uses_https else "pia",
        "SESSION_COOKIE_SECURE": settings.uses_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": settings.session_hours * 3600,
        "WTF_CSRF_TIME_LIMIT": None,
        # Vendor pages send no referrer: the secret in their address stays with us. The token and SameSite guard.
        "WTF_CSRF_SSL_STRICT": False,
        "RATELIMIT_STORAGE_URI": settings.rate_limit_storage,
        "BABEL_DEFAULT_LOCALE": "en",
        **accounts.security_config(settings, salt=hashlib.sha256(secret.encode()).hexdigest()),
    }


def _engine_options(settings: Settings) -> dict[str, Any]:
    """Values never stand in error messages: they would carry people's answers into the log."""
    if settings.database.startswith("sqlite"):
        return {"connect_args": {"timeout": 5}, "hide_parameters": True}
    return {"pool_pre_ping": True, "hide_parameters": True}


def _secret_key(settings: Settings) -> str:
    try:
        return settings.secret_key_path.read_text().strip()
    except FileNotFoundError:
        raise Invalid(
            N_("There is no secret key at %(path)s. Run “pia init” to create this installation."),
            path=settings.secret_key_path,
        ) from None


def set_up_templates(app: Flask) -> None:
    """Templates fail on unknown names rather than printing nothing."""
    app.jinja_options = {"undefined": StrictUndefined}
    app.jinja_loader = ChoiceLoader([FileSystemLoader(str(template_folder())), PackageLoader("govuk_frontend_jinja")])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["asset"] = asset_url


def _set_up_extensions(app: Flask, settings: Settings) -> None:
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    migrate.init_app(app, db, directory=str(_migrations_folder()))
    babel.init_app(app, locale_selector=context.choose_locale, timezone_selector=context.choose_time_zone)
    csrf.init_app(app)
    limiter.init_app(app)
    sessions.init_app(app)
    accounts.init_app(app)


def _migrations_folder() -> str:
    return str(Path(__file__).resolve().parent / "migrations")
