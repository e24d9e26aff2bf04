"""What every template knows: the city, who is signed in, where they can go, the language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from babel import Locale
from flask import Flask, g, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import DBAPIError, TimeoutError

from pia_engine.extensions import db
from pia_engine.models import City
from pia_engine.permissions.people import may
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.cities import find_city
from pia_engine.services.workflow import status_label
from pia_engine.web.access import actor
from pia_engine.web.headers import nonce

CITY_STYLESHEET = "/city.css"

_PLACES = (
    ("/work", "work.", "work", None),
    (
        "/initiatives",
        (
            "initiatives.",
            "assessments.",
            "sections.",
            "history.",
            "comparing.",
            "beginning.",
            "attachments.",
            "vendor.",
            "comments.",
            "contributions.",
            "consultations.",
            "observers.",
            "gate.",
            "exceptions.",
        ),
        "initiatives",
        Permission.INITIATIVE_VIEW,
    ),
    ("/commitments", ("commitments.", "commitment_changes."), "commitments", Permission.COMMITMENT_VIEW),
    ("/audits", "audits.", "audits", Permission.ANNUAL_AUDIT_VIEW),
    (
        "/programme",
        ("programme.", "reports.", "records.index", "disposals.", "reconsiderations.", "spot_checks."),
        "programme",
        Permission.PROGRAMME_VIEW,
    ),
    ("/policy", ("policy.", "thresholds."), "policy", Permission.POLICY_VIEW),
    ("/people/roles", "roles.", "roles", Permission.POLICY_VIEW),
    ("/administration", "administration.", "administration", Permission.CITY_ADMINISTER),
)


@dataclass(frozen=True, slots=True)
class UnknownCity:
    """What stands on a page while the city's record cannot be read, or does not exist yet."""

    name: str = "PIA Engine"
    service_name: str = "Privacy assessments"
    introduction: str = ""
    contact_name: str = ""
    contact_email: str = ""
    time_zone: str = "UTC"
    language: str = "en"
    is_demo: bool = False


def known_city() -> City | UnknownCity:
    """The city's record, or its stand-in: an error page must not need the database."""
    try:
        return find_city(db.session) or UnknownCity()
    except (DBAPIError, TimeoutError):
        db.session.rollback()
        return UnknownCity()


def is_signed_in() -> bool:
    """Whether somebody is signed in whose record can be read now."""
    return isinstance(known_city(), City) and bool(current_user) and bool(current_user.is_authenticated)


def choose_locale() -> str:
    """The city's language. A person's own choice comes before it."""
    if "locale" not in g:
        g.locale = known_city().language
    return str(g.locale)


def choose_time_zone() -> str:
    return known_city().time_zone


def _navigation() -> list[dict[str, Any]]:
    names = {
        "work": _("My work"),
        "initiatives": _("Initiatives"),
        "commitments": _("Commitments"),
        "audits": _("Annual audits"),
        "programme": _("Programme"),
        "policy": _("Policy"),
        "roles": _("Roles"),
        "administration": _("Administration"),
    }
    places = [
        {"text": names[name], "href": href, "active": (request.endpoint or "").startswith(prefix)}
        for href, prefix, name, permission in _PLACES
        if permission is None or may(actor(), permission)
    ]
    return [*places, {"text": _("Public register"), "href": "/", "active": False}]


def template_context() -> dict[str, Any]:
    locale = choose_locale()
    signed_in = is_signed_in()
    return {
        "city": known_city(),
        "city_stylesheet": CITY_STYLESHEET,
        "csp_nonce": nonce(),
        "lang": locale.replace("_", "-"),
        "text_direction": Locale.parse(locale, sep="-" if "-" in locale else "_").text_direction,
        "navigation": _navigation() if signed_in else [],
        "current_person": current_user.person if signed_in else None,
        "status_label": status_label,
    }


def init_app(app: Flask) -> None:
    app.context_processor(template_context)
