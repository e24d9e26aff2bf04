"""What the public sees of an assessment: one JSON document, made from the revision that the signatures cover.

Only questions marked public enter it. Of the others it says how many were kept internal in each section, and why.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, NotPossible
from pia_engine.models import Assessment, City, Revision, SignOff
from pia_engine.permissions.roles import ROLE_NAMES, Role
from pia_engine.permissions.signatures import newest_revision, signatures_in_force
from pia_engine.questionnaires.definition import Value
from pia_engine.questionnaires.wording import Sentence
from pia_engine.register.hearing import hearing_of
from pia_engine.register.json_ld import linked
from pia_engine.register.language import Language, language_of
from pia_engine.register.marks import is_withheld
from pia_engine.register.proceedings import Proceedings, iso_instant, named_in_record
from pia_engine.workflows.foundations import STANDING_NAMES, Standing

SCHEMA_VERSION = 1

SIGNED_FOR_AGENCY = N_("Signed for the agency")
APPROVED = N_("Approved")
APPROVED_WITH_CONDITIONS = N_("Approved with conditions")
FICTIONAL = N_("This is a demonstration. %(city)s is fictional, and so are its people and decisions.")


def public_record(
    session: Session,
    assessment: Assessment,
    *,
    as_published_at: dt.datetime,
    public_url: str,
    standings: Sequence[Standing],
) -> dict[str, Any]:
    """The public document of one edition, complete. Raises NotPossible when the present text is not signed by both."""
    text = signed_revision(session, assessment)
    record = _record(session, assessment, text, public_url=public_url, standings=standings)
    return record | {"published_at": iso_instant(as_published_at)}


def draft_record(
    session: Session,
    assessment: Assessment,
    *,
    as_published_at: dt.datetime,
    public_url: str,
    standings: Sequence[Standing],
) -> dict[str, Any]:
    """The same of the text handed in last, whoever has signed it by now. Raises NotPossible when none was handed in."""
    revision = newest_revision(session, assessment.id)
    if revision is None:
        raise NotPossible(N_("The answers were not handed in yet, so there is no text to look at."))
    text = revision, signatures_in_force(session, assessment)
    record = _record(session, assessment, text, public_url=public_url, standings=standings)
    return record | {"published_at": iso_instant(as_published_at)}


def _record(
    session: Session,
    assessment: Assessment,
    text: tuple[Revision, list[SignOff]],
    *,
    public_url: str,
    standings: Sequence[Standing],
) -> dict[str, Any]:
    revision, signed = text
    city = session.scalars(select(City).order_by(City.created_at).limit(1)).one()
    language = language_of(city.language, city.time_zone)
    facts = Proceedings(session, assessment, revision, language)
    answers: Mapping[str, Value] = revision.answers
    address = permalink(public_url, assessment.reference, assessment.edition)
    record = {
        "schema_version": SCHEMA_VERSION,
        "reference": assessment.reference,
        "edition": assessment.edition,
        "permalink": address,
        "language": city.language,
        "title": str(answers.get("name") or assessment.initiative.title),
        "summary": str(answers.get("summary") or ""),
        "approved_at": iso_instant(assessment.approved_at) if assessment.approved_at else None,
        "city": city_entry(city, language),
        "department": assessment.department.name,
        "initiative": assessment.initiative.reference,
        "revision": _revision(revision),
        **_proceedings(facts),
        **hearing_of(session, assessment, language),
        "sign_offs": [_sign_off(signature, assessment, language) for signature in signed],
        "conditions": assessment.conditions,
        "foundations": [_foundation(standing, language) for standing in standings],
        "next_review_on": answers.get("next_review") or None,
        "withheld": [],
        "based_on": None,
    }
    return linked(record, address=address)


def _proceedings(facts: Proceedings) -> dict[str, Any]:
    return {
        "questionnaire": facts.questionnaire_entry(),
        "policy": facts.policy_entry(),
        "sections": facts.sections(),
        "determination": facts.determination(),
        "advice": facts.advice(),
        "next_audit_on": facts.next_audit_on(),
    }


def canonical_bytes(record: Mapping[str, Any]) -> bytes:
    """The one spelling of a record (RFC 8785): the same record is the same bytes, and so has the same hash."""
    return rfc8785.dumps(dict(record))


def record_schema() -> dict[str, Any]:
    """The JSON Schema that every public record follows."""
    text = resources.files("pia_engine.register").joinpath("public-record.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def permalink(public_url: str, reference: str, edition: int) -> str:
    return f"{public_url.rstrip('/')}/register/{reference}/v{edition}"


def find_answer(record: Mapping[str, Any], question: str) -> dict[str, Any] | None:
    """The public answer to one question of a record."""
    for section in record["sections"]:
        for answer in section["answers"]:
            if answer["question"] == question:
                found: dict[str, Any] = answer
                return found
    return None


def find_open_answer(record: Mapping[str, Any], question: str) -> dict[str, Any] | None:
    """The same, unless the whole answer is withheld."""
    answer = find_answer(record, question)
    return None if is_withheld(answer) else answer


def searchable_text(record: Mapping[str, Any]) -> str:
    """Everything the public answers say, for the search."""
    parts = [record["department"], record["conditions"]]
    for section in record["sections"]:
        parts.append(section["title"])
        for answer in section["answers"]:
            parts += _words(answer["shown"])
    return "\n".join(part for part in parts if part)


def _words(shown: str | list[Any]) -> list[str]:
    if isinstance(shown, str):
        return [shown]
    return [" · ".join(map(str, entry.values())) if isinstance(entry, dict) else str(entry) for entry in shown]


def signed_revision(session: Session, assessment: Assessment) -> tuple[Revision, list[SignOff]]:
    """The text both signatures are under, with them in order. A later, unsigned text is never published."""
    revision, signed = newest_revision(session, assessment.id), signatures_in_force(session, assessment)
    if revision is None or {signature.position for signature in signed} != {1, 2}:
        raise NotPossible(
            N_("The present text is not signed by the agency and the deciding official, so it cannot be published.")
        )
    return revision, signed


def _revision(revision: Revision) -> dict[str, Any]:
    return {
        "number": revision.number,
        "sha256": revision.digest,
        "submitted_at": iso_instant(revision.submitted_at),
    }


def city_entry(city: City, language: Language) -> dict[str, Any]:
    """What every public document says of the city it comes from."""
    return {
        "name": city.name,
        "service_name": city.service_name,
        "contact_name": city.contact_name,
        "contact_email": city.contact_email,
        "time_zone": city.time_zone,
        "notice": language.say(Sentence(FICTIONAL, city=city.name)) if city.is_demo else "",
    }


def _sign_off(signature: SignOff, assessment: Assessment, language: Language) -> dict[str, Any]:
    decision = SIGNED_FOR_AGENCY
    if signature.position == 2:
        decision = APPROVED_WITH_CONDITIONS if assessment.conditions else APPROVED
    return {
        "order": signature.position,
        "role": language.say(ROLE_NAMES[Role(signature.role)]),
        "name": named_in_record(language, signature.person, signature.represents),
        "job_title": signature.person.job_title,
        "decision": language.say(decision),
        "reason": signature.reason,
        "overrules": signature.overrules,
        "signed_at": iso_instant(signature.signed_at),
    }


def _foundation(standing: Standing, language: Language) -> dict[str, Any]:
    return {
        "number": standing.number,
        "title": language.say(standing.title),
        "standing": str(standing.standing),
        "standing_name": language.say(STANDING_NAMES[standing.standing]),
        "explanation": language.say(standing.explanation),
        "sections": list(standing.section_ids),
    }
