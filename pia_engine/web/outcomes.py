"""The outcome of an initial assessment: the page that explains it, the page that tries other answers, and what an
officer is asked who determines it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from pia_engine import clock
from pia_engine.extensions import db
from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import Choice
from pia_engine.forms.determinations import determination_form
from pia_engine.forms.questions import build_section_form, initial_values, posed_questions, read_answers
from pia_engine.models import Assessment
from pia_engine.models.catalogue import answers_of
from pia_engine.permissions.outcomes import check_may_determine
from pia_engine.permissions.roles import ROLE_NAMES
from pia_engine.questionnaires.definition import Questionnaire, QuestionType, Section, Value
from pia_engine.questionnaires.progress import visible_questions
from pia_engine.questionnaires.thresholds import ThresholdResult
from pia_engine.questionnaires.turning_points import TurningPoint, questions_concerned
from pia_engine.questionnaires.wording import Sentence
from pia_engine.services import determinations
from pia_engine.services.assessments import find_published, list_published
from pia_engine.services.determinations import OutcomeOffer
from pia_engine.web.access import actor
from pia_engine.web.chronicle import day_in_words, in_words
from pia_engine.web.languages import questionnaire_for_reader
from pia_engine.web.responsible import named_on_page
from pia_engine.workflows.outcomes import CONSEQUENCES, OUTCOMES

STATED_REFERENCE = "prior_reference"
NAMED_AT_MOST = 5

_NOT_TRIED = frozenset({QuestionType.ROWS, QuestionType.FILE, QuestionType.RISKS, QuestionType.PRINCIPLES})


def outcome_names() -> dict[str, str]:
    return {name: _(text) for name, text in OUTCOMES.items()}


def outcome_page(initial: Assessment, *, sections: Sequence[Any], steps: Sequence[Any]) -> str:
    """What the rules make of the answers, what would change it, and what follows from each outcome."""
    said = questionnaire_for_reader(initial.sheet)
    computed = determinations.compute_outcome(db.session, initial, said=said)
    points = determinations.compute_turning_points(db.session, initial, said=said)
    names = outcome_names()
    return render_template(
        "assessments/outcome.html",
        assessment=initial,
        computed=computed,
        outcome=names[computed.outcome],
        outcomes=names,
        offers=[offer_in_words(offer) for offer in _offers(initial)],
        open_questions=[said.question(each).text for each in computed.open_questions],
        changes=_changes(points.found, names),
        changes_are_all=points.is_complete,
        determination=determinations.find_determination(db.session, initial),
        sections=sections,
        translated=translated,
        named=named_on_page,
        in_words=in_words,
        day_in_words=day_in_words,
        steps=steps,
    )


def translated(text: str) -> str:
    return text.translated(_) if isinstance(text, Sentence) else text


def _changes(points: Sequence[TurningPoint], names: dict[str, str]) -> list[dict[str, Any]]:
    """By outcome and question: the answers that would lead there."""
    ordered = sorted(points, key=lambda point: list(OUTCOMES).index(point.outcome))
    grouped = groupby(ordered, key=lambda point: (point.outcome, point.other.question.text))
    return [
        {"outcome": names[outcome], "question": text, "answers": [translated(point.other.words) for point in found]}
        for (outcome, text), found in grouped
    ]


def _offers(initial: Assessment) -> list[OutcomeOffer]:
    return determinations.list_outcome_offers(db.session, initial, actor=actor(), now=clock.now())


def offer_in_words(offer: OutcomeOffer) -> dict[str, Any]:
    """An outcome as the page explains it."""
    months = offer.expires_months
    return {
        "name": _(OUTCOMES[offer.outcome]),
        "follows": _(CONSEQUENCES[offer.outcome]),
        "required": list(offer.required),
        "decider": _(ROLE_NAMES[offer.decider]),
        "holds": ngettext("%(num)s month", "%(num)s months", months) if months else _("It does not run out"),
    }


def try_page(initial: Assessment) -> str:
    """The same rules on other answers. They stand in the address only; nothing is kept."""
    said = questionnaire_for_reader(initial.sheet)
    form, answers = _tried(initial, said)
    before = determinations.compute_outcome(db.session, initial, said=said)
    after = determinations.compute_outcome(db.session, initial, answers=answers, said=said)
    names = outcome_names()
    return render_template(
        "assessments/what_if.html",
        assessment=initial,
        form=form,
        is_tried=bool(request.args),
        outcome_before=names[before.outcome],
        outcome_after=names[after.outcome],
        is_same=before.outcome == after.outcome,
        fired=_only_in(after, before),
        silent=_only_in(before, after),
        names=names,
    )


def _tried(initial: Assessment, said: Questionnaire) -> tuple[CityForm, dict[str, Value]]:
    """The form with the answers tried, and all answers with those in their place."""
    thresholds, _same = determinations.thresholds_for(db.session, initial, said=said)
    concerned = questions_concerned(thresholds, said)
    asked = tuple(q for q in said.questions if q.id in concerned and q.type not in _NOT_TRIED)
    section, stored = Section("what-if", "", "", 2, asked), answers_of(initial.sheet)
    visible = {question.id for question in visible_questions(said, stored)}
    made = build_section_form(section, visible=visible, questionnaire=said)
    form = made(formdata=request.args or None, data=initial_values(section, stored), meta={"csrf": False})
    del form["seen_version"]
    if not request.args:
        return form, stored
    form.validate()
    posed = posed_questions(form, section)
    kept = {name: value for name, value in stored.items() if name not in posed}
    return form, {**kept, **read_answers(form, section)}


def _only_in(one: ThresholdResult, other: ThresholdResult) -> list[Any]:
    """The rules that fired for one and not for the other."""
    known = {rule.id for rule in other.fired}
    return [rule for rule in one.fired if rule.id not in known]


@dataclass(frozen=True, slots=True)
class Determining:
    """What surrounds the step by which an outcome is determined."""

    initial: Assessment

    def form(self, formdata: Any = None) -> CityForm:
        """Only the outcomes that are this person's to determine are offered."""
        choices = [
            Choice(offer.outcome, _(OUTCOMES[offer.outcome]), _in_one_line(offer))
            for offer in _offers(self.initial)
            if offer.is_mine
        ]
        published = list_published(db.session, department_id=self.initial.department_id, limit=NAMED_AT_MOST)
        stated = str(answers_of(self.initial.sheet).get(STATED_REFERENCE, "")).strip()
        return determination_form(
            choices,
            updatable=[f"{each.reference} ({each.initiative.title})" for each in published],
            suggested=stated if find_published(db.session, stated) else "",
            formdata=formdata,
        )

    def check(self, form: CityForm) -> None:
        """Refuse an outcome that the policy leaves to another office, before anything else is said about the form."""
        chosen = form["outcome"].data
        if chosen in OUTCOMES:
            check_may_determine(self.initial, chosen, actor())

    def words(self) -> dict[str, Any]:
        """What the page says besides the form."""
        said = questionnaire_for_reader(self.initial.sheet)
        return {
            "computed": determinations.compute_outcome(db.session, self.initial, said=said),
            "outcomes": outcome_names(),
            "others": [offer_in_words(offer) for offer in _offers(self.initial) if not offer.is_mine],
            "outcome_url": url_for("assessments.outcome", reference=self.initial.reference),
        }


def _in_one_line(offer: OutcomeOffer) -> str:
    """What follows, what is required and how long it holds, as the hint of a choice."""
    said = offer_in_words(offer)
    required = _("Required: %(list)s.", list="; ".join(said["required"])) if said["required"] else ""
    holds = _("Holds until %(day)s.", day=day_in_words(offer.expires_on)) if offer.expires_on else ""
    return " ".join(filter(None, (said["follows"], required, holds)))
