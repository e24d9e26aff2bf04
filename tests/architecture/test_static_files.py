"""The committed style sheet and script are what their sources make, byte for byte."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from pia_engine.assets import asset_path

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"


def _build_script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(FRONTEND))
    spec = importlib.util.spec_from_file_location("frontend_build", FRONTEND / "build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["frontend_build"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not (FRONTEND / "node_modules" / ".bin").is_dir(), reason="needs npm ci in frontend/")
def test_the_committed_files_are_what_the_sources_make(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, content in _build_script(monkeypatch).built().items():
        assert asset_path(name).read_bytes() == content, f"{name}: run python3 frontend/build.py and commit"
