"""Which time and which department the programme's page is about, read from its address."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from pia_engine.errors import N_, NotAllowed, NotFound
from pia_engine.extensions import db
from pia_engine.forms.programme import DatesForm
from pia_engine.models import Department
from pia_engine.permissions.people import grants_for
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.cities import list_departments
from pia_engine.services.periods import months_after
from pia_engine.services.programme_records import find_first_year
from pia_engine.web.access import actor
from pia_engine.web.people import city_today

LAST_TWELVE, OWN_DATES = "last-12-months", "dates"
MOST_YEARS = 12


@dataclass(frozen=True, slots=True)
class Period:
    """What was chosen; `form` holds the days people gave themselves, and what is wrong with them."""

    name: str
    from_on: dt.date
    until_on: dt.date
    years: tuple[int, ...]
    form: DatesForm
    is_sound: bool

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Every time that can be chosen, with its words."""
        years = [(str(year), str(year)) for year in self.years]
        return [(LAST_TWELVE, _("The last twelve months")), *years, (OWN_DATES, _("From one day to another"))]


def read_period() -> Period:
    """The chosen time; the last twelve months when nothing, or nothing that can be counted, was chosen."""
    today = city_today()
    years = _years(today)
    chosen = request.args.get("period", LAST_TWELVE)
    form = DatesForm(formdata=request.args if chosen == OWN_DATES else None)
    if chosen == OWN_DATES and form.is_sound(today=today):
        return Period(chosen, form.from_on.data, form.until_on.data, years, form, True)
    if chosen.isascii() and chosen.isdigit() and int(chosen) in years:
        year = int(chosen)
        until = min(today, dt.date(year, 12, 31))
        return Period(chosen, dt.date(year, 1, 1), until, years, form, True)
    first = months_after(today.replace(day=1), -11)
    name = chosen if chosen == OWN_DATES else LAST_TWELVE
    return Period(name, first, today, years, form, chosen != OWN_DATES)


def _years(today: dt.date) -> tuple[int, ...]:
    """The years there can be figures for, newest first."""
    earliest = max(find_first_year(db.session()) or today.year, today.year - MOST_YEARS)
    return tuple(range(today.year, min(earliest, today.year) - 1, -1))


def departments_in_reach() -> tuple[Sequence[Department], bool]:
    """The departments a person may see figures of, and whether they may see the whole city's."""
    scopes = {grant.scope for grant in grants_for(actor(), Permission.PROGRAMME_VIEW)}
    every = list_departments(db.session())
    return (every, True) if None in scopes else ([each for each in every if each.id in scopes], False)


def chosen_department() -> Department | None:
    """The department asked for; else the whole city, or the first of their own for people of a department."""
    reach, is_citywide = departments_in_reach()
    asked = request.args.get("department", "")
    if not asked:
        return None if is_citywide else reach[0]
    department = db.session.get(Department, _as_id(asked))
    if department is None:
        raise NotFound(N_("There is no such department."))
    if department.id not in {each.id for each in reach}:
        raise NotAllowed(N_("You see the figures of your own department only."), who_can_help=N_("The privacy office"))
    return department


def _as_id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound(N_("There is no such department.")) from None
