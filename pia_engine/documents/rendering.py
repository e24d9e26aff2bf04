"""From a report to an archival, accessible PDF: fills the template, then hands the page to the press.

The layout engine itself runs in `press`, a separate process with limits; signing lives in `signatures`.
"""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime

from pia_engine.documents.codes import square_code
from pia_engine.documents.columns import column_shares, is_brief, is_short_list, is_table, is_wide
from pia_engine.documents.glyphs import require_glyphs
from pia_engine.documents.report import SEAL_FIELD, STANDING_FIELD, Report, approver_field, printed_elsewhere
from pia_engine.documents.risk_matrix import label_lines, risk_squares
from pia_engine.errors import N_, PiaError
from pia_engine.templating import document_environment

PACKAGE_PARENT = Path(__file__).resolve().parents[2]
FONT_SETTINGS = Path(__file__).resolve().parent / "fonts" / "fonts.conf"
RECORD_NAME = "pia.jsonld"
FONT_FAMILIES = ("Noto Sans", "Noto Naskh Arabic", "Noto Sans JP", "Noto Emoji")


class Printed(Protocol):
    """What every kind of document says of itself."""

    @property
    def language(self) -> str: ...

    @property
    def created_at(self) -> datetime: ...

    @property
    def verification_address(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What one rendering may use before it is stopped."""

    seconds: int = 180
    memory: int = 2 * 1024**3
    largest_page: int = 20 * 1024**2


LIMITS = Limits()


def render_pdf(report: Report, *, record: bytes, limits: Limits = LIMITS) -> bytes:
    """Typeset `report` as PDF/A-3a and PDF/UA-1 with `record` (the public JSON) inside; same input, same bytes."""
    require_glyphs(report)
    page = render_page(report, record=record)
    return press_page(page, reference=report.reference, created_at=report.created_at, record=record, limits=limits)


def press_page(page: str, *, reference: str, created_at: datetime, record: bytes, limits: Limits = LIMITS) -> bytes:
    """Lay out one finished page of any kind of document, with its record inside."""
    return _press(
        {
            "page": page,
            "record": base64.b64encode(record).decode(),
            "record_name": RECORD_NAME,
            "record_description": f"{reference}: machine-readable public record (JSON-LD)",
            "reference": reference,
            "created_at": created_at.astimezone(UTC).isoformat(timespec="seconds"),
            "seconds": limits.seconds,
            "memory": limits.memory,
        },
        limits,
    )


def render_page(report: Report, *, record: bytes) -> str:
    """Fill the document template; the result is one self-contained HTML page."""
    return fill_page(
        "documents/report.html",
        report,
        record=record,
        squares=risk_squares(report),
        label_lines=label_lines,
        standing_field=STANDING_FIELD,
        approver_field=approver_field,
        printed_elsewhere=printed_elsewhere,
    )


def fill_page(template: str, report: Printed, *, record: bytes, **values: object) -> str:
    """Fill one document's template; beside `values` it gets what the frame and the parts of all documents need."""
    locale = locale_for(report.language)
    created = report.created_at.astimezone(UTC)
    return (
        document_environment(report.language)
        .get_template(template)
        .render(
            report=report,
            drawing_fonts=", ".join(FONT_FAMILIES),
            qr_code=square_code,
            created=created.isoformat(timespec="seconds").replace("+00:00", "Z"),
            check_address=check_address(report.verification_address),
            record_name=RECORD_NAME,
            record_sha256=hashlib.sha256(record).hexdigest(),
            seal_field=SEAL_FIELD,
            is_table=is_table,
            is_wide=is_wide,
            is_brief=is_brief,
            is_short_list=is_short_list,
            column_shares=column_shares,
            moment=lambda instant: moment_in(instant, locale),
            **values,
        )
    )


def check_address(verification_address: str) -> str:
    """The page of the same city where anybody can have a file checked."""
    return re.sub(r"/(register|reports|verify)(/.*)?$", "/verify", verification_address)


def locale_for(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale("en")


def moment_in(instant: datetime, locale: Locale) -> str:
    pattern = f"{day_pattern(locale)} HH:mm z" if locale.language == "ja" else f"{day_pattern(locale)}, HH:mm z"
    return str(format_datetime(instant, pattern, tzinfo=instant.tzinfo or UTC, locale=locale))


def day_pattern(locale: Locale) -> str:
    """How a day is written in full."""
    return "y年M月d日" if locale.language == "ja" else "d MMMM y"


def _press(job: dict[str, str | int], limits: Limits) -> bytes:
    given = json.dumps(job).encode()
    if len(given) > limits.largest_page:
        raise PiaError(
            N_("The report is too large to be typeset. Shorten the longest answers, or move parts into an annex.")
        )
    try:
        finished = subprocess.run(
            [sys.executable, "-P", "-m", "pia_engine.documents.press"],
            input=given,
            capture_output=True,
            timeout=limits.seconds,
            check=False,
            env=_press_environment(),
        )
    except subprocess.TimeoutExpired as error:
        raise PiaError(
            N_(
                "Typesetting the document took too long and was stopped. "
                "Try again; if it happens twice, ask your administrator to look for an unusually long answer."
            )
        ) from error
    if finished.returncode != 0 or not finished.stdout.startswith(b"%PDF-"):
        last_words = finished.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise PiaError(
            N_(
                "The document could not be typeset (%(detail)s). Nothing was published. "
                "Try again; if it happens twice, ask your administrator."
            ),
            detail=(last_words or [f"exit {finished.returncode}"])[0][:200],
        )
    return finished.stdout


def _press_environment() -> dict[str, str]:
    """Return a bare environment: no system fonts, no locale, no secrets of this process."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return kept | {
        "FONTCONFIG_FILE": str(FONT_SETTINGS),
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(PACKAGE_PARENT),
        "TZ": "UTC",
    }
