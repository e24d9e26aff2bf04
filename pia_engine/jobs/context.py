"""What a job is given to work with. Which jobs there are, and who runs them, is not known here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from pia_engine.settings import Settings


@dataclass(frozen=True, slots=True)
class JobContext:
    """One run of one job. `read()` opens a session for looking; `write()` one that commits when its block ends well."""

    payload: dict[str, Any]
    settings: Settings
    now: dt.datetime
    read: Callable[[], AbstractContextManager[Session]]
    write: Callable[[], AbstractContextManager[Session]]


Handler = Callable[[JobContext], None]
