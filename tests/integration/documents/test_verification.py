"""What a resident reads about a file: who signed it, when, whether it is what was published, and whether it stands."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pia_engine.documents import checking
from pia_engine.documents.authority import Authority, create_authority
from pia_engine.documents.examining import TOO_MUCH, Examination
from pia_engine.documents.tampering import Change, Kind
from pia_engine.register import verdict_words
from pia_engine.register.verdict_lines import lines_of
from pia_engine.register.verification import (
    Answer,
    PublishedDocument,
    Register,
    Signer,
    Standing,
    verdict_on_examined,
    verdict_on_known,
    verify_file,
)

PUBLISHED_AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LATER = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


def known(**more: object) -> PublishedDocument:
    return PublishedDocument("PIA-2026-0042", "School-route monitoring cameras", PUBLISHED_AT, **more)  # type: ignore[arg-type]


def test_resident_reads_who_signed_and_when(signed: bytes, authority: Authority) -> None:
    verdict = verify_file(signed, trust=authority.folder)
    lines = list(lines_of(verdict))
    assert (verdict.valid, verdict.answer) == (True, Answer.SIGNED)
    assert verdict.headline == "This file is genuine. Not one byte was changed since it was signed."
    assert any(line.startswith("Sealed by City of Aldermere on 2026-11-20, 11:30 UTC.") for line in lines)
    assert any(
        line.startswith(
            "Signed by Daniel Reyes, Director, Streets and Mobility (City of Aldermere), on 2026-11-20, 11:30 UTC."
        )
        for line in lines
    )
    assert any(line.startswith("Time-stamped by City of Aldermere") for line in lines)
    assert lines[-1] == f"SHA-256 of the file: {hashlib.sha256(signed).hexdigest()}"


def test_resident_reads_that_a_file_is_not_signed(authority: Authority) -> None:
    verdict = verify_file(b"%PDF-1.7\nA letter\n%%EOF\n", trust=authority.folder)
    assert (verdict.valid, verdict.answer) == (False, Answer.UNSIGNED)
    assert verdict.headline == "This file is not a signed document of the city."


def test_resident_reads_that_another_city_signed(signed: bytes, signed_at: datetime, tmp_path: Path) -> None:
    stranger = create_authority(tmp_path / "keys", city_name="Elsewhere", now=signed_at)
    verdict = verify_file(signed, trust=stranger.folder)
    assert (verdict.valid, verdict.answer) == (False, Answer.FOREIGN)
    assert verdict.headline == "This file is signed, but not by this city."
    assert any("A signature in the name of Daniel Reyes" in line for line in lines_of(verdict))


def test_known_file_is_answered_without_being_looked_at() -> None:
    """Nobody could sign these bytes: the register alone decides."""
    verdict = verify_file(b"any bytes", trust=Path("nowhere"), register=Register(find=lambda _digest: known()))
    assert (verdict.valid, verdict.answer) == (True, Answer.CURRENT)
    assert verdict.headline == "This file is genuine and current."
    assert verdict.sentences == (
        "The city published exactly this file as PIA-2026-0042, “School-route monitoring cameras”, "
        "on 2026-11-20, 12:00 UTC.",
    )


def test_log_of_a_bundle_alone_makes_nothing_genuine(authority: Authority) -> None:
    """Anybody can write a log; only the installation's own database needs no signature beside it."""
    register = Register(find=lambda _digest: known(), is_own=False)
    verdict = verify_file(b"%PDF-1.7\nA letter\n%%EOF\n", trust=authority.folder, register=register)
    assert (verdict.valid, verdict.answer) == (False, Answer.UNSIGNED)
    assert verdict.document is None
    assert verdict_words.LOG_ALONE in verdict.sentences


def test_log_of_a_bundle_adds_what_became_of_a_signed_file(signed: bytes, authority: Authority) -> None:
    found = known(standing=Standing.WITHDRAWN, since=LATER, position=7)
    register = Register(find=lambda _digest: found, is_own=False)
    verdict = verify_file(signed, trust=authority.folder, register=register)
    assert (verdict.valid, verdict.answer, verdict.document) == (True, Answer.WITHDRAWN, found)
    assert verdict.checked == verdict_words.CHECKED_LOGGED
    assert any("Daniel Reyes" in each.who and each.when for each in verdict.signatures)


def test_resident_reads_what_became_of_a_file() -> None:
    superseded = verdict_on_known(known(standing=Standing.SUPERSEDED, since=LATER, has_newer_copy=True), "0" * 64)
    assert superseded.headline == "This file is genuine, but it was superseded on 2026-12-01."
    assert "The city has signed a newer copy of this edition since" in superseded.sentences[-1]
    withdrawn = verdict_on_known(known(standing=Standing.WITHDRAWN, since=LATER, reason="It named people."), "0" * 64)
    assert withdrawn.headline == "This file is genuine, but the city withdrew it on 2026-12-01."
    assert "The reason the city gives: It named people." in withdrawn.sentences
    original = verdict_on_known(known(standing=Standing.ORIGINAL), "0" * 64)
    assert "not for the public" in original.headline
    renewed = verdict_on_known(known(has_newer_copy=True), "0" * 64)
    assert renewed.sentences[-1] == verdict_words.RENEWED_COPY
    assert superseded.valid and withdrawn.valid and original.valid


def test_names_and_place_in_the_log_stand_in_the_answer() -> None:
    signers = (Signer("Daniel Reyes", "Director", when="2026-11-20, 11:30 UTC", says="Approved"),)
    found = known(organisation="City of Aldermere", signers=signers, position=17)
    lines = list(lines_of(verdict_on_known(found, "ab" * 32)))
    assert "Sealed by City of Aldermere on 2026-11-20, 12:00 UTC." in lines
    assert "Signed by Daniel Reyes, Director, on 2026-11-20, 11:30 UTC. Stated with the signature: Approved." in lines
    assert lines[-1] == "Entry 17 of the city's transparency log."


def test_genuine_file_that_is_not_in_the_register_is_not_vouched_for(signed: bytes, authority: Authority) -> None:
    verdict = verify_file(signed, trust=authority.folder, register=Register(find=lambda _digest: None))
    assert (verdict.valid, verdict.answer) == (False, Answer.UNLISTED)
    assert "This exact file is not among those the city published." in verdict.sentences


@pytest.mark.parametrize(
    ("found", "answer"),
    [
        (Examination(False, alterations=checking.TOO_LARGE), Answer.UNREADABLE),
        (Examination(False, alterations=TOO_MUCH), Answer.UNREADABLE),
        (Examination(False, alterations=checking.NO_SIGNATURE), Answer.UNSIGNED),
        (Examination(False, alterations=checking.NO_SIGNATURE, changes=(Change(Kind.CUT_OFF),)), Answer.UNSIGNED),
        (Examination(False, alterations=checking.NO_SIGNATURE, changes=(Change(Kind.CUT_BACK),)), Answer.CUT_BACK),
        (Examination(False, alterations=checking.NO_SIGNATURE, changes=(Change(Kind.REWRITTEN),)), Answer.ALTERED),
        (Examination(False, alterations=checking.CUT_BACK, changes=(Change(Kind.CUT_BACK),)), Answer.CUT_BACK),
        (Examination(False, alterations=checking.CHANGED), Answer.ALTERED),
        (Examination(False, alterations=checking.UNREADABLE), Answer.ALTERED),
    ],
)
def test_every_finding_has_its_answer(found: Examination, answer: Answer) -> None:
    verdict = verdict_on_examined(found, "0" * 64, has_register=True)
    assert (verdict.answer, verdict.valid) == (answer, False)
    assert verdict.sentences
    assert verdict.advice


def test_what_the_file_says_of_itself_is_told() -> None:
    found = Examination(True, standing="superseded by edition 2", stated_at=LATER)
    verdict = verdict_on_examined(found, "0" * 64, has_register=False)
    assert "The file says of itself: superseded by edition 2 (signed on 2026-12-01)." in verdict.sentences


def test_every_answer_has_headline_and_advice() -> None:
    for answer in Answer:
        assert verdict_words.HEADLINES[answer]
        assert verdict_words.ADVICE[answer] or answer is Answer.CURRENT


def test_answer_can_be_given_in_another_language() -> None:
    german = {verdict_words.HEADLINES["current"]: "Diese Datei ist echt und gilt."}
    verdict = verdict_on_known(known(), "0" * 64, lambda text: german.get(text, text))
    assert verdict.headline == "Diese Datei ist echt und gilt."
