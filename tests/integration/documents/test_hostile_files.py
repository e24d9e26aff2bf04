"""A file made to do harm gets an answer, within limits the system itself keeps; the examiner may die, we do not."""

from __future__ import annotations

import multiprocessing.synchronize
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pia_engine.documents import checking, examining
from pia_engine.documents.authority import Authority
from pia_engine.documents.checking import check_document
from pia_engine.documents.examining import LIMITS, TOO_MUCH, Limits, examine, examine_case_file
from pia_engine.documents.parts import read_parts
from pia_engine.documents.tampering import name_changes
from pia_engine.documents.trust import Trust, read_trust
from pia_engine.documents.turns import Busy, Turns
from tests.factories.hostile import HOSTILE, cut_short

PROBE = """
import json, resource, sys
from pia_engine.documents import examining
examining.limit(7, 2**30)
names = ("RLIMIT_CPU", "RLIMIT_AS", "RLIMIT_FSIZE", "RLIMIT_CORE")
json.dump([resource.getrlimit(getattr(resource, name))[0] for name in names], sys.stdout)
"""


@pytest.fixture(scope="module")
def trust(authority: Authority) -> Trust:
    return read_trust(authority.folder)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_answered_within_the_limits(name: str, signed: bytes, trust: Trust) -> None:
    found = examine(HOSTILE[name](signed), trust=trust)
    assert not found.valid
    assert found.alterations
    assert found.memory <= LIMITS.memory
    assert found.seconds <= LIMITS.seconds + 1


def test_file_cut_off_anywhere_is_never_genuine(signed: bytes, trust: Trust) -> None:
    for part in cut_short(signed):
        check = check_document(part, trust=trust)
        assert not check.valid
        assert check.alterations
        if part:
            assert name_changes(part, signed_to=0, all_intact=True, original=signed)


def test_parts_of_a_file_cut_off_anywhere_are_read_or_not_but_nothing_breaks(signed: bytes) -> None:
    for part in cut_short(signed):
        parts = read_parts(part)
        assert parts is None or parts.pages


def test_file_beyond_the_largest_is_refused_before_anybody_looks(trust: Trust) -> None:
    found = examine(bytes(LIMITS.largest + 1), trust=trust)
    assert (found.valid, found.alterations) == (False, checking.TOO_LARGE)


def test_the_system_holds_the_examiner_to_its_limits() -> None:
    said = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True).stdout
    assert said == f"[7, {2**30}, {examining.LARGEST_RESULT}, 0]"


@pytest.mark.parametrize("limits", [Limits(memory=64 * 1024**2), Limits(seconds=0), Limits(wall_seconds=0)])
def test_examiner_that_is_stopped_leaves_a_sentence(limits: Limits, signed: bytes, trust: Trust) -> None:
    found = examine(signed, trust=trust, limits=limits)
    assert (found.valid, found.signatures, found.alterations) == (False, (), TOO_MUCH)


def test_case_file_that_takes_too_long_leaves_the_same_sentence(trust: Trust) -> None:
    case = examine_case_file(b"PK\x03\x04", trust=trust, limits=Limits(wall_seconds=0))
    assert (case.valid, case.sentences) == (False, (TOO_MUCH,))


def test_examiner_gets_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIA_SMTP_URL", "smtp://user:secret@mail")
    assert not [name for name in examining._bare_environment() if name.startswith("PIA_")]


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"[]",
        b"{",
        b'{"valid": true}',
        b'{"valid":true,"signatures":[{"name":{}}],"alterations":null,"changes":[],"standing":"","stated_at":null,"seconds":0,"memory":0}',
        b'{"valid":true,"signatures":[],"alterations":null,"changes":[{"kind":"x","part":null,"pages":[]}],"standing":"","stated_at":null,"seconds":0,"memory":0}',
    ],
)  # fmt: skip
def test_what_the_examiner_says_is_not_believed_to_have_its_form(said: bytes) -> None:
    found = examining._examination(said)
    assert (found.valid, found.alterations) == (False, TOO_MUCH)


def test_texts_from_a_file_are_short_and_steer_nothing() -> None:
    assert examining._tame("A\x1b[31m\u202eB" + "x" * 5000).startswith("A[31mBxxx")
    assert len(examining._tame("x" * 5000)) == examining.LONGEST_TEXT


def test_only_so_many_are_examined_at_once(tmp_path: Path) -> None:
    turns = Turns(tmp_path, count=2, patience=0)
    with turns.take(), turns.take(), pytest.raises(Busy):
        turns.take().__enter__()
    with turns.take():
        pass


def hold(folder: Path, holding: multiprocessing.synchronize.Event) -> None:
    with Turns(folder, count=1).take():
        holding.set()
        signal.pause()


def test_turns_hold_over_processes_and_end_with_them(tmp_path: Path) -> None:
    processes = multiprocessing.get_context("spawn")
    holding = processes.Event()
    other = processes.Process(target=hold, args=(tmp_path, holding))
    other.start()
    assert holding.wait(60)
    turns = Turns(tmp_path, count=1, patience=0)
    with pytest.raises(Busy):
        turns.take().__enter__()
    assert other.pid
    os.kill(other.pid, signal.SIGKILL)
    other.join()
    with turns.take():
        pass
