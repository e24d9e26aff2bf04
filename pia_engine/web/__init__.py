"""Blueprints: parse, call one service, commit, redirect or render. No rule of the field is decided here."""

from __future__ import annotations

import importlib.util
from importlib import import_module

from flask import Flask

PARTS = (
    "site",
    "register",
    "work",
    "initiatives",
    "assessments",
    "sections",
    "history",
    "comparing",
    "beginning",
    "risks",
    "risk",
    "attachments",
    "comments",
    "contributions",
    "vendor",
    "audits",
    "policy",
    "roles",
    "thresholds",
    "administration",
    "hints",
    "gate",
    "exceptions",
    "consultations",
    "observers",
    "commitments",
    "commitment_changes",
    "reconsiderations",
    "spot_checks",
    "programme_audits",
    "findings",
    "reminders",
    "calendar",
    "records",
    "disposals",
    "programme",
    "reports",
    "verification",
    "withholdings",
)


def register_blueprints(app: Flask) -> None:
    """Mount every part of the site."""
    for part in PARTS:
        if importlib.util.find_spec(f"pia_engine.web.{part}") is None:
            continue
        app.register_blueprint(import_module(f"pia_engine.web.{part}").blueprint)
