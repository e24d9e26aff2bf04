"""What an officer does beside a commitment's steps: give it another day or keeper, or make one by hand."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.errors import Invalid
from pia_engine.extensions import db
from pia_engine.forms.base import CityForm
from pia_engine.forms.commitments import PUBLIC, CommitmentForm, HandOverForm, PostponeForm, offer_keepers
from pia_engine.models import Commitment, Initiative, Person
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services import commitment_steps
from pia_engine.services.initiatives import get_initiative
from pia_engine.services.keepers import list_possible_keepers
from pia_engine.services.offers import name_with_title
from pia_engine.web.access import actor, needs, reach
from pia_engine.web.chronicle import day_in_words
from pia_engine.web.commitment_words import first_day
from pia_engine.web.commitments import within_reach
from pia_engine.web.error_pages import say
from pia_engine.web.parking import take_parked
from pia_engine.web.people import city_today

blueprint = Blueprint("commitment_changes", __name__)


@blueprint.route("/commitments/<reference>/postpone", methods=["GET", "POST"])
@needs(Permission.COMMITMENT_ACCEPT)
def postpone(reference: str) -> ResponseReturnValue:
    """Another day for a commitment, with the reason."""
    found = _looked_after(reference)
    form = _made(PostponeForm)
    if _is_current(found) and form.validate_on_submit():
        try:
            commitment_steps.postpone(
                db.session,
                found,
                until=form["due_on"].data,
                reason=form["reason"].data,
                actor=actor(),
                now=clock.now(),
            )
        except Invalid as refusal:
            _refuse(form, refusal)
        else:
            return _done(found, _("%(reference)s has another day.", reference=reference))
    return _page("commitments/postpone.html", found, form)


@blueprint.route("/commitments/<reference>/hand-over", methods=["GET", "POST"])
@needs(Permission.COMMITMENT_ACCEPT)
def hand_over(reference: str) -> ResponseReturnValue:
    """Another keeper for a commitment, with the reason."""
    found = _looked_after(reference)
    people = _people()
    form = _made(HandOverForm)
    offer_keepers(form, {key: name_with_title(each) for key, each in people.items() if each.id != found.author_id})
    if _is_current(found) and form.validate_on_submit():
        try:
            commitment_steps.hand_over(
                db.session,
                found,
                keeper=people[form["keeper"].data],
                reason=form["reason"].data,
                actor=actor(),
                now=clock.now(),
            )
        except Invalid as refusal:
            _refuse(form, refusal)
        else:
            return _done(found, _("%(reference)s is handed over. Both are told.", reference=reference))
    return _page("commitments/hand_over.html", found, form)


@blueprint.route("/initiatives/<reference>/commitments/new", methods=["GET", "POST"])
@needs(Permission.COMMITMENT_MAKE)
def new(reference: str) -> ResponseReturnValue:
    """Make a commitment by hand."""
    initiative = get_initiative(db.session, reference)
    reach(Permission.COMMITMENT_MAKE, initiative)
    people = _people()
    parked = take_parked() if request.method != "POST" else None
    form = CommitmentForm(formdata=parked) if parked is not None else CommitmentForm()
    offer_keepers(form, {key: name_with_title(each) for key, each in people.items()})
    if form.validate_on_submit():
        try:
            made = _add(initiative, form, people)
        except Invalid as refusal:
            _refuse(form, refusal)
        else:
            return _done(made, _("%(reference)s is made, and its keeper is told.", reference=made.reference))
    page = render_template("commitments/new.html", initiative=initiative, form=form, was_parked=parked is not None)
    return page, 422 if form.is_submitted() else 200


def _add(initiative: Initiative, form: CityForm, people: dict[str, Person]) -> Commitment:
    return commitment_steps.add_commitment(
        db.session,
        initiative,
        text=form["text"].data,
        keeper=people[form["keeper"].data],
        due_on=form["due_on"].data,
        is_public=form["visibility"].data == PUBLIC,
        actor=actor(),
        now=clock.now(),
    )


def _looked_after(reference: str) -> Commitment:
    found = within_reach(reference)
    commitment_steps.check_can_look_after(db.session, found, actor=actor())
    return found


def _people() -> dict[str, Person]:
    return {str(each.id): each for each in list_possible_keepers(db.session, on=city_today())}


def _made(kind: type[CityForm]) -> CityForm:
    parked = take_parked() if request.method != "POST" else None
    return kind(formdata=parked) if parked is not None else kind()


def _mark(found: Commitment) -> str:
    """What the page showed: the day and the keeper, so that nobody changes what somebody else has just changed."""
    return f"{found.due_on.isoformat()}_{uuid.UUID(str(found.author_id)).hex}"


def _is_current(found: Commitment) -> bool:
    return request.method == "POST" and request.form.get("seen", "") == _mark(found)


def _refuse(form: CityForm, refusal: Invalid) -> None:
    db.session.rollback()
    form[refusal.field if refusal.field in form else "text"].errors = [say(refusal)]


def _done(found: Commitment, sentence: str) -> ResponseReturnValue:
    address = url_for("commitments.show", reference=found.reference)
    db.session.commit()
    flash(sentence, "success")
    return redirect(address, 303)


def _page(template: str, found: Commitment, form: CityForm) -> ResponseReturnValue:
    is_changed = request.method == "POST" and not _is_current(found)
    page = render_template(
        template,
        found=found,
        form=form,
        seen=_mark(found),
        is_changed=is_changed,
        first_day=first_day(found) if found.postponed else None,
        day_in_words=day_in_words,
    )
    if is_changed:
        return page, 409
    return page, 422 if form.is_submitted() else 200
