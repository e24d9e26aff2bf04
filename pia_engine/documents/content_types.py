"""What an office file says its parts are: the members of its `[Content_Types].xml`. Anybody may have written it.

It is read as XML, because that is how the programs that open the file read it: a comment says nothing, and a letter
written as an entity is that letter. Declarations of a document type or of entities are refused outright.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from xml.parsers import expat

_PROGRAMS = ("macroenabled", "vbaproject", "macrosheet")


@dataclass(frozen=True, slots=True)
class PartType:
    """One entry: for the part `name`, or for all whose name ends in `.ending`. Everything is in small letters."""

    name: str
    ending: str
    media_type: str

    def fits(self, members: Collection[str]) -> bool:
        """Whether the archive holds a part this entry speaks of."""
        if self.name:
            return self.name in members
        return any(member.endswith(f".{self.ending}") for member in members)


@dataclass(frozen=True, slots=True)
class ContentTypes:
    """All entries, and whether anything in them speaks of macros."""

    entries: tuple[PartType, ...]
    names_programs: bool

    def main_types(self, members: Collection[str]) -> set[str]:
        """The types of main parts that are really in the archive: one in a sound file."""
        return {
            each.media_type for each in self.entries if each.media_type.endswith(".main+xml") and each.fits(members)
        }


def plain_member(name: str) -> str:
    """The name of a member as all programs understand it: slashes for folders, no case, no leading slash."""
    return name.replace("\\", "/").lstrip("/").casefold()


def read_content_types(document: bytes) -> ContentTypes:
    """The entries of a `[Content_Types].xml`. Raises ValueError for what is not plain XML."""
    entries: list[PartType] = []
    values: list[str] = []

    def element(name: str, attributes: dict[str, str]) -> None:
        values.extend(value.casefold() for value in attributes.values())
        if name.rpartition(":")[2] in ("Default", "Override"):
            entries.append(_entry(attributes))

    parser = expat.ParserCreate()
    parser.StartElementHandler = element
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        raise ValueError("not XML") from error
    return ContentTypes(tuple(entries), any(word in value for value in values for word in _PROGRAMS))


def _entry(attributes: dict[str, str]) -> PartType:
    media_type = attributes.get("ContentType", "").partition(";")[0].strip().casefold()
    name = plain_member(attributes.get("PartName", "").strip())
    return PartType(name, attributes.get("Extension", "").strip().casefold(), media_type)


def _refuse(*_declaration: object) -> None:
    raise ValueError("declares a document type")
