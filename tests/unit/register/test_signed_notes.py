"""Signed notes: what is written, what an independent reader makes of it, and what is refused."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tlog_scales.signing import Vkey, VkeySet
from tlog_scales.tlog import Checkpoint as ForeignCheckpoint

from pia_engine.errors import Invalid
from pia_engine.register.signed_notes import (
    COSIGNATURE,
    Checkpoint,
    Note,
    cosign,
    read_checkpoint,
    read_note,
    read_secret,
    read_verifier,
    secret_text,
    sign,
    verifier_of,
)

NAME = "testwell.example/log"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WITNESS = Ed25519PrivateKey.from_private_bytes(bytes(32))
HEAD = Checkpoint(NAME, 42, bytes(range(32)))
VERIFIER = verifier_of(NAME, KEY)
DOCUMENT = sign(HEAD, name=NAME, key=KEY).document()

# The public example of golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_note_of_another_program_is_read_and_its_signature_holds() -> None:
    note = read_note(GO_NOTE.encode())
    assert read_verifier(GO_KEY).is_signed(note)
    assert note.document() == GO_NOTE.encode()
    changed = read_note(GO_NOTE.replace("don't know", "do know").encode())
    assert not read_verifier(GO_KEY).is_signed(changed)


def test_an_independent_reader_accepts_what_we_sign() -> None:
    note = cosign(read_note(DOCUMENT), name="witness.example", key=WITNESS, moment=1_790_000_000)
    foreign = ForeignCheckpoint.from_text(note.document().decode())
    witness = verifier_of("witness.example", WITNESS, kind=COSIGNATURE)
    keys = VkeySet(Vkey.from_string(VERIFIER.text()), Vkey.from_string(witness.text()))
    assert (foreign.origin, foreign.size, foreign.root_hash) == (NAME, 42, bytes(range(32)))
    assert len(keys.verify(foreign.signatures, foreign)) == 2
    assert VERIFIER.is_signed(note)
    assert witness.is_signed(note)


def test_a_checkpoint_comes_back_as_it_was_signed() -> None:
    note = read_note(DOCUMENT)
    assert read_checkpoint(note) == HEAD
    assert VERIFIER.is_signed(note)
    assert read_verifier(f" {VERIFIER.text()}\n") == VERIFIER


def test_a_signature_of_another_key_name_or_text_does_not_count() -> None:
    note = read_note(DOCUMENT)
    assert not verifier_of(NAME, WITNESS).is_signed(note)
    assert not verifier_of("other.example/log", KEY).is_signed(note)
    assert not VERIFIER.is_signed(Note(note.text.replace("42", "43"), note.signatures))
    assert not VERIFIER.is_signed(Note(note.text, ()))


def test_a_wrong_signature_of_the_key_is_not_excused_by_a_right_one() -> None:
    note = read_note(DOCUMENT)
    other = sign(Checkpoint(NAME, 43, HEAD.root), name=NAME, key=KEY)
    assert not VERIFIER.is_signed(Note(note.text, (*note.signatures, *other.signatures)))


def test_a_cosignature_with_another_time_does_not_hold() -> None:
    note = cosign(read_note(DOCUMENT), name="w.example", key=WITNESS, moment=1_790_000_000)
    witness = verifier_of("w.example", WITNESS, kind=COSIGNATURE)
    late = note.signatures[1]
    moved = type(late)(late.name, late.key_id, (1_790_000_001).to_bytes(8, "big") + late.value[8:])
    assert witness.is_signed(note)
    assert not witness.is_signed(Note(note.text, (moved,)))
    assert not witness.is_signed(Note(note.text, (type(late)(late.name, late.key_id, b"x"),)))


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"\n\n",
        b"\xff\xfe",
        DOCUMENT[:-1],
        DOCUMENT + b"\n",
        DOCUMENT.replace(b"\n\n", b"\n"),
        DOCUMENT.replace("—".encode(), b"-"),
        DOCUMENT.replace(b"\n42\n", b"\n42\r\n"),
        DOCUMENT.replace(b"testwell", b"test\x1bwell"),
        DOCUMENT + DOCUMENT.split(b"\n\n")[1] * 64,
        DOCUMENT.split(b"\n\n")[0] + b"\n\n",
        DOCUMENT.replace(b"=\n\n", b"=\n\nno signature\n"),
        DOCUMENT[:-3] + b"!=\n",
        b"x" * 70_000 + DOCUMENT,
        "a\n\n— name AAAA\n".encode(),
    ],
)
def test_what_is_not_exactly_a_note_is_refused(document: bytes) -> None:
    with pytest.raises(Invalid):
        read_note(document)


@pytest.mark.parametrize(
    "text",
    [
        "name\n",
        "name\n42\n",
        f"name\n042\n{'A' * 43}=\n",
        f"name\n-1\n{'A' * 43}=\n",
        f"name\n+1\n{'A' * 43}=\n",
        f"name\n٤٢\n{'A' * 43}=\n",
        f"name\n{2**41}\n{'A' * 43}=\n",
        f"name\n{'9' * 5000}\n{'A' * 43}=\n",
        f"\n42\n{'A' * 43}=\n",
        "name\n42\nAAAA\n",
        f"name\n42\n{'A' * 42}B=\n",
        f"name\n42\n{'A' * 43}=\n\nmore\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_checkpoint(Note(text, ()))


def test_more_lines_of_a_checkpoint_are_allowed() -> None:
    assert read_checkpoint(Note(HEAD.text() + "something more\n", ())) == HEAD


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+12345678",
        "na me+12345678+AAAA",
        VERIFIER.text()[:-4],
        VERIFIER.text().replace("+", "++", 1),
        VERIFIER.text().replace(VERIFIER.key_id.hex(), "00000000"),
        f"{NAME}+00000000+{base64.b64encode(bytes([9]) + bytes(32)).decode()}",
        "\x1b[31m" + VERIFIER.text().replace("testwell", "test well"),
    ],
)
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_verifier(text)


def test_a_witness_keeps_its_key_in_one_line() -> None:
    name, key = read_secret(secret_text("witness.example", WITNESS) + "\n")
    assert (name, key.private_bytes_raw()) == ("witness.example", bytes(32))
    for wrong in ("", "PRIVATE+KEY+x", "PUBLIC+KEY+n+1+AAAA", "PRIVATE+KEY+n+1+AAAA", "PRIVATE+KEY+n+1+%%%"):
        with pytest.raises(Invalid):
            read_secret(wrong)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "x" * 201])
def test_a_name_that_cannot_stand_in_a_note_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        verifier_of(name, KEY)
