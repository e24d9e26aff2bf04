"""What the layout engine leaves undone for PDF/A-3a together with PDF/UA-1: metadata, tags, signature places.

Works on the engine's unwritten object tree, after layout and before the bytes; nothing here draws.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

import pydyf  # type: ignore[import-untyped]

PRINT, LOCKED = 4, 128  # annotation flags, ISO 32000-1 table 165
POINTS_PER_PIXEL = 0.75
RECORD_NAMESPACE = "urn:pia-engine:record:1#"
SIGNATURE_MARK = b"/ByteRange"  # by these bytes a signature is found, so no words may spell them

METADATA = """
<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>
{schemas}
</rdf:Bag></pdfaExtension:schemas></rdf:Description>
<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""
 xmlns:pia="{namespace}" pia:recordId={reference} pia:contentSha256="{sha256}"/>
"""
SCHEMA = (
    '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>{name}</pdfaSchema:schema>'
    "<pdfaSchema:namespaceURI>{namespace}</pdfaSchema:namespaceURI><pdfaSchema:prefix>{prefix}</pdfaSchema:prefix>"
    "<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property></rdf:li>"
)
PROPERTY = (
    '<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{0}</pdfaProperty:name>'
    "<pdfaProperty:valueType>{1}</pdfaProperty:valueType><pdfaProperty:category>{2}</pdfaProperty:category>"
    "<pdfaProperty:description>{3}</pdfaProperty:description></rdf:li>"
)


@dataclass(frozen=True, slots=True)
class Marks:
    """What ties the file to its record."""

    reference: str
    record_sha256: str

    @classmethod
    def of(cls, reference: str, record: bytes) -> "Marks":
        """Derive the marks from the reference and the bytes of the record."""
        return cls(reference, hashlib.sha256(record).hexdigest())

    @property
    def identifier(self) -> bytes:
        """Return the file identifier: the same for the same record."""
        return self.record_sha256[:32].encode()


class Finisher:
    """Called by the layout engine with the finished document and its unwritten PDF."""

    def __init__(self, marks: Marks) -> None:
        self.marks = marks

    def __call__(self, document: Any, pdf: Any) -> None:
        """Mend the object tree in place."""
        add_metadata(pdf, self.marks)
        name_links(document)
        list_attachments_once(pdf)
        make_signature_places(pdf)
        elements = dict(structure_elements(pdf))
        describe_tables_and_figures(pdf, elements)
        mark_running_heads(pdf, elements)
        spell_words_unlike_signatures(pdf)


def add_metadata(pdf: Any, marks: Marks) -> None:
    """Declare PDF/UA-1 and our own two properties inside the one metadata block that validators read."""
    schemas = [
        SCHEMA.format(
            name="PDF/UA Universal Accessibility Schema",
            namespace="http://www.aiim.org/pdfua/ns/id/",
            prefix="pdfuaid",
            properties=PROPERTY.format("part", "Integer", "internal", "Part of ISO 14289 that the file follows"),
        ),
        SCHEMA.format(
            name="Privacy impact assessment record",
            namespace=RECORD_NAMESPACE,
            prefix="pia",
            properties=PROPERTY.format("recordId", "Text", "external", "Reference of the assessment")
            + PROPERTY.format("contentSha256", "Text", "external", "SHA-256 of the attached record"),
        ),
    ]
    block = METADATA.format(
        schemas="\n".join(schemas),
        namespace=RECORD_NAMESPACE,
        reference=quoteattr(marks.reference),
        sha256=marks.record_sha256,
    )
    stream = resolve(pdf, pdf.catalog["Metadata"])
    stream.stream = [stream.stream[0].replace(b"</rdf:RDF>", block.encode() + b"</rdf:RDF>")]
    stream.compress = False  # so that plain scanners can read it, too


def spell_words_unlike_signatures(pdf: Any) -> None:
    """Write the words that lie in the file uncompressed (title, author, language) so that none looks like a signature.

    Every reader sees them as they were typed: only the slash is written as its number.
    """
    metadata = resolve(pdf, pdf.catalog["Metadata"])
    metadata.stream = [part.replace(SIGNATURE_MARK, b"&#47;ByteRange") for part in metadata.stream]
    for words in (pdf.info, pdf.catalog):
        words.update({key: _Words(value.string) for key, value in words.items() if isinstance(value, pydyf.String)})


class _Words(pydyf.String):  # type: ignore[misc]
    @property
    def data(self) -> bytes:
        return bytes(super().data).replace(SIGNATURE_MARK, rb"\057ByteRange")


def list_attachments_once(pdf: Any) -> None:
    """Drop the second mention of every attachment."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))


def name_links(document: Any) -> None:
    """Give every link the words a screen reader says: its title, or the text it stands on."""
    for page in document.pages:
        for box in page._page_box.descendants():
            if box.link_annotation and box.element is not None:
                words = box.element.get("title") or " ".join("".join(box.element.itertext()).split())
                box.link_annotation["Contents"] = pydyf.String(words)


def make_signature_places(pdf: Any) -> None:
    """Turn the check boxes that hold the places of signatures into empty, tagged signature fields."""
    form = pdf.catalog.pop("AcroForm", None)
    if form is None:
        return
    fields = form["Fields"]
    for reference in fields:
        widget = resolve(pdf, reference)
        for key in ("AS", "V", "MK", "Border", "AP"):
            widget.pop(key, None)
        left, top, right, bottom = widget["Rect"]
        widget["Rect"] = pydyf.Array((left, bottom, right, top))
        nothing = pydyf.Stream(
            [b""],
            {"Type": "/XObject", "Subtype": "/Form", "BBox": pydyf.Array((0, 0, right - left, top - bottom))},
        )
        pdf.add_object(nothing)
        widget.update({"FT": "/Sig", "F": PRINT | LOCKED, "AP": pydyf.Dictionary({"N": nothing.reference})})
    pdf.catalog["AcroForm"] = pydyf.Dictionary({"Fields": fields, "SigFlags": 1})
    _tag_signature_places(pdf, {_number(reference) for reference in fields})


def _tag_signature_places(pdf: Any, fields: set[int]) -> None:
    for element in list(pdf.objects):
        if not isinstance(element, dict) or element.get("S") != "/Form":
            continue
        (reference,) = element["K"]
        widget = resolve(pdf, resolve(pdf, reference)["Obj"])
        if widget.number in fields:
            # Signing changes the field, and only a direct path from the tag to it counts as harmless.
            element["K"] = reference
            element["Alt"] = widget["TU"]


def describe_tables_and_figures(pdf: Any, elements: dict[int, str]) -> None:
    """Say of every header cell what it heads, and put figures where the PDF's own axes have them."""
    for number, part in elements.items():
        element = pdf.objects[number]
        if element["S"] == "/TH":
            element["A"]["Scope"] = "/Column" if part == "/THead" else "/Row"
        if element["S"] == "/Figure" and "A" in element:
            height = resolve(pdf, element["Pg"])["MediaBox"][3]
            left, top, right, bottom = (edge * POINTS_PER_PIXEL for edge in element["A"]["BBox"])
            element["A"]["BBox"] = pydyf.Array((left, height - bottom, right, height - top))


def mark_running_heads(pdf: Any, elements: dict[int, str]) -> None:
    """Mark running heads and page numbers as page furniture, which screen readers skip."""
    numbers = resolve(pdf, resolve(pdf, pdf.catalog["StructTreeRoot"])["ParentTree"])["Nums"]
    for index, page_reference in enumerate(pdf.page_references):
        owners = numbers[2 * index + 1]
        orphans = {mark for mark, owner in enumerate(owners) if _number(owner) not in elements}
        for mark in orphans:
            owners[mark] = "null"
        _rewrite_marks(resolve(pdf, resolve(pdf, page_reference)["Contents"]).stream, orphans)


def _rewrite_marks(stream: list[Any], orphans: set[int]) -> None:
    for place, item in enumerate(stream):
        is_mark = isinstance(item, pydyf.Dictionary) and "MCID" in item and stream[place + 1] == b"BDC"
        if is_mark and item["MCID"] in orphans:
            stream[place - 1] = "/Artifact"
            stream[place] = pydyf.Dictionary({"Type": "/Pagination"})


def structure_elements(pdf: Any) -> Iterator[tuple[int, str]]:
    """Walk the tag tree; yield each element's number with the part of the table it stands in, if any."""
    waiting = [(resolve(pdf, pdf.catalog["StructTreeRoot"])["K"][0], "")]
    seen: set[int] = set()
    while waiting:
        reference, part = waiting.pop()
        number = _number(reference)
        element = pdf.objects[number]
        if number in seen or "S" not in element:
            continue
        seen.add(number)
        yield number, part
        inner = element["S"] if element["S"] in ("/THead", "/TBody", "/TFoot", "/Table") else part
        kids = element.get("K", ())
        waiting += [(kid, inner) for kid in (kids if isinstance(kids, list) else [kids]) if _is_reference(kid)]


def resolve(pdf: Any, reference: bytes | str) -> Any:
    """Return the object a reference points to."""
    return pdf.objects[_number(reference)]


def _number(reference: bytes | str) -> int:
    return int(reference.split()[0])


def _is_reference(value: object) -> bool:
    return isinstance(value, bytes) and value.endswith(b" R")
