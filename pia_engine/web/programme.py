"""The programme in figures: one page of numbers, charts and tables, and each table as a file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from pia_engine.documents.figures import FigureTable
from pia_engine.errors import N_, Invalid, NotFound
from pia_engine.extensions import db
from pia_engine.permissions.people import may
from pia_engine.permissions.vocabulary import Permission
from pia_engine.register.language import Language, language_of
from pia_engine.services.cities import get_city
from pia_engine.services.programme import ProgrammeFigures, figures
from pia_engine.services.programme_tables import read_headlines, read_tables
from pia_engine.services.spreadsheets import as_csv
from pia_engine.web.access import actor, declared_access, needs
from pia_engine.web.context import choose_locale
from pia_engine.web.periods import OWN_DATES, Period, chosen_department, departments_in_reach, read_period

blueprint = Blueprint("programme", __name__)

ONWARD = (
    ("/commitments", N_("Commitments")),
    ("/emergency-exceptions", N_("Emergency exceptions")),
    ("/spot-checks", N_("Spot checks")),
    ("/reconsiderations", N_("Causes to look again")),
    ("/programme-audits", N_("Audits of the programme")),
    ("/annual-reports", N_("Annual reports")),
    ("/records", N_("Records and disposals")),
)
CHOICES = (
    "period",
    "department",
    *(f"{day}-{part}" for day in ("from_on", "until_on") for part in ("day", "month", "year")),
)


@blueprint.get("/programme")
@needs(Permission.PROGRAMME_VIEW)
def show() -> ResponseReturnValue:
    """The figures of the chosen time and department."""
    period, language = read_period(), own_language()
    department = chosen_department()
    departments, is_citywide = departments_in_reach()
    found = _figures(period)
    page = render_template(
        "programme/show.html",
        period=period,
        own_dates=OWN_DATES,
        department=department,
        departments=departments,
        is_citywide=is_citywide,
        headlines=read_headlines(found, language),
        tables={each.id: each for each in read_tables(found, language)},
        is_empty=_is_empty(found),
        shown=language.number,
        day=language.day,
        file_url=lambda table: url_for("programme.table", table=table, **_chosen()),
        onward=onward_links(),
    )
    return page, 200 if period.is_sound else 422


@blueprint.get("/programme/<table>.csv")
@needs(Permission.PROGRAMME_VIEW)
def table(table: str) -> ResponseReturnValue:
    """One table of the same page as a file for spreadsheets."""
    period = read_period()
    if not period.is_sound:
        raise Invalid(N_("These days cannot be counted. Choose the time again on the programme's page."))
    found = _table(table, _figures(period))
    name = f"{table}-{period.from_on.isoformat()}-{period.until_on.isoformat()}.csv"
    return Response(
        as_csv(found.columns, found.rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _figures(period: Period) -> ProgrammeFigures:
    department = chosen_department()
    return figures(
        db.session(),
        from_on=period.from_on,
        until_on=period.until_on,
        department_id=department.id if department else None,
    )


def _table(table_id: str, found: ProgrammeFigures) -> FigureTable:
    for each in read_tables(found, own_language()):
        if each.id == table_id:
            return each
    raise NotFound(N_("There is no such table. Open the programme's page and choose one there."))


def _chosen() -> dict[str, Any]:
    """What the address says of time and department, for links to the same figures."""
    return {name: request.args[name] for name in CHOICES if request.args.get(name)}


def _is_empty(found: ProgrammeFigures) -> bool:
    return not (found.registered or found.published or found.determined or any(each.number for each in found.statuses))


def own_language() -> Language:
    """The language of this page, for figures and their words."""
    return language_of(choose_locale(), get_city(db.session).time_zone)


def onward_links() -> list[tuple[str, str]]:
    """Pages about parts of the programme: those that are there, for those who may open them."""
    return [(_(text), path) for path, text in ONWARD if _opens(path)]


def _opens(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None
    try:
        endpoint, _arguments = adapter.match(path, method="GET")
    except HTTPException:
        return False
    access = declared_access(current_app).get(endpoint, "")
    return access in set(Permission) and may(actor(), Permission(access))
