"""YAML text into plain data that remembers its line numbers, within limits; what the data means is not known here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

MAX_BYTES = 1_000_000
MAX_DEPTH = 24
MAX_NODES = 60_000

DataPath = tuple[str | int, ...]

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})", re.ASCII)
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})\.[0-9]{1,17}", re.ASCII)
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in a file: what is wrong, and what was expected instead."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class Source:
    """A file's data as plain dicts and lists, and the line on which each part of it begins."""

    file: str
    data: object
    lines: dict[DataPath, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def line(self, path: DataPath) -> int:
        """The line of the part at this path, or of the nearest part around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: DataPath, text: str) -> Problem:
        return Problem(self.file, self.line(path), text)


class _Refused(Exception):
    """Stops the reading at a point behind which nothing can be trusted."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line
        self.text = text


def read_file(path: Path) -> Source:
    """The file's data; a file that cannot be read becomes a problem like any other."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        return _broken(str(path), 1, f"the file cannot be read ({reason}); expected a readable YAML file")
    return read_bytes(raw, str(path))


def read_bytes(raw: bytes, file: str) -> Source:
    """The data in these bytes, under the name people know the file by."""
    if len(raw) > MAX_BYTES:
        return _broken(file, 1, f"the file is too large; expected at most {MAX_BYTES:,} bytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return _broken(file, line, "this line is not UTF-8 text; expected a file saved as UTF-8")
    reader = _Reader(file)
    try:
        return reader.read(text)
    except _Refused as refused:
        return _broken(file, refused.line, refused.text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        what = " ".join(str(error.problem or "not YAML").split())
        return _broken(file, line, f"this is not valid YAML ({what}); expected well-formed YAML")
    except YAMLError:
        return _broken(file, 1, "this is not valid YAML (unreadable characters); expected well-formed YAML")


def _broken(file: str, line: int, text: str) -> Source:
    return Source(file, None, problems=(Problem(file, line, text),))


@dataclass(slots=True)
class _Anchored:
    """A finished part that `*name` may repeat, with its size, because repeats of repeats explode."""

    data: object
    size: int
    depth: int


class _Reader:
    """Builds the data from the parser's events, because only there depth and repeats can be stopped in time."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[DataPath, int] = {}
        self.problems: list[Problem] = []
        self.anchors: dict[str, _Anchored] = {}
        self.nodes = 0
        self.documents = 0

    def read(self, text: str) -> Source:
        events = iter(YAML(typ="safe", pure=True).parse(text))
        data: object = None
        for event in events:
            if isinstance(event, DocumentStartEvent):
                self.documents += 1
                if self.documents > 1:
                    raise _Refused(_line(event), "a second YAML document begins here; expected one per file")
                data, _ = self._node(next(events), events, ())
        return Source(self.file, data, self.lines, tuple(self.problems))

    def _node(self, event: Any, events: Iterator[Event], path: DataPath) -> tuple[object, int]:
        """The data that begins with this event, and how deep it goes."""
        self.lines.setdefault(path, _line(event))
        self._count(event, 1, len(path))
        if isinstance(event, AliasEvent):
            return self._repeated(event, len(path))
        before = self.nodes
        data, depth = self._fresh(event, events, path)
        if event.anchor:
            self.anchors[event.anchor] = _Anchored(data, self.nodes - before + 1, depth)
        return data, depth

    def _fresh(self, event: Event, events: Iterator[Event], path: DataPath) -> tuple[object, int]:
        if isinstance(event, MappingStartEvent):
            self._check_tag(event)
            return self._mapping(events, path)
        if isinstance(event, SequenceStartEvent):
            self._check_tag(event)
            return self._sequence(events, path)
        if isinstance(event, ScalarEvent):
            self._check_tag(event)
            return _scalar(event), 0
        raise _Refused(_line(event), "this is not valid YAML; expected a value here")

    def _repeated(self, event: Any, level: int) -> tuple[object, int]:
        anchored = self.anchors.get(event.anchor)
        if anchored is None:
            raise _Refused(
                _line(event),
                f"“*{event.anchor}” repeats something not complete; expected an earlier “&” name",
            )
        self._count(event, anchored.size, level + anchored.depth)
        return anchored.data, anchored.depth

    def _mapping(self, events: Iterator[Event], path: DataPath) -> tuple[dict[str, object], int]:
        data: dict[str, object] = {}
        deepest = 0
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._key(event)
            where = (*path, key)
            if key in data:
                self.problems.append(
                    Problem(self.file, _line(event), f"“{key}” appears twice here; expected each name once")
                )
                where = (*path, f"{key} (again)")
            self.lines.setdefault(where, _line(event))
            value, depth = self._node(next(events), events, where)
            deepest = max(deepest, depth)
            data.setdefault(key, value)
        return data, deepest + 1

    def _key(self, event: Event) -> str:
        if not isinstance(event, ScalarEvent):
            raise _Refused(_line(event), "a name here is not plain text; expected “name: value”")
        self._count(event, 1, 0)
        return str(event.value)

    def _sequence(self, events: Iterator[Event], path: DataPath) -> tuple[list[object], int]:
        data: list[object] = []
        deepest = 0
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            value, depth = self._node(event, events, (*path, len(data)))
            deepest = max(deepest, depth)
            data.append(value)
        return data, deepest + 1

    def _count(self, event: Event, nodes: int, level: int) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise _Refused(_line(event), f"the file holds too much; expected at most {MAX_NODES:,} values")
        if level > MAX_DEPTH:
            raise _Refused(_line(event), f"this is nested too deeply; expected at most {MAX_DEPTH} levels")

    def _check_tag(self, event: Any) -> None:
        tag = str(event.tag or "")
        if tag and tag not in ("!", "tag:yaml.org,2002:str"):
            self.problems.append(
                Problem(self.file, _line(event), f"the tag “{tag}” is not allowed; expected plain values")
            )


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1 if event.start_mark else 1


def _scalar(event: Any) -> object:
    """YAML 1.2 without its surprises: `no` stays a word, and so does a date or a number with leading zeros."""
    text = str(event.value)
    if event.style is not None or event.tag:
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
