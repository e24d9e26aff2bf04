"""What record-keeping is called on pages: tables as people know them, decisions, how long something is kept."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from pia_engine import clock
from pia_engine.errors import N_
from pia_engine.extensions import db
from pia_engine.models import Initiative, Tombstone
from pia_engine.models.record_kinds import CLASSIFICATIONS, RECORD_KINDS
from pia_engine.permissions.people import may
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.cities import get_city
from pia_engine.services.disposing import Doomed
from pia_engine.services.legal_holds import list_holds_of
from pia_engine.services.retention import Kept, kept_until
from pia_engine.web.access import actor
from pia_engine.web.chronicle import day_in_words

TABLE_WORDS = {
    "answer": N_("Answers"),
    "answer_version": N_("Earlier texts of answers"),
    "answer_sheet": N_("Sets of answers"),
    "draft": N_("Unsaved drafts"),
    "snooze": N_("Reminders put off"),
    "attachment": N_("Attached files"),
    "comment": N_("Comments"),
    "contribution": N_("Expert contributions"),
    "consultation": N_("Consultations"),
    "observer": N_("Observers and their statements"),
    "requested_change": N_("Requested changes"),
    "review": N_("Reviews with their advice"),
    "sign_off": N_("Sign-offs"),
    "spot_check": N_("Spot checks"),
    "withholding": N_("What is withheld from the public"),
    "determination": N_("Determinations"),
    "published_copy": N_("Files of published documents"),
    "publication": N_("Publications"),
    "finding": N_("Findings of audits"),
    "annual_audit": N_("Annual audits"),
    "commitment": N_("Commitments"),
    "reconsideration": N_("Causes to look again"),
    "emergency_exception": N_("Emergency exceptions"),
    "answer_evaluation": N_("Judgements of vendors’ answers"),
    "vendor_response": N_("Questionnaires answered by vendors"),
    "revision": N_("Texts as they were submitted"),
    "assessment": N_("Assessments"),
    "legal_hold": N_("Legal holds that were lifted"),
    "case_file": N_("Exported case files"),
    "initiative": N_("Initiatives"),
}
DECISIONS = {
    "approved": N_("Approved"),
    "rejected": N_("Rejected"),
    "withdrawn": N_("Withdrawn"),
    "no_pia": N_("No full assessment needed"),
    "delegated_review": N_("Decided by delegated review"),
    "update": N_("Continued as an update"),
    "full_pia": N_("A full assessment was required"),
    "published": N_("Approved"),
    "superseded": N_("Approved"),
    "retracted": N_("Withdrawn from the register"),
    "none": N_("Never decided"),
}


def classification_name(classification: str) -> str:
    return str(_(CLASSIFICATIONS.get(classification, classification)))


def kind_name(kind: str) -> str:
    return str(_(RECORD_KINDS.get(kind, kind)))


def years_in_words(years: int | None) -> str:
    return str(_("For good") if years is None else ngettext("%(num)s year", "%(num)s years", years))


def kept_in_words(kept: Kept) -> str:
    """Until when, and by which row of the policy."""
    if kept.ended_on is None:
        years = kept.basis.years if kept.basis else None
        if years is None:
            return str(_("The matter goes on. Its records are kept for good."))
        return str(
            _("The matter goes on. Its records are kept for %(years)s after it has ended.", years=years_in_words(years))
        )
    if kept.until_on is None:
        return str(_("The matter ended on %(day)s. Its records are kept for good.", day=day_in_words(kept.ended_on)))
    return str(
        _(
            "The matter ended on %(ended)s. Its records have to be kept until %(until)s.",
            ended=day_in_words(kept.ended_on),
            until=day_in_words(kept.until_on),
        )
    )


def counts_in_words(counts: dict[str, int]) -> list[tuple[str, int]]:
    """Tables by the name people know, in alphabetical order of it."""
    return sorted((str(_(TABLE_WORDS.get(name, name))), count) for name, count in counts.items() if count)


def doomed_in_words(doomed: Doomed) -> list[tuple[str, int]]:
    rows = counts_in_words(doomed.counts)
    return [*rows, (str(_("Stored files")), doomed.files)] if doomed.files else rows


def decision_name(stone: Tombstone) -> str:
    return str(_(DECISIONS.get(stone.decision, DECISIONS["none"])))


def sees_reasons(initiative: Initiative) -> bool:
    """Whether the reader is told why a hold was placed: an observer may come from the other side of a lawsuit."""
    return may(actor(), Permission.COMMENT_VIEW, initiative)


def records_panel(initiative: Initiative) -> dict[str, Any]:
    """What the initiative's page says of its records."""
    kept = kept_until(db.session(), initiative)
    standing = [hold for hold in list_holds_of(db.session(), initiative) if hold.lifted_at is None]
    today = clock.day_of(clock.now(), get_city(db.session()).time_zone)
    return {
        "classification": classification_name(initiative.classification),
        "kept": kept_in_words(kept),
        "is_over": kept.is_over(today),
        "basis": kept.basis,
        "holds": standing,
        "sees_reasons": sees_reasons(initiative),
        "may_classify": may(actor(), Permission.ASSESSMENT_CLASSIFY, initiative),
        "may_hold": may(actor(), Permission.LEGAL_HOLD_PLACE, initiative),
        "may_export": may(actor(), Permission.CASE_FILE_EXPORT, initiative),
        "may_propose": may(actor(), Permission.DISPOSAL_PROPOSE, initiative) and kept.is_over(today) and not standing,
        "sees_disposals": may(actor(), Permission.DISPOSAL_VIEW, initiative),
    }
