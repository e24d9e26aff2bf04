"""The public pages, rendered once as bytes: without a request, a session or a script.

Where the bytes lie and how addresses change over is the business of `live`; how they go out, of `serving`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_pem_x509_certificate
from jinja2 import Environment, Undefined
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.assets import asset_url
from pia_engine.documents.authority import ROOT
from pia_engine.documents.checking import LARGEST_FILE
from pia_engine.documents.storage import Storage, open_storage
from pia_engine.errors import N_
from pia_engine.models import City, Publication
from pia_engine.questionnaires.hiding import hide_in
from pia_engine.register.bundle import bundle_page, certificates_anew, forget_older_bundles
from pia_engine.register.commitments import commitment_bytes, commitment_lines
from pia_engine.register.disclosed import disclosed_of, withheld_lines
from pia_engine.register.edition_standing import copy_lines, front_of, standing_bytes, standing_of
from pia_engine.register.entry_page import entry_context, file_size, version_lines
from pia_engine.register.hearing import filed_since, observed
from pia_engine.register.key_files import key_pages
from pia_engine.register.language import Language, language_of
from pia_engine.register.live import LiveFile, PublicFolder
from pia_engine.register.log_pages import is_of_the_log, publish_log
from pia_engine.register.report_pages import published_reports, report_pages
from pia_engine.register.review_dates import review_date
from pia_engine.register.stylesheet import city_css
from pia_engine.register.withheld_parts import hidden_under
from pia_engine.settings import Settings
from pia_engine.templating import document_environment

NEWEST = 6
PLACES = (("/", N_("Start")), ("/register", N_("All assessments")), ("/verify", N_("Check a document")))
Page = tuple[str, LiveFile]


def build_all_pages(session: Session, settings: Settings) -> bool:
    """Bring every public page up to date, and drop addresses that are no more. False when nothing had to change."""
    press = open_press(session, settings)
    references = session.scalars(select(Publication.reference).distinct().order_by(Publication.reference))
    pages = dict(press.common_pages(session))
    for reference in references:
        pages.update(press.pages_of(session, _editions(session, reference)))
    is_new = press.public.change(pages, whole=True, spare=is_of_the_log)
    return publish_log(session, press, afresh=True) or is_new


def build_pages_of(session: Session, settings: Settings, *, reference: str) -> bool:
    """Bring the pages of one assessment up to date, and those that list it."""
    press = open_press(session, settings)
    pages = dict(press.common_pages(session))
    pages.update(press.pages_of(session, _editions(session, reference)))
    is_new = press.public.change(pages)
    return publish_log(session, press) or is_new


def build_verification_pages(session: Session, settings: Settings) -> bool:
    """Bring certificates, revocation lists and the pages around them up to date; no assessment's page is touched."""
    press = open_press(session, settings)
    is_new = press.public.change(dict(press.common_pages(session)))
    forget_older_bundles(press.public)
    return is_new


def open_press(session: Session, settings: Settings) -> PagePress:
    """The press of this installation, in its city's language and colours."""
    city = session.scalars(select(City).order_by(City.created_at).limit(1)).one()
    return PagePress(
        city=city,
        settings=settings,
        language=language_of(city.language, city.time_zone),
        environment=_environment(city.language),
        stylesheet=city_css(city),
        public=PublicFolder(settings.public_folder),
        storage=open_storage(settings.documents_folder),
    )


def places(language: Language, active: str = "") -> list[dict[str, Any]]:
    """Where a reader of public pages can go."""
    return [{"text": language.say(text), "href": href, "active": href == active} for href, text in PLACES]


def _environment(language: str) -> Environment:
    # The shared macros take dicts whose optional keys may be absent.
    environment = document_environment(language).overlay(undefined=Undefined)
    environment.globals["asset"] = asset_url
    return environment


def _editions(session: Session, reference: str) -> Sequence[Publication]:
    return session.scalars(
        select(Publication).where(Publication.reference == reference).order_by(Publication.edition)
    ).all()


@dataclass(frozen=True, slots=True)
class PagePress:
    """Turns templates and published records into files of the public folder."""

    city: City
    settings: Settings
    language: Language
    environment: Environment
    stylesheet: str
    public: PublicFolder
    storage: Storage

    def common_pages(self, session: Session) -> Iterator[Page]:
        """The pages that belong to no single assessment."""
        newest = session.scalars(
            select(Publication)
            .where(Publication.is_current)
            .order_by(Publication.published_at.desc(), Publication.id.desc())
            .limit(NEWEST + 1)
        ).all()
        reports = published_reports(session)
        yield "/city.css", self.public.keep(self.stylesheet.encode(), "css")
        yield (
            "/",
            self.html(
                "home", newest=newest[:NEWEST], has_more=len(newest) > NEWEST, has_reports=bool(reports), active="/"
            ),
        )
        yield from report_pages(self, session, reports)
        yield from self._verification_pages()
        yield from key_pages(self)
        yield from bundle_page(self, session)
        yield "/accessibility", self.html("accessibility")
        yield "/privacy", self.html("privacy", uses_https=self.settings.uses_https)

    def _verification_pages(self) -> Iterator[Page]:
        """How to check a document, with the certificate everything is checked against."""
        path = self.settings.keys_folder / f"{ROOT}.crt"
        certificate = certificates_anew(path) if path.is_file() else b""
        fingerprint = ""
        if certificate:
            fingerprint = load_pem_x509_certificate(certificate).fingerprint(SHA256()).hex()
            yield "/verify/city-root.crt", self.public.keep(certificate, "crt", name="city-root.crt")
        yield (
            "/verify",
            self.html(
                "verify",
                has_certificate=bool(certificate),
                certificate_fingerprint=fingerprint,
                has_bundle=bool(certificate),
                megabytes=LARGEST_FILE // 1024**2,
                active="/verify",
            ),
        )

    def pages_of(self, session: Session, editions: Sequence[Publication]) -> Iterator[Page]:
        """Each edition under its own address; the current one, or else the last, also under the reference alone.

        Beside the record, which never changes, stand what became of the edition, the statements observers filed after
        it, and on the one in front how its commitments stand today.
        """
        front = front_of(editions)
        about = editions[0].assessment.initiative_id if editions else None
        hidden = hidden_under(session, about, self.language) if about else ()
        statements = hide_in(observed(session, about), hidden) if about else []
        today = clock.day_of(clock.now(), self.city.time_zone)
        commitments = hide_in(commitment_lines(session, editions, self.language, today=today), hidden)
        if commitments:
            reference = editions[0].reference
            kept = self.public.keep(commitment_bytes(reference, commitments), "json", name=f"{reference}.json")
            yield f"/register/{reference}/commitments.json", kept
        for publication in editions:
            promised = commitments if publication is front else []
            files = list(self._files_of(session, publication, editions, statements, commitments=promised))
            base = f"/register/{publication.reference}"
            for suffix, file in files:
                yield f"{base}/v{publication.edition}{suffix}", file
                if publication is front:
                    yield f"{base}{suffix}", file

    def _files_of(
        self,
        session: Session,
        publication: Publication,
        editions: Sequence[Publication],
        statements: Sequence[Mapping[str, Any]],
        *,
        commitments: Sequence[Mapping[str, Any]],
    ) -> Iterator[Page]:
        pdf = self.storage.get(publication.newest_copy.digest)
        record = self.storage.get(publication.json_digest)
        document = json.loads(record)
        standing = standing_of(publication, editions, self.language)
        copies = copy_lines(session, publication.copies, self.language)
        yield from self._data_of(publication, pdf, record, standing_bytes(publication, standing, copies))
        base = f"/register/{publication.reference}/v{publication.edition}"
        disclosed = disclosed_of(session, publication, self.language)
        for each in disclosed:
            kept = self.public.keep(each.content, "json", name=f"{each.withholding}.json")
            yield f"/disclosures/{each.withholding}.json", kept
        yield (
            "",
            self.html(
                "entry",
                **entry_context(document, self.language),
                withheld=withheld_lines(document, disclosed, base=base),
                later_statements=filed_since(document, statements),
                commitments=commitments,
                review_on=review_date(session, publication.assessment_id) if publication.is_current else None,
                publication=publication,
                versions=version_lines(editions, self.language),
                standing=standing,
                copies=copies,
                base=base,
                pdf={"href": f"{base}/pia.pdf", "size": file_size(len(pdf), self.language)},
                json={"href": f"{base}/pia.json", "size": file_size(len(record), self.language)},
                active="/register",
            ),
        )

    def _data_of(self, publication: Publication, pdf: bytes, record: bytes, standing: bytes) -> Iterator[Page]:
        """The document, the record inside it, and what became of it."""
        name = f"{publication.reference}-v{publication.edition}"
        yield "/pia.pdf", self.public.keep(pdf, "pdf", name=f"{name}.pdf")
        for kind in ("json", "jsonld"):
            yield f"/pia.{kind}", self.public.keep(record, kind, name=f"{name}.{kind}")
        yield "/standing.json", self.public.keep(standing, "json", name=f"{name}-standing.json")

    def html(self, template: str, *, active: str = "", **values: Any) -> LiveFile:
        """One page of the register, kept."""
        return self.public.keep(self.render(template, active=active, **values).encode(), "html")

    def render(self, template: str, *, active: str = "", **values: Any) -> str:
        """One page of the register."""
        return self.environment.get_template(f"register/{template}.html").render(
            city=self.city,
            lang=self.language.code,
            text_direction=self.language.direction,
            city_stylesheet=f"/city.css?v={hashlib.sha256(self.stylesheet.encode()).hexdigest()[:12]}",
            navigation=places(self.language, active),
            day=self.language.day,
            day_of=self.language.day_of,
            moment=self.language.moment,
            **values,
        )
