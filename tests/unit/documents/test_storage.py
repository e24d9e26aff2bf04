"""Documents lie under their own fingerprint and are checked when read."""

import hashlib
from pathlib import Path

import pytest

from pia_engine.documents.storage import open_storage
from pia_engine.errors import NotFound, PiaError


def test_stored_document_is_found_by_its_fingerprint(tmp_path: Path) -> None:
    storage = open_storage(tmp_path / "documents")
    sha256 = storage.put(b"signed document")
    assert sha256 == hashlib.sha256(b"signed document").hexdigest()
    assert storage.get(sha256) == b"signed document"


def test_storing_the_same_document_twice_keeps_it_once(tmp_path: Path) -> None:
    storage = open_storage(tmp_path)
    assert storage.put(b"same") == storage.put(b"same")
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_damaged_document_is_not_handed_out(tmp_path: Path) -> None:
    storage = open_storage(tmp_path)
    sha256 = storage.put(b"genuine")
    (tmp_path / sha256[:2] / sha256).write_bytes(b"changed")
    with pytest.raises(PiaError, match="damaged"):
        storage.get(sha256)


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "", "A" * 64])
def test_unknown_document_is_not_found(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound):
        open_storage(tmp_path).get(name)


def test_object_store_is_opened_by_its_address() -> None:
    storage = open_storage("memory://")
    assert storage.get(storage.put(b"x")) == b"x"
