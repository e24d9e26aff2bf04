"""What is on record around a published text: determination, advice, audits, and the rules it was made under."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_
from pia_engine.models import Assessment, Determination, Person, Review, Revision
from pia_engine.models.catalogue import questionnaire_for
from pia_engine.models.policy_rules import read_rules
from pia_engine.permissions.advice import RECOMMENDATIONS
from pia_engine.permissions.roles import ROLE_NAMES, Role
from pia_engine.questionnaires.wording import Sentence
from pia_engine.register.answers import public_sections
from pia_engine.register.language import Language
from pia_engine.register.review_dates import review_date
from pia_engine.register.risks import policy_words

OUTCOME_NAMES = {
    "no_pia": N_("No full assessment needed"),
    "delegated_review": N_("Delegated review under conditions"),
    "update": N_("Update of a published assessment"),
    "full_pia": N_("Full assessment needed"),
}


def iso_instant(instant: dt.datetime) -> str:
    """An instant in UTC as ISO 8601, to the second."""
    return instant.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def named_in_record(language: Language, person: Person, represents: Person | None) -> str:
    """Who took a step, and whom they did it for when they stood in for somebody."""
    if represents is None:
        return person.name
    return language.say(Sentence(N_("%(name)s, for %(other)s"), name=person.name, other=represents.name))


@dataclass(frozen=True, slots=True)
class Proceedings:
    """What else is on record around one revision."""

    session: Session
    assessment: Assessment
    revision: Revision
    language: Language

    def sections(self) -> list[dict[str, Any]]:
        questionnaire = questionnaire_for(self.session, self.assessment.sheet)
        stored = {answer.question: answer for answer in self.assessment.sheet.answers}
        rules = read_rules(self.assessment.policy_version)
        return public_sections(questionnaire, self.revision.answers, stored, self.language, rules=rules)

    def questionnaire_entry(self) -> dict[str, Any]:
        questionnaire = questionnaire_for(self.session, self.assessment.sheet)
        return {"id": questionnaire.id, "version": questionnaire.version, "title": questionnaire.title}

    def policy_entry(self) -> dict[str, Any]:
        policy = self.assessment.policy_version
        adopted_on = policy.adopted_on.isoformat() if policy.adopted_on else None
        words = policy_words(read_rules(policy), self.language.say)
        return {"number": policy.number, "title": policy.title, "adopted_on": adopted_on, **words}

    def determination(self) -> dict[str, Any] | None:
        """Why a full assessment was needed, from the initial one under the same reference."""
        found = self.session.scalars(
            select(Determination)
            .join(Determination.assessment)
            .where(Assessment.reference == self.assessment.reference, Assessment.stage == "initial")
            .order_by(Determination.determined_at.desc())
        ).first()
        if found is None:
            return None
        return {
            "outcome": self.language.say(OUTCOME_NAMES[found.outcome]),
            "rules_say": self.language.say(OUTCOME_NAMES.get(found.computed_outcome, found.computed_outcome)),
            "fired": [{"rule": rule["rule"], "because": rule["because"]} for rule in found.fired],
            "reason": found.reason,
            "determined_by": named_in_record(self.language, found.official, found.represents),
            "determined_at": iso_instant(found.determined_at),
        }

    def advice(self) -> list[dict[str, Any]]:
        """The advice that passed this revision on for signature."""
        rows = self.session.scalars(
            select(Review)
            .where(
                Review.assessment_id == self.assessment.id,
                Review.revision_id == self.revision.id,
                Review.result == "recommended",
            )
            .order_by(Review.round)
        )
        return [
            {
                "role": self.language.say(ROLE_NAMES[Role.PRIVACY_OFFICER]),
                "name": named_in_record(self.language, review.reviewer, review.represents),
                "recommendation": review.recommendation or None,
                "recommendation_name": self.language.say(RECOMMENDATIONS.get(review.recommendation, "")),
                "text": review.advice,
                "given_at": iso_instant(review.finished_at) if review.finished_at else None,
            }
            for review in rows
        ]

    def next_audit_on(self) -> str | None:
        due_on = review_date(self.session, self.assessment.id)
        return due_on.isoformat() if due_on else None
