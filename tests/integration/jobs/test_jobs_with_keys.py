"""Jobs that sign: they wait with a sentence while a token or an outside authority is away. And lists stay fresh."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
from pathlib import Path

import pytest
from cryptography import x509
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.documents.authority import write_lists
from pia_engine.documents.checking import check_document
from pia_engine.documents.outside_authorities import STAMPS, adopt
from pia_engine.documents.signers import open_keys
from pia_engine.documents.storage import open_storage
from pia_engine.jobs.engine import Workplace, workplace_of
from pia_engine.jobs.revocation_lists import renew_lists
from pia_engine.jobs.sweep import sweep
from pia_engine.jobs.worker import do_next
from pia_engine.models import OutboxJob, Publication
from pia_engine.register.live import PublicFolder
from pia_engine.settings import Settings
from tests.factories.walks import Walk
from tests.fixtures.city import NOW
from tests.fixtures.outside_authorities import OutsideAuthorities

NOBODY = "http://127.0.0.1:9/stamps"


@pytest.fixture
def place(app: Flask, tmp_path: Path, outside_authorities: OutsideAuthorities) -> Workplace:
    """The tests' city with its keys copied to a folder of its own, where outside time stamps were adopted."""
    there: Settings = app.extensions["pia-settings"]
    shutil.copytree(there.keys_folder, tmp_path / "keys")
    above = [outside_authorities.certificates[name] for name in ("issuing", "root")]
    adopt(tmp_path / "keys", STAMPS, above)
    settings = there.model_copy(update={"instance": tmp_path, "database_url": there.database})
    return dataclasses.replace(workplace_of(app), settings=settings)


def asking(place: Workplace, *urls: str, **fields: object) -> Workplace:
    update = {"tsa_urls": " ".join(urls), **fields}
    return dataclasses.replace(place, settings=place.settings.model_copy(update=update))


def publishing_job(session: Session) -> OutboxJob:
    session.expire_all()
    return session.scalars(select(OutboxJob).where(OutboxJob.kind == "publish")).one()


def work_off(place: Workplace, now: dt.datetime) -> None:
    while do_next(place, now=now) is not None:
        pass


def test_publication_waits_for_a_time_stamp_authority_and_goes_on_when_it_is_back(
    place: Workplace, session: Session, walk: Walk, outside_authorities: OutsideAuthorities
) -> None:
    now = dt.datetime.now(dt.UTC)
    walk.full("publishing")
    session.commit()
    with clock.frozen(now):
        work_off(asking(place, NOBODY), now)
        waiting = publishing_job(session)
        assert waiting.state == "waiting"
        assert "None of the outside time-stamp authorities (127.0.0.1) gave" in waiting.last_error
        assert session.scalars(select(Publication)).first() is None
        session.commit()
        back = asking(place, NOBODY, outside_authorities.stamp_url)
        work_off(back, now + dt.timedelta(minutes=5))
    assert publishing_job(session).state == "done"
    publication = session.scalars(select(Publication)).one()
    pdf = open_storage(back.settings.documents_folder).get(publication.pdf_digest)
    check = check_document(pdf, trust=back.settings.keys_folder)
    assert check.valid
    assert {each.stamped_by for each in check.signers} == {"Trust Services tsa"}


def test_publication_waits_for_a_token(place: Workplace, session: Session, walk: Walk) -> None:
    walk.full("publishing")
    session.commit()
    pin = place.settings.instance / "pin"
    pin.write_text("1234")
    away = asking(
        place,
        seal_pkcs11_module=Path("/usr/lib/softhsm/libsofthsm2.so"),
        seal_pkcs11_token="in the safe",
        seal_pkcs11_label="seal",
        seal_pin_file=pin,
    )
    work_off(away, NOW + dt.timedelta(days=1))
    waiting = publishing_job(session)
    assert waiting.state == "waiting"
    assert "The token “in the safe”" in waiting.last_error
    assert session.scalars(select(Publication)).first() is None


def issued(place: Workplace, name: str) -> dt.datetime:
    path = place.settings.keys_folder / f"{name}.crl"
    return x509.load_der_x509_crl(path.read_bytes()).last_update_utc


def test_lists_are_renewed_every_week_and_published(place: Workplace) -> None:
    published = PublicFolder(place.settings.public_folder)
    first = NOW + dt.timedelta(days=30)
    for days, expected in ((0, first), (6, first), (8, first + dt.timedelta(days=8))):
        now = first + dt.timedelta(days=days)
        with clock.frozen(now):
            renew_lists(place.context("revocation-lists", "one", {}, now=now))
        assert {issued(place, "root"), issued(place, "issuing")} == {expected}
        shown = published.store / published.read_map()["/verify/root.crl"].file
        assert x509.load_der_x509_crl(shown.read_bytes()).last_update_utc == expected


def test_lists_that_a_killed_worker_only_signed_are_published(place: Workplace) -> None:
    published = PublicFolder(place.settings.public_folder)
    now = NOW + dt.timedelta(days=30)
    write_lists(open_keys(place.settings), now)
    with clock.frozen(now):
        renew_lists(place.context("revocation-lists", "one", {}, now=now))
    shown = published.store / published.read_map()["/verify/root.crl"].file
    assert x509.load_der_x509_crl(shown.read_bytes()).last_update_utc == issued(place, "root") == now


def test_list_that_is_missing_is_made(place: Workplace) -> None:
    (place.settings.keys_folder / "issuing.crl").unlink()
    renew_lists(place.context("revocation-lists", "one", {}, now=NOW))
    assert issued(place, "issuing") == NOW


def test_the_daily_sweep_asks_for_a_look_at_the_lists_once_a_day(place: Workplace, session: Session) -> None:
    for hour in (0, 1):
        sweep(place.context("sweep", "one", {}, now=NOW + dt.timedelta(hours=hour)))
    kinds = session.scalars(select(OutboxJob.key).where(OutboxJob.kind == "revocation-lists")).all()
    assert kinds == ["revocation-lists:2026-03-02"]
