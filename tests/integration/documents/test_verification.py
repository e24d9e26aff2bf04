"""What a resident reads about a file: who signed it, when, and whether it is what was published."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from pia_engine.documents.authority import Authority, create_authority
from pia_engine.register import verification
from pia_engine.register.verification import PublishedDocument, verify_file

PUBLISHED_AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def test_resident_reads_who_signed_and_when(signed: bytes, authority: Authority) -> None:
    verdict = verify_file(signed, trust=authority.folder)
    assert verdict.valid
    assert verdict.headline == "This file is genuine. Not one byte was changed since it was signed."
    assert "Sealed by City of Aldermere on 2026-11-20, 11:30 UTC." in verdict.sentences
    assert (
        "Signed by Daniel Reyes, Director, Streets and Mobility (City of Aldermere), on 2026-11-20, 11:30 UTC."
        in verdict.sentences
    )
    assert verdict.sentences[-1] == f"SHA-256 of the file: {hashlib.sha256(signed).hexdigest()}"


def test_resident_reads_that_a_byte_was_changed(signed: bytes, authority: Authority) -> None:
    changed = bytearray(signed)
    changed[5000] ^= 1
    verdict = verify_file(bytes(changed), trust=authority.folder)
    assert not verdict.valid
    assert verdict.headline == "This file is not what was signed."
    assert verdict.sentences[0] == "The file was changed after it was signed."


def test_resident_reads_that_a_file_is_not_signed(rendered: bytes, authority: Authority) -> None:
    verdict = verify_file(rendered, trust=authority.folder)
    assert not verdict.valid
    assert verdict.headline == "This file is not a signed document of the city."


def test_resident_reads_that_another_city_signed(signed: bytes, signed_at: datetime, tmp_path: Path) -> None:
    stranger = create_authority(tmp_path / "keys", city_name="Elsewhere", now=signed_at)
    verdict = verify_file(signed, trust=stranger.folder)
    assert not verdict.valid
    assert verdict.headline == "This file is signed, but not by this city."
    assert (
        "A signature in the name of Daniel Reyes does not count: the certificate was not issued by this city."
        in verdict.sentences
    )


def test_resident_reads_when_the_file_was_published_and_that_it_is_superseded(
    signed: bytes, authority: Authority
) -> None:
    register = {
        hashlib.sha256(signed).hexdigest(): PublishedDocument(
            "PIA-2026-0042", "School-route monitoring cameras", PUBLISHED_AT, False, "edition 2 replaced it."
        )
    }
    verdict = verify_file(signed, trust=authority.folder, published=register.get)
    assert verdict.valid
    assert (
        "The city published exactly this file as PIA-2026-0042, “School-route monitoring cameras”, "
        "on 2026-11-20, 12:00 UTC." in verdict.sentences
    )
    assert "It is no longer the current edition: edition 2 replaced it." in verdict.sentences


def test_resident_reads_that_a_genuine_file_is_not_in_the_register(signed: bytes, authority: Authority) -> None:
    verdict = verify_file(signed, trust=authority.folder, published={}.get)
    assert "This exact file is not in the public register that was asked." in verdict.sentences


def test_answer_can_be_given_in_another_language(signed: bytes, authority: Authority) -> None:
    german = {verification.GENUINE: "Diese Datei ist echt."}
    verdict = verify_file(signed, trust=authority.folder, translate=lambda text: german.get(text, text))
    assert verdict.headline == "Diese Datei ist echt."
