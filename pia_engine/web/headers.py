"""Security headers on every answer of the application: a strict content policy with a nonce per request."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

from pia_engine.settings import Settings


def nonce() -> str:
    """The nonce scripts of this page carry."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def content_policy() -> str:
    """Only our own files, scripts only with the nonce, no frames, forms only to ourselves."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce()}' 'strict-dynamic'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _is_private(response: Response) -> bool:
    """Nothing is kept by caches unless its view says so. The sign-in library's own header is malformed."""
    if request.endpoint in ("static", "security.static"):
        return False
    return request.blueprint == "security" or "Cache-Control" not in response.headers


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["pia-settings"]

    @app.after_request
    def _add_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", content_policy())
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault(
            "Referrer-Policy", "no-referrer" if request.path.startswith(("/vendor/", "/gate/")) else "same-origin"
        )
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()"
        )
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Frame-Options", "DENY")
        if settings.uses_https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
        if _is_private(response):
            response.headers["Cache-Control"] = "no-store"
        return response
