"""What stands beside the questions of an assessment: the ways to comments, files and earlier texts, and the sign-offs
a change would make void. A bounded number of queries for a whole page, however many questions it has.
"""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from pia_engine.extensions import db
from pia_engine.models import Assessment
from pia_engine.permissions.people import may
from pia_engine.permissions.roles import Actor
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.definition import Question, QuestionType
from pia_engine.services.answers import answering_roles
from pia_engine.services.attachments import count_by_question
from pia_engine.services.comments import can_comment, count_open_by_question
from pia_engine.services.coverage import AtStake, who_is_at_stake
from pia_engine.services.history import count_versions_by_question
from pia_engine.web.languages import questionnaire_for_reader

Links = dict[str, tuple[tuple[str, str], ...]]


def links_beside(assessment: Assessment, *, actor: Actor, section: str | None = None) -> Links:
    """The links below each question, by its id; those of one section, or of all."""
    session, mine = db.session, answering_roles(assessment, actor)
    threads = count_open_by_question(session, assessment)
    files = count_by_question(session, assessment)
    texts = count_versions_by_question(session, assessment.sheet)
    writes, reads = can_comment(assessment, actor=actor), may(actor, Permission.COMMENT_VIEW, assessment)
    return {
        question.id: (
            *_register(assessment, question),
            *_talk(assessment, question, threads.get(question.id, 0), writes=writes, reads=reads),
            *_files(assessment, question, files.get(question.id, 0), is_mine=question.answered_by in mine),
            *_history(assessment, question.id, texts.get(question.id, 0)),
        )
        for each in questionnaire_for_reader(assessment.sheet).sections
        if section in (None, each.id)
        for question in each.questions
    }


def _talk(
    assessment: Assessment, question: Question, count: int, *, writes: bool, reads: bool
) -> tuple[tuple[str, str], ...]:
    """The way to the comments at a question, for those who read them."""
    return ((_comments(count, writes=writes), comments_url(assessment, question.id)),) if reads else ()


def _files(assessment: Assessment, question: Question, count: int, *, is_mine: bool) -> tuple[tuple[str, str], ...]:
    """The way to the files at a question; one that asks for files has its own."""
    if question.type is QuestionType.FILE or not (count or is_mine):
        return ()
    address = url_for("attachments.show", reference=assessment.reference, stage=assessment.stage, question=question.id)
    text = ngettext("%(num)s file", "%(num)s files", count) if count else _("Attach a file")
    return ((str(text), address),)


def _register(assessment: Assessment, question: Question) -> tuple[tuple[str, str], ...]:
    """The way to the whole register of risks, for those who only read it too."""
    if question.type is not QuestionType.RISKS:
        return ()
    address = url_for("risks.index", reference=assessment.reference, stage=assessment.stage)
    return ((_("All risks, with the matrix"), address),)


def _history(assessment: Assessment, question: str, count: int) -> tuple[tuple[str, str], ...]:
    """The way to the texts an answer had, once it had any."""
    if not count:
        return ()
    address = url_for("history.show", reference=assessment.reference, stage=assessment.stage, question=question)
    return ((str(_("History (%(count)s)", count=count)), address),)


def comments_url(assessment: Assessment, question: str, *, version: int | None = None) -> str:
    """Where the comments at a question are; those on an earlier version when one is named."""
    return url_for(
        "comments.show", reference=assessment.reference, stage=assessment.stage, question=question, version=version
    )


def _comments(count: int, *, writes: bool) -> str:
    if count:
        return str(ngettext("Comments (%(num)s open)", "Comments (%(num)s open)", count))
    return str(_("Comment on this question") if writes else _("Comments"))


def coverage_notes(assessment: Assessment, section: str, *, actor: Actor) -> list[str]:
    """Whose sign-offs a change in this section would make void; nothing for a reader who changes nothing here."""
    if not answering_roles(assessment, actor):
        return []
    if section not in {each.id for each in questionnaire_for_reader(assessment.sheet).sections}:
        return []
    at_stake = who_is_at_stake(db.session, assessment, section)
    certain = _named([each for each in at_stake if each.is_certain])
    possible = _named([each for each in at_stake if not each.is_certain])
    notes = []
    if certain:
        notes.append(_("Changing an answer here makes these sign-offs void: %(names)s.", names=certain))
    if possible:
        notes.append(
            _(
                "If your answer here decides that other questions are asked, these become void too: %(names)s.",
                names=possible,
            )
        )
    return notes


def _named(at_stake: list[AtStake]) -> str:
    return ", ".join(f"{each.name} ({_(each.what)})" for each in at_stake)
