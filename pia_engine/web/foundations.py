"""The six foundations on an assessment's page: how each stands, why, and links to what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pia_engine.models import Assessment
from pia_engine.models.catalogue import answers_of
from pia_engine.permissions.people import may
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.progress import is_finished, required_questions
from pia_engine.questionnaires.wording import Sentence
from pia_engine.services.answers import answering_roles
from pia_engine.web.access import actor
from pia_engine.web.languages import questionnaire_for_reader
from pia_engine.web.standing import section_url
from pia_engine.workflows.foundations import STANDING_NAMES, Standing, StandingName

TONES = {StandingName.MET: "good", StandingName.PARTLY: "active", StandingName.OPEN: "quiet"}
Link = tuple[str, str]


def foundation_lines(assessment: Assessment, standings: Sequence[Standing]) -> list[dict[str, Any]]:
    """Each foundation in words; one that is not met with the places where it can be."""
    missing = _sections_to_finish(assessment)
    return [_line(assessment, each, missing) for each in standings]


def _line(assessment: Assessment, standing: Standing, missing: dict[str, str]) -> dict[str, Any]:
    explanation = standing.explanation
    is_met = standing.standing is StandingName.MET
    return {
        "number": standing.number,
        "title": _(standing.title),
        "status": TONES[standing.standing],
        "status_text": _(STANDING_NAMES[standing.standing]),
        "explanation": explanation.translated(_) if isinstance(explanation, Sentence) else _(explanation),
        "links": []
        if is_met
        else [*_section_links(assessment, standing, missing), *_places(assessment, standing.number)],
    }


def _sections_to_finish(assessment: Assessment) -> dict[str, str]:
    """Titles of the sections in which a required question is still open, by id."""
    questionnaire, answers = questionnaire_for_reader(assessment.sheet), answers_of(assessment.sheet)
    required = required_questions(questionnaire, answers)
    return {
        section.id: section.title
        for section in questionnaire.sections
        if any(each.id in required and not is_finished(each, answers) for each in section.questions)
    }


def _section_links(assessment: Assessment, standing: Standing, missing: dict[str, str]) -> Iterator[Link]:
    """To the form for those who answer now, else to the page all answers are read on."""
    answers_here = bool(answering_roles(assessment, actor()))
    for section_id in standing.section_ids:
        if section_id not in missing:
            continue
        text = _("Section “%(title)s” has open questions", title=missing[section_id])
        if answers_here:
            yield text, section_url(assessment, section_id)
        elif assessment.stage == "full":
            read = url_for("assessments.edition", reference=assessment.reference, edition=assessment.edition)
            yield text, f"{read}#section-{section_id}"


def _places(assessment: Assessment, number: int) -> Iterator[Link]:
    """Pages about what a foundation rests on besides the answers."""
    here = assessment.reference
    if number == 2 and assessment.stage == "initial":
        yield _("The outcome of the initial assessment"), url_for("assessments.outcome", reference=here)
    if number in (1, 3) and assessment.stage == "full":
        yield _("The register of risks"), url_for("risks.index", reference=here, stage="full")
    if number == 4:
        if may(actor(), Permission.POLICY_VIEW):
            yield _("Who holds which role"), url_for("roles.chart")
        yield _("Advice and signatures: what comes next"), "#what-comes-next"
    if number == 5 and may(actor(), Permission.ANNUAL_AUDIT_VIEW, assessment):
        yield _("Annual audits"), url_for("audits.index")
        yield (
            _("The initiative, with its commitments and causes to look again"),
            url_for("initiatives.show", reference=assessment.initiative.reference),
        )
    if number == 6:
        yield _("What the public will see"), url_for("assessments.preview", reference=here, stage=assessment.stage)
