"""One look at another city's log: what is remembered, what is said, and how loudly. Used by `pia log`."""

from __future__ import annotations

import hashlib
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pia_engine.cli.screen import say

if TYPE_CHECKING:
    from pia_engine.register.log_fetching import LogSite
    from pia_engine.register.monitoring import LogAlarm, Looked, Seen
    from pia_engine.register.signed_notes import Verifier

ENTRIES_SHOWN = 200
CHANGED, NOT_LOOKED = 1, 2
_BAR = "=" * 72


class Watch:
    """Watches the log at an address, with a file to remember by."""

    def __init__(self, url: str, state: Path | None, key: str | None) -> None:
        from pia_engine.register.log_memory import recall
        from pia_engine.register.signed_notes import read_verifier

        self.url = url.rstrip("/")
        self.state = state or _usual_place(self.url)
        self.seen: Seen | None = recall(self.state, self.url)
        self.given: Verifier | None = read_verifier(key) if key else None
        self.news: deque[tuple[int, bytes]] = deque(maxlen=ENTRIES_SHOWN)

    def look(self, context: click.Context, *, whole: bool) -> Looked:
        """Look, and leave with the right exit code and a plain sentence when something is wrong."""
        from pia_engine.register.log_fetching import NotAnswered, NotThere
        from pia_engine.register.monitoring import LogAlarm

        try:
            return self._look_twice(whole=whole)
        except LogAlarm as alarm:
            self._shout(alarm)
            context.exit(CHANGED)
        except (NotAnswered, NotThere) as problem:
            say(f"The log could not be checked. {problem}")
            context.exit(NOT_LOOKED)

    def report(self, looked: Looked) -> None:
        """Say what is new, in plain words."""
        from pia_engine.register.log_entries import describe, read_entry

        if self.seen is None:
            say(f"First look at {looked.checkpoint.origin}. Its key: {looked.verifier.text()}")
            if self.given is None:
                say("The log itself gave this key. Compare it with one you have from another source.")
        left_out = looked.count - len(self.news)
        say(f"{_counted(looked.count)} in the log, {looked.checkpoint.size} in all. Everything fits together.")
        if left_out:
            say(f"  … {left_out} more before these")
        for position, body in self.news:
            entry = read_entry(body)
            say(f"  {position}  {entry.recorded_at}  {describe(entry)}".replace("\n", " "))

    def remember(self, looked: Looked) -> None:
        """Write down what was seen, for the next look."""
        from pia_engine import clock
        from pia_engine.register.log_memory import remember

        remember(self.state, self.url, looked, now=clock.now())

    def _look_twice(self, *, whole: bool) -> Looked:
        """The log may move on while it is read; then a piece is gone, and the second look finds the next."""
        from pia_engine.register.log_fetching import LogSite, NotThere
        from pia_engine.register.monitoring import look

        site = LogSite(self.url)
        verifier = self._verifier(site)

        def once() -> Looked:
            self.news.clear()
            return look(site, verifier, seen=self.seen, whole=whole, tell=self._tell)

        try:
            return once()
        except NotThere:
            return once()

    def _verifier(self, site: LogSite) -> Verifier:
        """The key remembered, or given, or, the first time and for want of better, the one the log hands out."""
        from pia_engine.register.monitoring import WRONG_KEY, LogAlarm, fetch_key

        known = self.seen.verifier if self.seen else None
        if known and self.given and known != self.given:
            raise LogAlarm(WRONG_KEY, known=known.text(), now=self.given.text())
        return known or self.given or fetch_key(site)

    def _tell(self, position: int, body: bytes) -> None:
        self.news.append((position, body))

    def _shout(self, alarm: LogAlarm) -> None:
        say(_BAR)
        say(f"ALARM: {self.url}")
        say(str(alarm))
        if alarm.evidence and self.seen is not None:
            place = self.state.with_name(
                f"{self.state.name}.evidence-{hashlib.sha256(alarm.evidence).hexdigest()[:12]}"
            )
            from pia_engine.register.log_memory import write_whole

            write_whole(place, alarm.evidence)
            say(f"The checkpoint that contradicts what was seen is kept in {place},")
            say(f"the one that was seen before in {self.state}. Keep both: they are the proof.")
        say("Ask the city, and others who watch this log, what they see. Nothing was remembered from this look.")
        say(_BAR)

    def _keep(self, evidence: bytes) -> Path:
        from pia_engine.register.log_memory import write_whole

        place = self.state.with_name(f"{self.state.name}.evidence-{hashlib.sha256(evidence).hexdigest()[:12]}")
        write_whole(place, evidence)
        return place


def _usual_place(url: str) -> Path:
    """A file for each log, where programs keep what is theirs."""
    name = "".join(char if char.isalnum() or char in ".-" else "_" for char in url.partition("://")[2])[:80]
    return Path(click.get_app_dir("pia-log")) / f"{name}-{hashlib.sha256(url.encode()).hexdigest()[:12]}.json"


def _counted(count: int) -> str:
    return "Nothing new" if not count else "1 new entry" if count == 1 else f"{count} new entries"
