"""How an attached file appears on a page, and the headers it is sent with."""

from __future__ import annotations

import unicodedata
from typing import Any
from urllib.parse import quote

from flask import url_for
from flask_babel import format_decimal
from flask_babel import gettext as _

from pia_engine.errors import N_
from pia_engine.extensions import db
from pia_engine.models import Assessment, Attachment, WorkflowRecord
from pia_engine.services.attachment_changes import list_changed_since_signed
from pia_engine.services.receiving import MEGABYTE
from pia_engine.web.chronicle import in_words
from pia_engine.web.languages import questionnaire_for_reader

SIGNED_AT = frozenset({"recommend", "sign_for_agency", "approve"})
"""The steps at which somebody vouches for a text, and should know which files others who did never saw."""

SCANS = {"clean": N_("Scanned, nothing found"), "not_scanned": N_("Not scanned")}


def page_address(endpoint: str, assessment: Assessment, question: str, **more: Any) -> str:
    return url_for(
        f"attachments.{endpoint}", reference=assessment.reference, stage=assessment.stage, question=question, **more
    )


def shown_file(attachment: Attachment) -> dict[str, Any]:
    """A file as the pages show it."""
    place = {"attachment_id": attachment.id}
    record, question = attachment.assessment, attachment.question
    return {
        "name": attachment.name,
        "question": question,
        "question_url": page_address("show", record, question),
        "url": page_address("download", record, question, **place),
        "remove_url": page_address("remove", record, question, **place),
        "restore_url": page_address("restore", record, question, **place),
        "who": attachment.uploader.name,
        "when": in_words(attachment.uploaded_at),
        "size": _size_in_words(attachment.size),
        "scan": _(SCANS[attachment.scan]),
        "is_clean": attachment.scan == "clean",
    }


def files_changed_since_signed(record: WorkflowRecord, action: str) -> list[dict[str, str]]:
    """What came or went since the oldest sign-off in force, for the page of a step that adds one."""
    if action not in SIGNED_AT or not isinstance(record, Assessment):
        return []
    questionnaire = questionnaire_for_reader(record.sheet)
    changed = []
    for each in list_changed_since_signed(db.session, record):
        question = questionnaire.find_question(each.question)
        named = {"question": question.text if question else each.question, "who": each.uploader.name}
        if each.removed_at is None:
            said = _("attached to “%(question)s” by %(who)s, %(when)s", when=in_words(each.uploaded_at), **named)
        else:
            said = _("removed from “%(question)s”, %(when)s", when=in_words(each.removed_at), **named)
        changed.append({"name": each.name, "said": said, "url": page_address("show", record, each.question)})
    return changed


def _size_in_words(size: int) -> str:
    if size < MEGABYTE:
        return str(_("%(number)s kB", number=format_decimal(max(1, round(size / 1024)))))
    return str(_("%(number)s MB", number=format_decimal(round(size / MEGABYTE, 1))))


def download_headers(attachment: Attachment) -> dict[str, str]:
    """A download and nothing else: the content is not ours to trust, nor anybody's to keep."""
    return {
        "Content-Disposition": _disposition(attachment.name),
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }


def _disposition(name: str) -> str:
    """Both spellings of RFC 6266: a plain one for old programs, and the name as it is."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().replace('"', "-")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
