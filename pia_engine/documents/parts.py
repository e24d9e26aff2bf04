"""What a PDF consists of, part by part, each as a fingerprint: to say in which part two states of a file differ.

Object numbers, compression and order do not count, so a file that another program wrote anew has the same parts. The
file may be hostile: everything is bounded, and what cannot be read becomes a fingerprint of its own.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

MOST_PAGES, MOST_OBJECTS, MOST_ATTACHED = 2_000, 400_000, 64
LARGEST_STREAM = 64 * 1024**2
DEEPEST = 60
UNREADABLE = "unreadable"
BROKEN = b"broken"

# What reading a garbled or hostile PDF may raise.
NOT_A_PDF = (
    PdfError,
    zlib.error,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    AssertionError,
    NotImplementedError,
    OSError,
)

# Ways back up, places in the structure tree, and how a stream is packed: none of it is content.
BESIDE = frozenset({"/Parent", "/P", "/Pg", "/StructParent", "/StructParents", "/Length", "/Filter", "/DecodeParms"})
OWN_PARTS = frozenset({"/Pages", "/AF", "/AcroForm", "/Metadata", "/DSS", "/Type"})
HANDED_DOWN = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")


@dataclass(frozen=True, slots=True)
class PageParts:
    """What one page shows, and the notes, links and fields lying on it."""

    content: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """The fingerprints of one file's parts; `attached` and `fields` by name."""

    pages: tuple[PageParts, ...] = ()
    attached: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    metadata: str = ""
    rest: str = ""
    metadata_bytes: bytes = b""
    records: tuple[bytes, ...] = ()


def read_parts(pdf: bytes) -> Parts | None:
    """Take the parts of a file, or None when it cannot be read as a PDF at all."""
    try:
        root = _Reader(pdf).root
    except NOT_A_PDF:
        return None
    prints = Prints()
    try:
        pages = tuple(_page_parts(page, prints) for page in _pages(root["/Pages"], {}, 0))
    except NOT_A_PDF:
        return None
    attached, records = _attached(root, prints)
    metadata = _bytes_or_none(lambda: content_of(root["/Metadata"])) if "/Metadata" in root else b""
    return Parts(
        pages=pages[:MOST_PAGES],
        attached=attached,
        fields=_fields(root, prints),
        metadata=UNREADABLE if metadata is None else _hex(metadata),
        rest=_readable(lambda: _rest(root, prints)),
        metadata_bytes=metadata or b"",
        records=records,
    )


class _Reader(PdfFileReader):
    """Reads the list of each object stream once, not once for every object in it: that takes the square of the time."""

    def __init__(self, pdf: bytes) -> None:
        self._opened: dict[int, tuple[BytesIO, dict[int, int]]] = {}
        super().__init__(BytesIO(pdf), strict=False)

    def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> Any:
        if stmnum not in self._opened:
            self._opened[stmnum] = self._open_stream(stmnum)
        content, places = self._opened[stmnum]
        content.seek(places[idnum])
        return generic.read_object(content, generic.Reference(idnum, 0, self))

    def _open_stream(self, number: int) -> tuple[BytesIO, dict[int, int]]:
        stream: Any = generic.Reference(number, 0, self).get_object()
        content, first = content_of(stream), int(stream["/First"])
        listed = [int(each) for each in content[:first].split()[: 2 * MOST_OBJECTS]]
        return BytesIO(content), {name: first + at for name, at in zip(listed[::2], listed[1::2], strict=True)}


class Prints:
    """Fingerprints of PDF values, each object worked out once."""

    def __init__(self) -> None:
        self._known: dict[generic.Reference, bytes] = {}
        self._left = MOST_OBJECTS

    def of(self, value: Any, depth: int = 0) -> bytes:
        """The fingerprint of a value and all it points to, but for pages and ways back up."""
        self._left -= 1
        if depth > DEEPEST or self._left < 0:
            raise ValueError("too deep or too much")
        if isinstance(value, generic.IndirectObject):
            return self._of_reference(value, depth)
        if isinstance(value, dict):
            return self._of_dictionary(value, depth)
        if isinstance(value, list):
            return _digest(b"[", *(self.of(each, depth + 1) for each in list.__iter__(value)))
        return _digest(type(value).__name__.encode(), repr(value).encode(errors="surrogatepass"))

    def _of_reference(self, pointer: generic.IndirectObject, depth: int) -> bytes:
        known = self._known.get(pointer.reference)
        if known is None:
            self._known[pointer.reference] = b"circle"
            try:
                known = self.of(_got(pointer), depth + 1)
            except NOT_A_PDF:
                known = BROKEN
            self._known[pointer.reference] = known
        if known is BROKEN:
            raise ValueError("broken")
        return known

    def _of_dictionary(self, value: dict[str, Any], depth: int) -> bytes:
        if depth and dict.get(value, "/Type") == "/Page":
            return b"page"
        pieces = [b"<"]
        for name in sorted(value.keys() - BESIDE):
            pieces += [name.encode(errors="surrogatepass"), self.of(dict.__getitem__(value, name), depth + 1)]
        if isinstance(value, generic.StreamObject):
            pieces.append(hashlib.sha256(content_of(value)).digest())
        return _digest(*pieces)


def content_of(stream: generic.StreamObject) -> bytes:
    """The bytes a stream stands for, unpacked where it is packed plainly, and never more than is reasonable."""
    packed = stream.encoded_data
    packing = stream.get("/Filter")
    names = [packing] if isinstance(packing, str) else list(packing or ())
    if not packed or names != ["/FlateDecode"] or "/DecodeParms" in stream:
        return bytes(packed)
    unpacking = zlib.decompressobj()
    content = unpacking.decompress(packed, LARGEST_STREAM)
    if not unpacking.eof:
        raise ValueError("a stream is cut off, or far too large")
    return content


def _pages(node: Any, handed: dict[str, Any], depth: int) -> Iterator[dict[str, Any]]:
    """The pages in order, with what they take over from above."""
    if depth > DEEPEST:
        raise ValueError("the pages lie too deep")
    handed = handed | {name: node.raw_get(name) for name in HANDED_DOWN if name in node}
    if "/Kids" not in node:
        yield {**handed, **node}
        return
    for count, kid in enumerate(node["/Kids"]):
        if count > MOST_PAGES:
            raise ValueError("too many pages")
        yield from _pages(_got(kid), handed, depth + 1)


def _page_parts(page: dict[str, Any], prints: Prints) -> PageParts:
    def shown() -> str:
        looks = [prints.of(page[name], 1) for name in HANDED_DOWN if name in page]
        streams = _got(page.get("/Contents", generic.ArrayObject()))
        listed = list(streams) if isinstance(streams, list) else [streams]
        whole = b"\n".join(content_of(_got(each)) for each in listed)
        return _digest(whole, *looks).hex()

    notes: tuple[str, ...] = ()
    try:
        for each in _got(page.get("/Annots", generic.ArrayObject())):
            note = _got(each)
            if note.get("/Subtype") != "/Widget":
                notes += (prints.of(note, 1).hex(),)
    except NOT_A_PDF:
        notes = (UNREADABLE,)
    return PageParts(_readable(shown), tuple(sorted(notes)))


def _attached(root: Any, prints: Prints) -> tuple[dict[str, str], tuple[bytes, ...]]:
    """Each attached file by name, and the contents of those that could be read."""
    found: dict[str, str] = {}
    contents: tuple[bytes, ...] = ()
    try:
        listed = list(_specifications(root))
    except NOT_A_PDF:
        return {"": UNREADABLE}, ()
    for spec in listed[:MOST_ATTACHED]:
        name = str(spec.get("/UF", spec.get("/F", "")))
        content = _bytes_or_none(lambda spec=spec: _checked(spec["/EF"]["/F"]))  # type: ignore[misc]
        found[name] = UNREADABLE if content is None else _hex(content)
        contents += (content,) if content is not None else ()
    return found, contents


def _specifications(root: Any) -> Iterator[Any]:
    tree = root["/Names"]["/EmbeddedFiles"] if "/Names" in root and "/EmbeddedFiles" in root["/Names"] else None
    if tree is not None:
        yield from _leaves(tree, 0)
    for each in root.get("/AF", ()):
        yield _got(each)


def _leaves(node: Any, depth: int) -> Iterator[Any]:
    if depth > DEEPEST:
        raise ValueError("the names lie too deep")
    names = list(node["/Names"]) if "/Names" in node else []
    for each in names[1::2]:
        yield _got(each)
    for kid in node.get("/Kids", ()):
        yield from _leaves(_got(kid), depth + 1)


def _checked(stream: generic.StreamObject) -> bytes:
    """The content of an attached file, which names its own checksum (MD5, as the format has it)."""
    content = content_of(stream)
    stated = stream["/Params"].get("/CheckSum") if "/Params" in stream else None
    stated_bytes = getattr(stated, "original_bytes", stated)
    if stated_bytes and bytes(stated_bytes) != hashlib.md5(content, usedforsecurity=False).digest():
        raise ValueError("the attached file does not fit its checksum")
    return content


def _fields(root: Any, prints: Prints) -> dict[str, str]:
    """Each field of the form by its name, with what is in it and how it looks."""
    found: dict[str, str] = {}
    try:
        listed = list(root["/AcroForm"]["/Fields"]) if "/AcroForm" in root else []
        for each in listed[:MOST_PAGES]:
            named = _got(each)
            found[str(named.get("/T", ""))] = _readable(lambda named=named: prints.of(named, 1).hex())  # type: ignore[misc]
    except NOT_A_PDF:
        return {"": UNREADABLE}
    return found


def _rest(root: Any, prints: Prints) -> str:
    """Everything else the file begins with: outline, structure, actions, scripts, colours, languages."""
    pieces: list[bytes] = []
    for name in sorted(root.keys() - OWN_PARTS):
        value = root.raw_get(name)
        if name == "/Names":
            value = {key: each for key, each in root[name].items() if key != "/EmbeddedFiles"}
        pieces += [name.encode(errors="surrogatepass"), prints.of(value, 1)]
    return _digest(*pieces).hex()


def _got(value: Any) -> Any:
    return value.get_object() if isinstance(value, generic.IndirectObject) else value  # type: ignore[no-untyped-call]


def _readable(work_out: Callable[[], str]) -> str:
    try:
        return work_out()
    except NOT_A_PDF:
        return UNREADABLE


def _bytes_or_none(read: Callable[[], bytes]) -> bytes | None:
    try:
        return read()
    except NOT_A_PDF:
        return None


def _digest(*pieces: bytes) -> bytes:
    whole = hashlib.sha256()
    for piece in pieces:
        whole.update(len(piece).to_bytes(8, "big"))
        whole.update(piece)
    return whole.digest()


def _hex(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
