"""Any two states of an assessment side by side in one text: what was handed in, each version, and now."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine.extensions import db
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.differences import Line
from pia_engine.services.comparing import Compared, State, choose_states, compare_states, list_states
from pia_engine.web.access import needs, reach
from pia_engine.web.chronicle import in_words
from pia_engine.web.differing import differences, names_in_policy

blueprint = Blueprint("comparing", __name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One question with what changed in its answer."""

    question: str
    lines: tuple[Line, ...]
    is_changed: bool


@blueprint.get("/assessments/<reference>/<any(initial, full):stage>/compare")
@needs(Permission.ASSESSMENT_VIEW)
def show(reference: str, stage: str) -> ResponseReturnValue:
    """`from` and `to` name the two states; `all` shows the unchanged answers as well."""
    states = list_states(db.session, reference, stage)
    newest = states[-1].assessment
    reach(Permission.ASSESSMENT_VIEW, newest)
    before, after = choose_states(states, request.args.get("from", ""), request.args.get("to", ""))
    shows_all = request.args.get("all") == "1"
    names = names_in_policy(newest)
    sections = [
        (section.title, [_entry(each, names) for each in section.questions if shows_all or each.is_changed])
        for section in compare_states(db.session, before, after)
    ]
    return render_template(
        "history/compare.html",
        assessment=newest,
        stage=stage,
        states=[(state.key, state_words(state)) for state in states],
        before=before.key,
        after=after.key,
        before_words=state_words(before),
        after_words=state_words(after),
        shows_all=shows_all,
        sections=[(title, entries) for title, entries in sections if entries],
        count=sum(entry.is_changed for _title, entries in sections for entry in entries),
    )


def state_words(state: State) -> str:
    """A state by what it was, who made it and when."""
    when = in_words(state.at)
    if state.revision is not None:
        words: str = _(
            "Text %(number)s, handed in by %(name)s, %(when)s",
            number=state.revision.number,
            name=state.revision.submitter.name,
            when=when,
        )
    elif state.is_now:
        words = _("As it stands now (last changed %(when)s)", when=when)
    else:
        words = _("Its last text (%(when)s)", when=when)
    if state.assessment.stage == "full":
        return str(_("Version %(edition)s: %(words)s", edition=state.assessment.edition, words=words))
    return words


def _entry(compared: Compared, names: dict[str, str]) -> Entry:
    question = compared.question
    return Entry(question.text, differences(question, compared.before, compared.after, names), compared.is_changed)
