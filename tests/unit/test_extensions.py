"""The two transaction modes belong to the engine they are asked of, however many come and go in a process."""

from __future__ import annotations

from sqlalchemy import create_engine

from pia_engine.extensions import writing_engine


def test_the_writing_mode_of_an_engine_never_leads_to_another_one() -> None:
    for number in range(300):
        engine = create_engine(f"sqlite:///city-{number}.db")
        assert writing_engine(engine).url == engine.url
        engine.dispose()  # its pool is replaced, and the next engine's may take the same place in memory
