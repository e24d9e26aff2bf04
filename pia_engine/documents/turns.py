"""Taking turns at work that is dear, such as examining a file: only so many at once, over all processes of a server."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pia_engine.errors import N_, PiaError

WAIT_BETWEEN = 0.05
BUSY = N_("Other files are being examined just now. Wait a minute, then send the file again.")


class Busy(PiaError):
    """It is nobody's turn but that of others."""

    status = 503


@dataclass(frozen=True, slots=True)
class Turns:
    """So many at once. Each is a locked file in `folder`, which the system unlocks when its holder ends, however."""

    folder: Path
    count: int = 2
    patience: float = 5.0

    @contextlib.contextmanager
    def take(self) -> Iterator[None]:
        """Hold a turn, after waiting a little for it. Raises Busy when none came free."""
        self.folder.mkdir(parents=True, exist_ok=True)
        until = time.monotonic() + self.patience
        while (held := self._free()) is None:
            if time.monotonic() >= until:
                raise Busy(BUSY)
            time.sleep(WAIT_BETWEEN)
        try:
            yield
        finally:
            os.close(held)

    def _free(self) -> int | None:
        for number in range(self.count):
            descriptor = os.open(self.folder / f"{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
            else:
                return descriptor
        return None
