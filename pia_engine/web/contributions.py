"""Requests to experts: asking, the page where an expert signs off, reminding, withdrawing, and how they stand."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.errors import Invalid, NotAllowed, NotPossible, PiaError, Stale
from pia_engine.extensions import db
from pia_engine.forms.base import CityForm
from pia_engine.forms.contributions import AskForm, SignOffForm, build_ask_form
from pia_engine.models import Assessment, Contribution
from pia_engine.models.policy_rules import read_rules
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services import contributions
from pia_engine.services.assessments import get_assessment, list_sheet_answers
from pia_engine.services.cities import get_city
from pia_engine.services.contribution_states import (
    is_unsigned,
    list_contributions,
    list_open_points,
    state_of,
)
from pia_engine.services.coverage import TOPICS
from pia_engine.web.access import actor, needs, reach
from pia_engine.web.chronicle import day_in_words, in_words
from pia_engine.web.error_pages import say
from pia_engine.web.languages import questionnaire_for_reader, sheet_for_reader
from pia_engine.web.parking import take_parked
from pia_engine.web.reading import read_sections
from pia_engine.web.signposts import signpost
from pia_engine.web.standing import section_url

blueprint = Blueprint("contributions", __name__)

_ADDRESS = "/assessments/<reference>/full/contributions"
TONES = {"asked": "waiting", "overdue": "bad", "signed": "good", "void": "warning", "withdrawn": "quiet"}


@blueprint.get(f"{_ADDRESS}/new")
@needs(Permission.CONTRIBUTION_ASK)
def ask(reference: str) -> ResponseReturnValue:
    """The page that asks whom to ask, and for what."""
    assessment = _reached(reference, Permission.CONTRIBUTION_ASK)
    contributions.check_can_ask(assessment, actor=actor())
    return _ask_page(assessment, _ask_form(assessment, take_parked()))


@blueprint.post(f"{_ADDRESS}/new")
@needs(Permission.CONTRIBUTION_ASK)
def send(reference: str) -> ResponseReturnValue:
    """Ask."""
    assessment = _reached(reference, Permission.CONTRIBUTION_ASK)
    contributions.check_can_ask(assessment, actor=actor())
    form = _ask_form(assessment, request.form)
    if not form.validate():
        return _ask_page(assessment, form), 422
    try:
        asked = contributions.ask_contribution(
            db.session, assessment, _request_in(form), actor=actor(), now=clock.now()
        )
    except Invalid as refusal:
        form.form_errors.append(say(refusal))
        return _ask_page(assessment, form), 422
    db.session.commit()
    flash(_("%(name)s is asked, and gets a message.", name=asked.person.name), "success")
    return redirect(url_for("assessments.show", reference=reference), 303)


@blueprint.get(f"{_ADDRESS}/<uuid:contribution_id>")
@needs(Permission.ASSESSMENT_VIEW)
def show(reference: str, contribution_id: uuid.UUID) -> ResponseReturnValue:
    """One request with the answers it is about; the expert who was asked signs off here."""
    contribution = _found(reference, contribution_id)
    refusal = _why_not_sign(contribution)
    form = SignOffForm(formdata=take_parked()) if refusal is None else None
    return _page(contribution, form, refusal)


@blueprint.post(f"{_ADDRESS}/<uuid:contribution_id>")
@needs(Permission.CONTRIBUTION_GIVE)
def sign(reference: str, contribution_id: uuid.UUID) -> ResponseReturnValue:
    """Sign the sections off. A refusal leaves what was written on the page."""
    contribution = _found(reference, contribution_id)
    refusal = _why_not_sign(contribution)
    if isinstance(refusal, NotAllowed):
        raise refusal
    form = SignOffForm()
    if not form.validate():
        return _page(contribution, form, refusal), 422
    try:
        given: dict[str, Any] = {"statement": form.statement.data, "seen": form.seen.data}
        contributions.sign_contribution(db.session, contribution, **given, actor=actor(), now=clock.now())
    except (NotPossible, Invalid, Stale) as problem:
        db.session.rollback()
        form.form_errors.append(say(problem))
        if isinstance(problem, Stale):
            form.look_again(contributions.seen_digest(db.session, contribution))
        return _page(contribution, form, refusal), problem.status
    db.session.commit()
    flash(_("Signed off. It stands in the record."), "success")
    return redirect(url_for("assessments.show", reference=reference), 303)


@blueprint.post(f"{_ADDRESS}/<uuid:contribution_id>/remind")
@needs(Permission.CONTRIBUTION_ASK)
def remind(reference: str, contribution_id: uuid.UUID) -> ResponseReturnValue:
    """Send the request once more."""
    contribution = _found(reference, contribution_id)
    contributions.remind_contributor(db.session, contribution, actor=actor(), now=clock.now())
    db.session.commit()
    flash(_("%(name)s is reminded.", name=contribution.person.name), "success")
    return redirect(url_for(".show", reference=reference, contribution_id=contribution_id), 303)


@blueprint.route(f"{_ADDRESS}/<uuid:contribution_id>/withdraw", methods=["GET", "POST"])
@needs(Permission.CONTRIBUTION_ASK)
def withdraw(reference: str, contribution_id: uuid.UUID) -> ResponseReturnValue:
    """Ask whether to withdraw the request, then do."""
    contribution = _found(reference, contribution_id)
    contributions.check_can_withdraw(contribution, actor=actor())
    if request.method != "POST":
        return render_template(
            "contributions/withdraw.html",
            contribution=contribution,
            assessment=contribution.assessment,
            form=CityForm(),
        )
    contributions.withdraw_contribution(db.session, contribution, actor=actor(), now=clock.now())
    db.session.commit()
    flash(_("The request to %(name)s is withdrawn.", name=contribution.person.name), "success")
    return redirect(url_for("assessments.show", reference=reference), 303)


def requests_part(assessment: Assessment) -> dict[str, Any]:
    """The requests of an assessment for its page, and the way to make one."""
    may_ask = contributions.can_ask(assessment, actor=actor())
    return {
        "requests": [_shown(each) for each in list_contributions(db.session, assessment)],
        "ask_url": url_for("contributions.ask", reference=assessment.reference) if may_ask else "",
    }


def open_points(assessment: Assessment) -> list[dict[str, str]]:
    """What is not signed off by experts, for whoever hands in, reviews, signs or decides: a text and where to look."""
    points = []
    for point in list_open_points(db.session, assessment):
        each = point.contribution
        named = {"topic": _(TOPICS[each.topic]), "name": each.person.name}
        text = _("%(topic)s: %(name)s was asked and has not signed off.", **named)
        if point.voided is not None and point.voided.voided_at is not None:
            titles = _titles(assessment, point.voided.voided_sections)
            named |= {"day": day_in_words(point.voided.voided_at), "sections": titles}
            text = _("%(topic)s: the sign-off of %(name)s is void since %(day)s. Changed: %(sections)s.", **named)
        points.append({"text": text, "url": _url(each)})
    return points


def _reached(reference: str, permission: Permission) -> Assessment:
    assessment = get_assessment(db.session, reference, "full")
    reach(permission, assessment)
    return assessment


def _found(reference: str, contribution_id: uuid.UUID) -> Contribution:
    """The request, on the newest edition or an earlier one."""
    reach(Permission.ASSESSMENT_VIEW, get_assessment(db.session, reference, "full"))
    return contributions.get_contribution(db.session, reference, contribution_id)


def _ask_form(assessment: Assessment, sent: Any) -> AskForm:
    people = contributions.list_experts(db.session, assessment, now=clock.now())
    form: AskForm = build_ask_form(
        people={str(each.id): ", ".join(filter(None, (each.name, each.job_title))) for each in people},
        topics={topic: _(name) for topic, name in TOPICS.items()},
        sections={each.id: each.title for each in questionnaire_for_reader(assessment.sheet).sections},
        today=_today(),
    )(formdata=sent)
    return form


def _request_in(form: AskForm) -> contributions.Request:
    return contributions.Request(
        person_id=uuid.UUID(form["person"].data),
        topic=form["topic"].data,
        sections=tuple(form["sections"].data),
        text=form["text"].data,
        due_on=form["due_on"].data,
    )


def _ask_page(assessment: Assessment, form: AskForm) -> str:
    return render_template("contributions/ask.html", assessment=assessment, form=form)


def _why_not_sign(contribution: Contribution) -> PiaError | None:
    try:
        contributions.check_can_sign(db.session, contribution, actor=actor())
    except (NotAllowed, NotPossible) as refusal:
        return refusal
    return None


def _page(contribution: Contribution, form: SignOffForm | None, refusal: PiaError | None) -> str:
    assessment = contribution.assessment
    sheet = sheet_for_reader(assessment)
    if form is not None and request.method != "POST":
        form.seen.data = contributions.seen_digest(db.session, contribution)
    read = read_sections(
        sheet.questionnaire,
        sheet.answers,
        stored=list_sheet_answers(assessment),
        policy=read_rules(assessment.policy_version),
    )
    is_mine = actor().id == contribution.person_id and is_unsigned(contribution)
    return render_template(
        "contributions/show.html",
        assessment=assessment,
        contribution=contribution,
        request=_shown(contribution),
        voided=_shown(contribution.follows) if contribution.follows else None,
        sections=[each for each in read if each.id in contribution.sections],
        section_url=lambda section: section_url(assessment, section),
        form=form,
        refusal=say(refusal) if refusal and is_mine else "",
        way_on=signpost(refusal, assessment) if refusal else None,
        is_mine=is_mine,
        may_manage=contributions.can_ask(assessment, actor=actor()) and is_unsigned(contribution),
        in_words=in_words,
    )


def _shown(each: Contribution) -> dict[str, Any]:
    state = state_of(each, _today())
    return {
        "name": each.person.name,
        "topic": _(TOPICS[each.topic]),
        "sections": _titles(each.assessment, each.sections),
        "tone": TONES[state],
        "state": _state_words(each, state),
        "due": day_in_words(each.due_on) if each.due_on and is_unsigned(each) else "",
        "asked": _("%(name)s on %(day)s", name=each.asker.name, day=day_in_words(each.asked_at)),
        "text": each.text,
        "statement": each.statement,
        "changed": _titles(each.assessment, each.voided_sections),
        "url": _url(each),
    }


def _state_words(each: Contribution, state: str) -> str:
    if state == "void" and each.voided_at:
        return str(_("Void since %(day)s", day=day_in_words(each.voided_at)))
    if state == "signed" and each.signed_at:
        return str(_("Signed off on %(day)s", day=day_in_words(each.signed_at)))
    words: dict[str, str] = {"withdrawn": _("Withdrawn"), "overdue": _("Overdue"), "asked": _("Asked")}
    return words[state]


def _titles(assessment: Assessment, sections: list[Any]) -> str:
    words = questionnaire_for_reader(assessment.sheet)
    return ", ".join(each.title for each in words.sections if each.id in sections)


def _url(each: Contribution) -> str:
    return url_for("contributions.show", reference=each.assessment.reference, contribution_id=each.id)


def _today() -> dt.date:
    return clock.day_of(clock.now(), get_city(db.session).time_zone)
