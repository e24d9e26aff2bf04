"""What the pages of a risk register share: the record, its register, addresses of its pages, and how they speak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from pia_engine.extensions import db
from pia_engine.models import Assessment
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.values import parsed_day
from pia_engine.questionnaires.wording import Sentence
from pia_engine.register.entry_page import TONES
from pia_engine.register.risks import Risk
from pia_engine.services.assessments import get_assessment
from pia_engine.services.risks import Register, read_register
from pia_engine.web.access import actor, reach
from pia_engine.web.beside import coverage_notes

ADDRESS = "/assessments/<reference>/<any(initial, full):stage>/risks"


@dataclass(frozen=True, slots=True)
class OpenRegister:
    """The register of one assessment in front of one person."""

    record: Assessment
    register: Register

    def url(self, endpoint: str, **place: Any) -> str:
        """The address of another page of this register."""
        return url_for(endpoint, reference=self.record.reference, stage=self.record.stage, **place)

    def page(self, template: str, **values: Any) -> str:
        return render_template(
            template,
            record=self.record,
            title=self.record.initiative.title,
            register=self.register,
            tones=TONES,
            url=self.url,
            warnings=coverage_notes(self.record, self.register.section, actor=actor()),
            **values,
        )

    def in_words(self) -> tuple[Risk, ...]:
        """All risks in the reader's language."""
        return self.register.in_words(say=_spoken, day=_day)

    def find_in_words(self, risk_id: str) -> Risk | None:
        return next((risk for risk in self.in_words() if risk.id == risk_id), None)


def open_register(reference: str, stage: str) -> OpenRegister:
    """The register of an assessment within this person's reach. Raises NotFound where none is asked for."""
    record = get_assessment(db.session, reference, stage)
    reach(Permission.ASSESSMENT_VIEW, record)
    return OpenRegister(record, read_register(db.session, record, actor=actor()))


def _spoken(text: object) -> str:
    if isinstance(text, Sentence):
        return text.translated(_)
    return _(str(text)) if text else ""


def _day(text: str) -> str:
    day = parsed_day(text)
    return format_date(day, "d MMMM y") if day else text
