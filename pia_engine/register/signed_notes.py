"""Signed notes and checkpoints as C2SP writes them: a few lines of text with Ed25519 signatures below.

What is read here may come from anybody: each parser refuses whatever is not exactly right, with a sentence.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pia_engine.errors import N_, Invalid
from pia_engine.register.merkle import HASH_SIZE

LARGEST_NOTE = 64 * 1024
MOST_SIGNATURES = 64
LARGEST_SIZE = 2**40
SIGNATURE, COSIGNATURE = 1, 4
"""Kinds of key: one that signs the note itself, and one of a witness, which signs it with the time."""
_DASH = "— "
_KEY_SIZE, _SIGNATURE_SIZE, _TIME_SIZE, _ID_SIZE = 32, 64, 8, 4
_NAME = re.compile(r"[^\s+]{1,200}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")
BAD_NOTE = N_("This is no signed checkpoint: its form is wrong.")
BAD_KEY = N_("This is no public key of a log. It looks like “name+1a2b3c4d+ARX…”, in one piece.")
BAD_SECRET = N_("This file holds no secret key of a witness.")


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One line below a note: who signed, with which key, and the bytes."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        return f"{_DASH}{self.name} {_encode(self.key_id + self.value)}\n"


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with the name it signs under."""

    name: str
    key: bytes
    kind: int = SIGNATURE

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, self.kind, self.key)

    def text(self) -> str:
        """The key in one line, as people hand it on: name, number, key."""
        return f"{self.name}+{self.key_id.hex()}+{_encode(bytes([self.kind]) + self.key)}"

    def is_signed(self, note: Note) -> bool:
        """Whether a right signature of this key stands below the note, and no wrong one of it."""
        own = [each for each in note.signatures if (each.name, each.key_id) == (self.name, self.key_id)]
        return bool(own) and all(self._is_right(note.text, each.value) for each in own)

    def _is_right(self, text: str, value: bytes) -> bool:
        message, signature = text.encode(), value
        if self.kind == COSIGNATURE:
            moment, signature = int.from_bytes(value[:_TIME_SIZE], "big"), value[_TIME_SIZE:]
            message = cosigned_text(text, moment)
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Note:
    """A text, which ends with a line end, and the signatures below it."""

    text: str
    signatures: tuple[NoteSignature, ...] = ()

    def document(self) -> bytes:
        return (self.text + "\n" + "".join(each.line() for each in self.signatures)).encode()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its name, how many entries it has, and the hash over them all."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{_encode(self.root)}\n"


def key_id(name: str, kind: int, key: bytes) -> bytes:
    """The first four bytes of a hash over name and key: says which key is meant, proves nothing."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + key).digest()[:_ID_SIZE]


def verifier_of(name: str, key: Ed25519PrivateKey, *, kind: int = SIGNATURE) -> Verifier:
    """The public half of a key. Raises Invalid for a name that cannot stand in a note."""
    if not _NAME.fullmatch(name):
        raise Invalid(N_("The name of a key holds no blank and no plus sign, and has 200 characters at most."))
    return Verifier(name, key.public_key().public_bytes_raw(), kind)


def read_verifier(text: str) -> Verifier:
    """A public key from its line. Raises Invalid."""
    name, _plus, rest = text.strip().partition("+")
    number, _plus, encoded = rest.partition("+")
    content = _decode(encoded, BAD_KEY)
    if not _NAME.fullmatch(name) or len(content) != 1 + _KEY_SIZE or content[0] not in (SIGNATURE, COSIGNATURE):
        raise Invalid(BAD_KEY)
    verifier = Verifier(name, content[1:], content[0])
    if number != verifier.key_id.hex():
        raise Invalid(N_("The number in this public key does not fit the key. Copy it again, whole."))
    return verifier


def sign(checkpoint: Checkpoint, *, name: str, key: Ed25519PrivateKey) -> Note:
    """The checkpoint as a note with the log's own signature."""
    text = checkpoint.text()
    verifier = verifier_of(name, key)
    return Note(text, (NoteSignature(name, verifier.key_id, key.sign(text.encode())),))


def cosign(note: Note, *, name: str, key: Ed25519PrivateKey, moment: int) -> Note:
    """The note with a witness's signature below the others. `moment` is in seconds since 1970."""
    verifier = verifier_of(name, key, kind=COSIGNATURE)
    value = moment.to_bytes(_TIME_SIZE, "big") + key.sign(cosigned_text(note.text, moment))
    return replace(note, signatures=(*note.signatures, NoteSignature(name, verifier.key_id, value)))


def cosigned_text(text: str, moment: int) -> bytes:
    """What a witness signs: the time it looked, and the note."""
    return f"cosignature/v1\ntime {moment}\n{text}".encode()


def read_note(document: bytes) -> Note:
    """A note from its bytes. Raises Invalid for anything that is not exactly one."""
    if len(document) > LARGEST_NOTE:
        raise Invalid(N_("This is no signed checkpoint: it is far too long."))
    try:
        whole = document.decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid(BAD_NOTE) from None
    text, gap, below = whole.rpartition("\n\n")
    lines = below.split("\n")
    if not gap or lines.pop() != "" or not 1 <= len(lines) <= MOST_SIGNATURES or _has_controls(whole):
        raise Invalid(BAD_NOTE)
    return Note(text + "\n", tuple(map(_read_signature, lines)))


def read_checkpoint(note: Note) -> Checkpoint:
    """What the note says of the log. Raises Invalid when it is no checkpoint."""
    origin, *rest = note.text.split("\n")
    if len(rest) < 3 or not origin or not _NUMBER.fullmatch(rest[0]):
        raise Invalid(BAD_NOTE)
    size, root = int(rest[0]), _decode(rest[1], BAD_NOTE)
    if size > LARGEST_SIZE or len(root) != HASH_SIZE or not all(rest[2:-1]):
        raise Invalid(BAD_NOTE)
    return Checkpoint(origin, size, root)


def secret_text(name: str, key: Ed25519PrivateKey) -> str:
    """A secret key with its name in one line, as the tools of other witnesses write it."""
    verifier = verifier_of(name, key)
    return f"PRIVATE+KEY+{name}+{verifier.key_id.hex()}+{_encode(bytes([SIGNATURE]) + key.private_bytes_raw())}"


def read_secret(text: str) -> tuple[str, Ed25519PrivateKey]:
    """Name and key from their line. Raises Invalid."""
    parts = text.strip().split("+", 4)
    if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"] or not _NAME.fullmatch(parts[2]):
        raise Invalid(BAD_SECRET)
    content = _decode(parts[4], BAD_SECRET)
    if len(content) != 1 + _KEY_SIZE or content[0] not in (SIGNATURE, COSIGNATURE):
        raise Invalid(BAD_SECRET)
    return parts[2], Ed25519PrivateKey.from_private_bytes(content[1:])


def _read_signature(line: str) -> NoteSignature:
    name, blank, encoded = line.removeprefix(_DASH).partition(" ")
    value = _decode(encoded, BAD_NOTE)
    if not line.startswith(_DASH) or not blank or not _NAME.fullmatch(name) or len(value) <= _ID_SIZE:
        raise Invalid(BAD_NOTE)
    return NoteSignature(name, value[:_ID_SIZE], value[_ID_SIZE:])


def _has_controls(text: str) -> bool:
    return any(char < " " and char != "\n" for char in text)


def _encode(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _decode(text: str, sentence: str) -> bytes:
    """Base64 with nothing left over: one text for one value."""
    try:
        value = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise Invalid(sentence) from None
    if _encode(value) != text:
        raise Invalid(sentence)
    return value
