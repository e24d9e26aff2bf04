"""The parts a policy is edited in: which keys of its document each holds, what fits into them, and stable ids.

The threshold rules are edited one by one, in `thresholds`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, Invalid, NotFound
from pia_engine.models import PolicyVersion
from pia_engine.models.default_rules import DEFAULT_RULES
from pia_engine.models.policy_rules import rules_of

SECTIONS: dict[str, tuple[str, ...]] = {
    "principles": ("principles",),
    "authorities": ("authorities",),
    "appetite": ("risk_appetite",),
    "matrix": ("matrix",),
    "deciders": ("decider_by_residual_risk",),
    "periods": (
        "audit_months_by_residual_risk",
        "first_audit_months",
        "vendor_link_days",
        "audit_notice_days",
    ),
    "oversight": (
        "policy_review_months",
        "programme_audit_months",
        "spot_check_percent",
        "emergency_days",
        "condition_days",
        "escalation_days",
        "executive_escalation_days",
        "reminder_days",
    ),
    "outcomes": ("outcomes",),
    "retention": ("retention",),
    "grounds": ("withholding_grounds",),
    "controls": ("controls",),
}

WITH_IDS = ("principles", "authorities", "withholding_grounds", "controls")
"""Lists whose entries assessments refer to: an entry keeps its id for good, and no other ever gets it."""

LONGEST_TEXT, LONGEST_LIST, LONGEST_ID = 20_000, 200, 40


def section_content(policy: PolicyVersion, section: str) -> dict[str, Any]:
    """What a version's document holds of one section; what it does not say is as the defaults have it."""
    document = {**DEFAULT_RULES, **policy.rules}
    return {key: document[key] for key in _keys(section)}


def section_digest(policy: PolicyVersion, section: str) -> str:
    """A fingerprint of one section, by which a page knows whether somebody saved it in the meantime."""
    return _digest(section_content(policy, section))


def policy_digest(policy: PolicyVersion) -> str:
    """A fingerprint of a whole version: its number and everything its rules say."""
    return _digest({"number": policy.number, "rules": {**DEFAULT_RULES, **policy.rules}})


def check_fits(policy: PolicyVersion, section: str, content: Mapping[str, Any]) -> None:
    """Raises Invalid for what could not be stored or read again. Whether it is complete is not asked here."""
    if set(content) != set(_keys(section)):
        raise Invalid(N_("These are not the fields of this section. Open its page again."))
    _check_sizes(content)
    try:
        rules_of({**policy.rules, **content})
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise Invalid(N_("This section cannot be read as it was sent. Open its page again.")) from fault


def with_ids(session: Session, section: str, content: Mapping[str, Any], present: Mapping[str, Any]) -> dict[str, Any]:
    """The content with an id for each new entry. An id that this draft does not have is not taken over.

    An entry that comes back under the name it had in an earlier version is the same one, and gets its id back.
    """
    given = dict(content)
    for key in set(WITH_IDS) & set(given):
        ids = _Ids(known={entry["id"] for entry in present[key]}, ever=_ids_ever_used(session, key))
        kept = [ids.keep(entry) for entry in given[key]]
        given[key] = [{**entry, "id": found or ids.make(str(entry["name"]))} for entry, found in kept]
    return given


@dataclass(slots=True)
class _Ids:
    """Gives each entry of one list its id: `known` are this draft's, `ever` maps those of all versions to names."""

    known: set[str]
    ever: dict[str, str]
    taken: set[str] = field(default_factory=set)

    def keep(self, entry: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
        """The entry with the id it had, once; without one when it is new."""
        found = str(entry.get("id", ""))
        if found not in self.known or found in self.taken:
            return entry, ""
        self.taken.add(found)
        return entry, found

    def make(self, name: str) -> str:
        """The id an entry of this name had in an earlier version, or one that nothing ever had."""
        former = (key for key, was in self.ever.items() if was == name.casefold() and key not in self.taken)
        found = next(former, "") or _new_id(name, self.taken | set(self.ever))
        self.taken.add(found)
        return found


def _new_id(name: str, used: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST_ID].strip("_") or "entry"
    found, number = base, 2
    while found in used:
        found, number = f"{base}_{number}", number + 1
    return found


def _ids_ever_used(session: Session, key: str) -> dict[str, str]:
    """Ids of the entries of every version there has been, with their names: assessments under those refer to them."""
    documents = session.scalars(select(PolicyVersion.rules).order_by(PolicyVersion.number))
    entries = (entry for document in documents for entry in document.get(key, DEFAULT_RULES[key]))
    return {entry["id"]: str(entry["name"]).casefold() for entry in entries}


def _check_sizes(value: Any) -> None:
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise Invalid(N_("One text is longer than %(most)s characters. Shorten it."), most=LONGEST_TEXT)
    if isinstance(value, (list, tuple)) and len(value) > LONGEST_LIST:
        raise Invalid(N_("One list has more than %(most)s entries. Shorten it."), most=LONGEST_LIST)
    for part in _parts(value):
        _check_sizes(part)


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, (list, tuple)) else ()


def _keys(section: str) -> tuple[str, ...]:
    if section not in SECTIONS:
        raise NotFound(N_("The policy has no such section."))
    return SECTIONS[section]


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(rfc8785.dumps(dict(content))).hexdigest()
