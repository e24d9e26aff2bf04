"""One look at another city's log: what is remembered, what is said, and how loudly. Used by `pia log`."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pia_engine.cli.screen import say
from pia_engine.errors import N_, Invalid, PiaError

if TYPE_CHECKING:
    from pia_engine.register.log_fetching import LogSite
    from pia_engine.register.monitoring import LogAlarm, Looked, Seen
    from pia_engine.register.signed_notes import Verifier

ENTRIES_SHOWN = 200
CHANGED, NOT_LOOKED = 1, 2
LONGEST_SILENCE = dt.timedelta(days=3)
"""A living log gets an entry every day: the seal of the audit trail."""
OTHER_ADDRESS = N_("%(file)s remembers another log: %(url)s. Name a file of its own for each log with --state.")
OTHER_NAME = N_(
    "At %(url)s the log was called “%(known)s” before, now it calls itself “%(now)s”. Nothing was signed. "
    "Ask the city why, and give its key with --log-key if you believe it."
)
_BAR = "=" * 72


class Watch:
    """Watches the log at an address, with a file to remember by."""

    def __init__(self, url: str, state: Path, given: Verifier | None, offered: Verifier | None = None) -> None:
        """`given` is a key from a source that is trusted, `offered` one that the log itself handed out."""
        from pia_engine.register.log_memory import recall

        self.url, self.state, self.given, self.offered = url, state, given, offered
        self.memory = recall(state)
        self.seen: Seen | None = self.memory.seen if self.memory else None
        self.news: deque[tuple[int, bytes]] = deque(maxlen=ENTRIES_SHOWN)

    def look(self, context: click.Context, *, whole: bool) -> Looked:
        """Look, and leave with the right exit code and a plain sentence when something is wrong."""
        from pia_engine.register.monitoring import LogAlarm

        with _or_say(context):
            try:
                return self._look_twice(whole=whole)
            except LogAlarm as alarm:
                self._shout(alarm)
                context.exit(CHANGED)

    def report(self, looked: Looked) -> None:
        """Say what is new, in plain words."""
        from pia_engine.register.log_entries import describe, read_entry

        if self.seen is None:
            say(f"First look at {looked.checkpoint.origin}. Its key: {looked.verifier.text()}")
            if self.given is None:
                say("The log itself gave this key. Compare it with one you have from another source.")
        elif self.seen.verifier != looked.verifier:
            say(f"The log has the new key you gave: {looked.verifier.text()}. It was {self.seen.verifier.text()}.")
            say("What was seen under the old key is unchanged. The new one is remembered from now on.")
        left_out = looked.count - len(self.news)
        say(f"{_counted(looked.count)} in the log, {looked.checkpoint.size} in all. Everything fits together.")
        if left_out:
            say(f"  … {left_out} more before these")
        for position, body in self.news:
            entry = read_entry(body)
            say(f"  {position}  {entry.recorded_at}  {describe(entry)}".replace("\n", " "))

    def warning(self, looked: Looked) -> str:
        """What to say of a log that stands still, or keeps its time to itself; empty for one that lives."""
        from pia_engine import clock

        if not looked.checkpoint.size:
            return ""
        newest = _moment(self.newest)
        if newest is None:
            return "WARNING: the newest entry does not say when it was made, so nobody can tell whether the log lives."
        if abs(clock.now() - newest) <= LONGEST_SILENCE:
            return ""
        return (
            f"WARNING: the newest entry is of {newest.isoformat(timespec='minutes')}. A log that lives has one every "
            "day. Either nobody looks after it, or you are shown an old state. Ask others what they see."
        )

    @property
    def newest(self) -> str:
        """What the newest entry says of its time: of those just read, or of those read before."""
        from pia_engine.register.log_entries import read_entry

        if self.news:
            return read_entry(self.news[-1][1]).recorded_at
        return self.memory.newest if self.memory else ""

    def remember(self, looked: Looked) -> None:
        """Write down what was seen, for the next look."""
        from pia_engine import clock
        from pia_engine.register.log_memory import remember

        remember(self.state, self.url, looked, newest=self.newest, now=clock.now())

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
        """The key given, or remembered, or, the first time and for want of better, the one the log hands out.

        A new key is taken only from whoever runs this, and what was seen under the old one must still be there.
        """
        from pia_engine.register.monitoring import fetch_key

        known = self.seen.verifier if self.seen else None
        return self.given or known or self.offered or fetch_key(site)

    def _tell(self, position: int, body: bytes) -> None:
        self.news.append((position, body))

    def _shout(self, alarm: LogAlarm) -> None:
        say(_BAR)
        say(f"ALARM: {self.url}")
        say(str(alarm))
        if alarm.evidence:
            say(f"What the log showed as its checkpoint is kept in {self._keep(alarm.evidence)}.")
        if self.seen is not None:
            say(f"The checkpoint that was seen before is in {self.state}. Keep everything: it is the proof.")
        say("Ask the city, and others who watch this log, what they see. Nothing was remembered from this look.")
        say(_BAR)

    def _keep(self, evidence: bytes) -> Path:
        from pia_engine.register.log_memory import write_whole

        place = self.state.with_name(f"{self.state.name}.evidence-{hashlib.sha256(evidence).hexdigest()[:12]}")
        write_whole(place, evidence)
        return place


@contextmanager
def watching(url: str, state: Path | None, key: str | None) -> Iterator[Watch]:
    """A watch for the log at an address, which keeps its memory to itself while it looks."""
    from pia_engine.register.log_memory import held
    from pia_engine.register.signed_notes import read_verifier

    address = url.rstrip("/")
    place = state or Path(click.get_app_dir("pia-log")) / _file_name(address)
    with held(place):
        watch = Watch(address, place, read_verifier(key) if key else None)
        if watch.memory and watch.memory.url != address:
            raise Invalid(OTHER_ADDRESS, file=place, url=watch.memory.url)
        yield watch


@contextmanager
def witnessing(context: click.Context, url: str, key_file: Path, log_key: str | None) -> Iterator[Watch]:
    """A watch for a witness, whose memory lies beside its key, one for each name of a log.

    However the address is spelt and however many look at once, one key never signs two histories of one log.
    """
    from pia_engine.register.log_fetching import LogSite
    from pia_engine.register.log_memory import held
    from pia_engine.register.monitoring import fetch_key
    from pia_engine.register.signed_notes import read_verifier

    address, given = url.rstrip("/"), read_verifier(log_key) if log_key else None
    with _or_say(context):
        offered = given or fetch_key(LogSite(address))
    key_place = key_file.resolve()
    place = key_place.with_name(f"{key_place.name}.seen") / _file_name(offered.name)
    with held(place):
        watch = Watch(address, place, given, offered)
        if watch.memory is None and given is None:
            _check_same_name(place.parent, address, offered.name)
        yield watch


def _check_same_name(folder: Path, address: str, name: str) -> None:
    """An address where another log was seen before is not believed when it calls itself something else now."""
    from pia_engine.register.log_memory import recall

    for path in folder.glob("*.json"):
        known = recall(path)
        if known is not None and known.url == address:
            raise PiaError(OTHER_NAME, url=address, known=known.seen.verifier.name, now=name)


@contextmanager
def _or_say(context: click.Context) -> Iterator[None]:
    """Leave with a plain sentence when the log cannot be looked at."""
    from pia_engine.register.log_fetching import NotAnswered, NotThere

    try:
        yield
    except (NotAnswered, NotThere) as problem:
        say(f"The log could not be checked. {problem}")
        context.exit(NOT_LOOKED)


def _moment(text: str) -> dt.datetime | None:
    """A time with its zone, out of an entry that anybody may have written."""
    try:
        moment = dt.datetime.fromisoformat(text)
        return moment.astimezone(dt.UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _file_name(what: str) -> str:
    """A file name for each address or name of a log."""
    shown = "".join(char if char.isalnum() or char in ".-" else "_" for char in what.rpartition("://")[2])[:80]
    return f"{shown}-{hashlib.sha256(what.encode()).hexdigest()[:12]}.json"


def _counted(count: int) -> str:
    return "Nothing new" if not count else "1 new entry" if count == 1 else f"{count} new entries"
