"""Files made to hurt whoever looks into them: bombs, loops, numbers without end."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache

MARK = b"urn:pia-engine:record:1#"
MEGABYTE = 1024 * 1024


@cache
def bomb() -> bytes:
    """Two gigabytes of nothing, packed into two megabytes."""
    packing = zlib.compressobj(9)
    return b"".join(packing.compress(bytes(MEGABYTE)) for _ in range(2000)) + packing.flush()


def stream(entries: bytes, content: bytes) -> bytes:
    return b"<<%b/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream" % (entries, len(content), content)


def _written(before: bytes, objects: Mapping[int, bytes], trailer: bytes) -> bytes:
    out, places = bytearray(before), {}
    for number, content in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number in sorted(places):
        out += b"%d 1\n%010d 00000 n \n" % (number, places[number])
    return bytes(out) + b"trailer\n<<%b>>\nstartxref\n%d\n%%%%EOF\n" % (trailer, table)


def alone(objects: Mapping[int, bytes]) -> bytes:
    """A file of its own that says it is one of ours."""
    return _written(b"%PDF-1.7\n", objects, b"/Root 1 0 R/Size 100000")


def appended(signed: bytes, objects: Mapping[int, bytes], *, previous: int | None = None) -> bytes:
    """A signed file with such objects appended; number 1 takes the place of the catalogue."""
    root = int(re.findall(rb"/Root (\d+) 0 R", signed)[-1])
    last = int(re.findall(rb"startxref\s+(\d+)", signed)[-1]) if previous is None else previous
    named = {(root if number == 1 else number): content for number, content in objects.items()}
    return _written(signed, named, b"/Root %d 0 R/Size 100000/Prev %d" % (root, last))


def catalogue(more: bytes = b"") -> dict[int, bytes]:
    pages = b"<</Type/Pages/Count 1/Kids[9001 0 R]>>"
    return {
        1: b"<</Type/Catalog/Pages 9000 0 R/Mark(" + MARK + b")" + more + b">>",
        9000: pages,
        9001: b"<</Type/Page/Parent 9000 0 R>>",
    }


def looping_table(signed: bytes) -> bytes:
    """A table whose predecessor is itself."""
    table = re.findall(rb"startxref\s+(\d+)", appended(signed, {9002: b"null"}))[-1]
    return appended(signed, {9002: b"null"}, previous=int(table))


def many_states(signed: bytes) -> bytes:
    """A hundred thousand updates, each a whole one."""
    table = int(re.findall(rb"startxref\s+(\d+)", signed)[-1])
    out = bytearray(signed)
    for _ in range(100_000):
        start = len(out)
        out += b"xref\n0 0\ntrailer<</Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (table, start)
        table = start
    return bytes(out)


HOSTILE: dict[str, Callable[[bytes], bytes]] = {
    "a bomb as a page": lambda s: alone(
        {**catalogue(), 9001: b"<</Type/Page/Contents 9002 0 R>>", 9002: stream(b"", bomb())}
    ),
    "a bomb appended as metadata": lambda s: appended(
        s, {**catalogue(b"/Metadata 9003 0 R"), 9003: stream(b"/Type/Metadata", bomb())}
    ),
    "a bomb of objects": lambda s: appended(
        s, {**catalogue(b"/Metadata 5 0 R"), 9004: stream(b"/Type/ObjStm/N 100000000/First 10", bomb())}
    ),
    "a broken table": lambda s: re.sub(rb"startxref\n(\d+)", rb"startxref\n9\1", s),
    "a table that leads to itself": looping_table,
    "pages that lead to themselves": lambda s: appended(
        s, {**catalogue(), 9000: b"<</Type/Pages/Kids[9000 0 R 9000 0 R]>>"}
    ),
    "a million times the same page": lambda s: appended(
        s, {**catalogue(), 9000: b"<</Type/Pages/Kids[" + b"9001 0 R " * 1_000_000 + b"]>>"}
    ),
    "a hundred thousand states": many_states,
    "a hundred thousand signatures": lambda s: (
        b"%PDF-1.7\n" + b"".join(b"/ByteRange [0 %d %d 30]\n" % (place + 5, place + 20) for place in range(100_000))
    ),
    "the same signature a hundred thousand times": lambda s: b"%PDF-1.7\n" + b"/ByteRange [0 10 20 30]\n" * 100_000,
    "numbers beyond the file": lambda s: b"%PDF-1.7\n/ByteRange [0 1 9999999999 9999999999] <00>",
    "numbers beyond reason": lambda s: b"%PDF-1.7\n/ByteRange [0 " + b"9" * 100_000 + b" 3 4] <00>",
    "lists within lists": lambda s: appended(s, catalogue(b"/OpenAction " + b"[" * 200_000 + b"]" * 200_000)),
    "dictionaries within dictionaries": lambda s: appended(
        s, catalogue(b"/OpenAction " + b"<</A " * 200_000 + b"0" + b">>" * 200_000)
    ),
    "a container of 30 MB": lambda s: (
        b"%PDF-1.7\n/ByteRange [0 60 31000000 10]".ljust(60) + (b"<" + b"30" * 15_499_969 + b">") + b"a" * 10
    ),
    "blanks without end": lambda s: b"%PDF-1.7\n/ByteRange" + b" " * (20 * MEGABYTE),
    "digits without end": lambda s: b"%PDF-1.7\n" + b"1 " * (10 * MEGABYTE),
    "noise": lambda s: b"%PDF-1.7\n" + random.Random(2026).randbytes(2 * MEGABYTE),
    "a page and nothing else": lambda s: alone(catalogue()),
    "nothing but a beginning": lambda s: b"%PDF-1.7\n",
}


def cut_short(signed: bytes) -> Iterator[bytes]:
    """The file cut off at every hundredth of it."""
    return (signed[: len(signed) * part // 100] for part in range(100))
