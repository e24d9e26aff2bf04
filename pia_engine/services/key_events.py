"""What was done to the city's keys, in the city's own chain of the audit trail; and the daily look at its lists.

The keys themselves are files; see `documents.key_care`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy.orm import Session

from pia_engine.models import OutboxJob
from pia_engine.permissions.roles import SYSTEM
from pia_engine.services.audit import append_event
from pia_engine.services.cities import get_city
from pia_engine.services.outbox import queue_job


def record_rotation(session: Session, *, old: Mapping[str, str], now: dt.datetime) -> None:
    """Enter that keys were made anew; `old` names each file kept and the serial number of its certificate."""
    append_event(session, get_city(session), "city:key-rotated", actor=SYSTEM, now=now, details={"kept": dict(old)})


def record_revocation_event(session: Session, *, serial: str, reason: str, now: dt.datetime) -> None:
    """Enter that a certificate no longer counts, and why."""
    details = {"serial": serial, "reason": reason}
    append_event(session, get_city(session), "city:certificate-revoked", actor=SYSTEM, now=now, details=details)


def record_adoption(session: Session, *, purpose: str, fingerprints: list[str], now: dt.datetime) -> None:
    """Enter that certificates of an outside authority count from now on."""
    details = {"purpose": purpose, "fingerprints": fingerprints}
    append_event(session, get_city(session), "city:certificate-adopted", actor=SYSTEM, now=now, details=details)


def queue_list_renewal(session: Session, *, day: dt.date, now: dt.datetime) -> OutboxJob:
    """Queue the look at the published revocation lists, once a day however often it is asked for."""
    return queue_job(session, "revocation-lists", key=f"revocation-lists:{day.isoformat()}", payload={}, now=now)
