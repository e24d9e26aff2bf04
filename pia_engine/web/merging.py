"""Two people saved one section: both texts side by side, and what else was typed carried along unseen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import render_template, request

from pia_engine.forms.merging import EDIT, KEEP, MergeForm, build_merge_form, mine_to_edit
from pia_engine.models.offers import Offers
from pia_engine.questionnaires.definition import Section, Value
from pia_engine.services.answers import Conflict, ReadSheet
from pia_engine.web.checking import read_on_page

if TYPE_CHECKING:
    from pia_engine.web.desk import Desk

MERGING, MERGED_VERSION = "merging", "merged_version"
_OF_THIS_PAGE = frozenset({"csrf_token", MERGING, MERGED_VERSION, "save"})


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of the merge form. `status` is what to answer when it is not ready."""

    form: MergeForm
    questions: tuple[str, ...]
    values: dict[str, Value | None]
    is_ready: bool
    status: int


def is_merging() -> bool:
    """Whether the posted form is the one that settles conflicts."""
    return MERGING in request.form


def settle(section: Section, values: dict[str, Value | None], *, offers: Offers) -> Settled:
    """Read the choices made on the merge page and apply them to what was typed."""
    named = set(request.form.get(MERGING, "").split())
    questions = [question for question in section.questions if question.id in named and question.id in values]
    form = build_merge_form(questions, offers)(formdata=request.form)
    pressed = form.rows_changed() is not None
    ready = not pressed and form.is_settled()
    merged = form.apply(values) if ready else values
    return Settled(form, tuple(question.id for question in questions), merged, ready, 200 if pressed else 422)


def merge_conflicts(sheet: ReadSheet, questions: Iterable[str], values: Mapping[str, Value | None]) -> list[Conflict]:
    """The conflicts of an earlier merge page, as they stand now."""
    return [
        Conflict(name, answer.value, values.get(name), answer.answered_by_name, answer.answered_at)
        for name in questions
        if (answer := sheet.stored.get(name)) is not None
    ]


def settled_versions(questions: Iterable[str]) -> dict[str, int]:
    """The version at which both texts of each settled question were looked at; what changed later is asked again."""
    text = request.form.get(MERGED_VERSION, "")
    version = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return dict.fromkeys(questions, version)


def merge_page(desk: Desk, conflicts: Sequence[Conflict], form: MergeForm | None) -> str:
    """Both texts of each question, with a choice; a form to show again keeps what was chosen."""
    named = {conflict.question for conflict in conflicts}
    questions = [question for question in desk.section.questions if question.id in named]
    is_new = form is None
    if form is None:
        mine = {conflict.question: conflict.yours for conflict in conflicts if conflict.yours is not None}
        form = build_merge_form(questions, desk.offers)(formdata=None, data=mine_to_edit(mine))
    return render_template(
        "sections/merge.html",
        place=desk.place,
        section=desk.section,
        form=form,
        texts=[_texts(desk, conflict, form) for conflict in conflicts],
        merging=" ".join(question.id for question in questions),
        version=_shown_version(desk, form_is_new=is_new),
        carried=_carried(),
        save=request.form.get("save", "continue"),
    )


def _shown_version(desk: Desk, *, form_is_new: bool) -> str:
    """A page shown again keeps the version its choices were made at, if it had one."""
    return str(desk.sheet.version) if form_is_new else request.form.get(MERGED_VERSION, str(desk.sheet.version))


def _texts(desk: Desk, conflict: Conflict, form: MergeForm) -> dict[str, Any]:
    question = desk.sheet.questionnaire.question(conflict.question)
    return {
        "question": question.text,
        "columns": question.columns,
        "theirs": read_on_page(question, conflict.theirs, desk.offers.policy),
        "yours": read_on_page(question, conflict.yours, desk.offers.policy),
        "by": conflict.saved_by,
        "at": conflict.saved_at,
        "choice": form[KEEP + question.id],
    }


def _carried() -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in _OF_THIS_PAGE and not name.startswith((KEEP, EDIT))
    ]
