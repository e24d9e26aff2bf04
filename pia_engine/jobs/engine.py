"""Which handler does which kind of job, and the place a handler works in: sessions made outside any request.

Running them, again and again until nothing is due, is `worker`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pia_engine.errors import N_, NotFound
from pia_engine.extensions import db, writing_engine
from pia_engine.jobs import (
    addresses,
    annual_reports,
    audit_reports,
    case_files,
    copies,
    digests,
    mail,
    pages,
    publish,
    revocation_lists,
    standing_in,
    sweep,
    transparency_log,
)
from pia_engine.jobs.context import Handler, JobContext
from pia_engine.questionnaires.loading import Catalogue
from pia_engine.settings import Settings

HANDLERS: dict[str, Handler] = {
    "account-message": mail.send_account_message,
    "case-file": case_files.make_case_file,
    "address-notice": addresses.send_address_notice,
    "annual-report": annual_reports.publish_annual_report,
    "audit-report": audit_reports.make_audit_report,
    "deputy-notice": standing_in.send_deputy_notice,
    "digest": digests.send_digest,
    "digests": digests.queue_digests,
    "forget-bytes": case_files.forget_bytes,
    "log": transparency_log.sign_log,
    "notice": mail.send_notice,
    "pages": pages.pages,
    "renewal": copies.renew,
    "standing": copies.say_standing,
    "publish": publish.publish,
    "revocation-lists": revocation_lists.renew_lists,
    "sweep": sweep.sweep,
    "vendor-clarification": mail.send_vendor_message,
    "vendor-invitation": mail.send_vendor_message,
    "vendor-receipt": mail.send_vendor_message,
}


def handler_for(kind: str) -> Handler:
    """The handler of a kind of job. Raises NotFound for a kind nobody here knows, as after a step back in version."""
    handler = HANDLERS.get(kind)
    if handler is None:
        raise NotFound(N_("This version of the program knows no job of the kind “%(kind)s”."), kind=kind)
    return handler


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where jobs are done: the installation's settings and database, apart from every request."""

    settings: Settings
    catalogue: Catalogue
    engine: Engine

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """A session for looking."""
        with Session(self.engine, info=self._info(writes=False)) as session:
            yield session

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """A session that takes the write lock at once, and commits when its block ends well."""
        with Session(writing_engine(self.engine), info=self._info(writes=True)) as session, session.begin():
            yield session

    def context(self, kind: str, key: str, payload: dict[str, Any], *, now: dt.datetime) -> JobContext:
        """What a handler is given. `kind` and `key` stand in the payload, so that an effect can name its cause."""
        return JobContext(
            payload={**payload, "job_kind": kind, "job_key": key},
            settings=self.settings,
            now=now,
            read=self.read,
            write=self.write,
        )

    def _info(self, *, writes: bool) -> dict[str, Any]:
        return {"catalogue": self.catalogue, "writes": writes}


def workplace_of(app: Flask) -> Workplace:
    """The workplace of an application."""
    with app.app_context():
        engine = db.engine
    return Workplace(app.extensions["pia-settings"], app.extensions["pia-catalogue"], engine)
