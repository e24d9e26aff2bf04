"""The folder of published bytes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pia_engine.register.live import PublicFolder


def test_same_content_is_kept_once(tmp_path: Path) -> None:
    public = PublicFolder(tmp_path)
    first = public.keep(b"<p>x", "html")
    stamps = {path: path.stat().st_mtime_ns for path in public.store.iterdir()}
    assert public.keep(b"<p>x", "html") == first
    assert {path: path.stat().st_mtime_ns for path in public.store.iterdir()} == stamps
    assert sorted(path.suffix for path in stamps) == [".br", ".gz", ".html"]


def test_change_adds_and_replaces_and_whole_drops(tmp_path: Path) -> None:
    public = PublicFolder(tmp_path)
    one, two = public.keep(b"1", "html"), public.keep(b"2", "html")
    assert public.change({"/a": one, "/b": one})
    assert not public.change({"/a": one})
    assert public.change({"/a": two})
    assert public.read_map() == {"/a": two, "/b": one}
    assert public.change({"/a": two}, whole=True)
    assert public.read_map() == {"/a": two}


def test_crash_while_writing_leaves_the_old_map_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    public = PublicFolder(tmp_path)
    one, two = public.keep(b"1", "html"), public.keep(b"2", "html")
    public.change({"/a": one})

    def fail(*_arguments: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        public.change({"/a": two})
    assert public.read_map() == {"/a": one}
    assert not list(tmp_path.glob(".draft-*"))
