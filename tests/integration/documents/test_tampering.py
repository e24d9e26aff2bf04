"""Whatever was done to a signed file is named by its kind, with and without the file it was made from."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from pia_engine.documents.authority import Authority, create_authority
from pia_engine.documents.containers import find_containers
from pia_engine.documents.examining import examine, examine_fully
from pia_engine.documents.parts import UNREADABLE, read_parts
from pia_engine.documents.tampering import Change, Kind, Part, page_numbers, sentence_of
from pia_engine.documents.trust import Trust, read_trust
from tests.factories.tampered import TAMPERS, flipped, rewritten, updated
from tests.factories.tampered import page_flipped as a_page_flipped


@pytest.fixture(scope="module")
def trust(authority: Authority) -> Trust:
    return read_trust(authority.folder)


def named(pdf: bytes, trust: Trust, original: bytes | None = None) -> tuple[Change, ...]:
    found = examine(pdf, trust=trust, original=original)
    assert not found.valid
    return found.changes


@pytest.mark.parametrize("name", TAMPERS)
def test_resident_learns_what_was_done_from_the_file_alone(name: str, signed: bytes, trust: Trust) -> None:
    assert named(TAMPERS[name].make(signed), trust) == (TAMPERS[name].change,)


@pytest.mark.parametrize("name", TAMPERS)
def test_resident_learns_the_same_where_the_published_file_is_known(name: str, signed: bytes, trust: Trust) -> None:
    assert named(TAMPERS[name].make(signed), trust, signed) == (TAMPERS[name].change,)


def test_genuine_file_has_no_changes(signed: bytes, trust: Trust) -> None:
    found = examine(signed, trust=trust)
    assert (found.valid, found.alterations, found.changes) == (True, None, ())


def test_byte_that_no_sum_covers_is_placed_with_the_published_file_only(signed: bytes, trust: Trust) -> None:
    title = signed.index(b"<dc:title>")
    changed = flipped(signed, signed.index(b"</rdf:li>", title) - 1)
    assert named(changed, trust) == (Change(Kind.CHANGED, Part.OTHER),)
    assert named(changed, trust, signed) == (Change(Kind.CHANGED, Part.METADATA),)


def test_byte_of_the_last_time_stamp_itself_is_named(signed: bytes, trust: Trust) -> None:
    last = find_containers(signed)[-1]
    changed = flipped(signed, last.start + 400)
    assert named(changed, trust, signed) == (Change(Kind.CHANGED, Part.SIGNATURE),)


def test_bytes_put_in_between_are_named(signed: bytes, trust: Trust) -> None:
    middle = len(signed) // 2
    assert named(signed[:middle] + b"  " + signed[middle:], trust) == (Change(Kind.CHANGED, Part.OTHER),)


def test_page_changed_before_the_file_was_written_anew_is_named_with_the_published_file(
    signed: bytes, trust: Trust
) -> None:
    changed = rewritten(TAMPERS["words added to a page"].make(signed))
    assert named(changed, trust, signed) == (Change(Kind.REWRITTEN), Change(Kind.CHANGED, Part.PAGE, (1,)))


def another_page(writer: IncrementalPdfFileWriter) -> None:
    first = writer.find_page_for_modification(0)[0].get_object()
    page = generic.DictionaryObject({pdf_name("/Type"): pdf_name("/Page"), pdf_name("/MediaBox"): first["/MediaBox"]})
    pages = writer.root["/Pages"]
    pages["/Kids"].append(writer.add_object(page))
    pages["/Count"] = generic.NumberObject(int(pages["/Count"]) + 1)
    writer.update_container(pages)


def field_filled(writer: IncrementalPdfFileWriter) -> None:
    field = next(each.get_object() for each in writer.root["/AcroForm"]["/Fields"] if each.get_object()["/T"] == "Seal")
    field["/TU"] = generic.TextStringObject("Another seal")
    writer.update_container(field)


def metadata_replaced(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/Metadata"] = writer.add_object(generic.StreamObject(stream_data=b"<x/>"))
    writer.update_root()


def script_added(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/OpenAction"] = generic.DictionaryObject(
        {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.TextStringObject("app.alert(1)")}
    )
    writer.update_root()


def test_other_updates_are_named_too(signed: bytes, trust: Trust) -> None:
    pages = len(read_parts(signed).pages)  # type: ignore[union-attr]
    assert named(updated(signed, another_page), trust) == (Change(Kind.ADDED, Part.PAGE, (pages + 1,)),)
    assert named(updated(signed, field_filled), trust) == (Change(Kind.ADDED, Part.FORM),)
    assert Change(Kind.ADDED, Part.METADATA) in named(updated(signed, metadata_replaced), trust)
    assert named(updated(signed, script_added), trust) == (Change(Kind.ADDED, Part.OTHER),)


def test_what_a_stranger_added_and_signed_is_named(
    signed: bytes, trust: Trust, rendered: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A stranger's time stamp covers everything, and still what came after the city's is an addition."""
    stranger = create_authority(
        tmp_path_factory.mktemp("other") / "keys", city_name="Elsewhere", now=_now(signed, trust)
    )
    changed = TAMPERS["words added to a page"].make(signed)
    found = examine(_stamped(changed, stranger, trust), trust=trust)
    assert not found.valid
    assert Change(Kind.ADDED, Part.PAGE, (1,)) in found.changes


def _now(signed: bytes, trust: Trust):  # type: ignore[no-untyped-def]
    return examine(signed, trust=trust).signatures[0].signed_at


def _stamped(pdf: bytes, authority: Authority, trust: Trust) -> bytes:
    from pyhanko.sign.signers import PdfTimeStamper

    from pia_engine.documents.apart import run_apart
    from pia_engine.documents.time_stamps import own_time_stamper

    stamper = PdfTimeStamper(own_time_stamper(authority, authority.root.certificate.not_valid_before_utc))
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    run_apart(stamper.async_timestamp_pdf(writer, md_algorithm="sha256", validation_context=None, output=out))
    return out.getvalue()


def test_every_change_has_a_sentence() -> None:
    for change in (Change(kind, part, (1,)) for kind in (Kind.CHANGED, Kind.ADDED) for part in Part):
        if change != Change(Kind.ADDED, Part.SIGNATURE, (1,)):
            assert sentence_of(change)
    assert page_numbers(Change(Kind.ADDED, Part.PAGE, tuple(range(1, 30)))).endswith("12 …")


def test_parts_do_not_depend_on_who_wrote_the_file(rendered: bytes) -> None:
    ours, theirs = read_parts(rendered), read_parts(rewritten(rendered))
    assert ours is not None
    assert theirs is not None
    assert replace(ours, rest="") == replace(theirs, rest="")


def test_part_that_cannot_be_read_is_a_part_of_its_own(signed: bytes) -> None:
    parts = read_parts(a_page_flipped(signed))
    assert parts is not None
    assert [page.content == UNREADABLE for page in parts.pages] == [True] + [False] * (len(parts.pages) - 1)


def test_full_check_follows_each_signature(signed: bytes) -> None:
    followed = examine_fully(signed)
    assert followed is not None
    assert followed[-1][1] == "nothing was added after it"
    assert "other things were changed after it" not in dict(followed).values()
    changed = examine_fully(TAMPERS["words added to a page"].make(signed))
    assert changed is not None
    assert {sentence for _, sentence in changed} == {"other things were changed after it"}
