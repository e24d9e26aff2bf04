"""A published assessment, and what jobs are given to work with."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from pia_engine.jobs.context import JobContext
from pia_engine.jobs.pages import pages
from pia_engine.jobs.publish import publish
from pia_engine.models import Assessment
from pia_engine.settings import Settings
from tests.factories.walks import Walk
from tests.fixtures.scenes import Scene

NOW = dt.datetime(2026, 3, 3, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def settings(app: Flask) -> Settings:
    found: Settings = app.extensions["pia-settings"]
    return found


@pytest.fixture
def job_context(session: Session, settings: Settings) -> Callable[..., JobContext]:
    """A job's context whose sessions are the test's own."""

    @contextlib.contextmanager
    def borrowed() -> Iterator[Session]:
        yield session
        session.commit()

    def context(**payload: Any) -> JobContext:
        return JobContext(payload=payload, settings=settings, now=NOW, read=borrowed, write=borrowed)

    return context


@pytest.fixture
def publish_now(session: Session, job_context: Callable[..., JobContext]) -> Callable[[Assessment], None]:
    """Publish an assessment that was ordered to be, and put its pages in place."""

    def put_before_the_public(assessment: Assessment) -> None:
        session.commit()
        publish(job_context(assessment=str(assessment.id)))
        pages(job_context(reference=assessment.reference))

    return put_before_the_public


@pytest.fixture
def published(scene: Scene, walk: Walk, publish_now: Callable[[Assessment], None]) -> Assessment:
    """A full assessment that went all the way to the public."""

    def make() -> Assessment:
        assessment = walk.full("publishing")
        publish_now(assessment)
        return assessment

    return scene("published", make)
