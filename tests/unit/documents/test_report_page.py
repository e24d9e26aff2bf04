"""The page that goes to the press: what it holds, and that nothing a person typed becomes markup."""

from dataclasses import replace

from pia_engine.documents.rendering import render_page
from pia_engine.documents.report import Entry, Report, Table, signature_fields
from pia_engine.documents.risk_matrix import risk_squares
from tests.factories.reports import school_route_report


def page(report: Report) -> str:
    return render_page(report, record=b"{}")


def test_every_signer_has_a_place_after_the_seal() -> None:
    html = page(school_route_report())
    places = [html.index(f'name="{field}"') for field in signature_fields(2)]
    assert places == sorted(places)
    assert "Approver3" not in html


def test_markup_typed_by_a_person_is_escaped() -> None:
    html = page(replace(school_route_report(), title="<script>x</script>", summary='<img src="file:///etc/passwd">'))
    assert "<script" not in html
    assert "<img" not in html


def test_language_and_direction_are_declared() -> None:
    assert '<html lang="ar" dir="rtl">' in page(replace(school_route_report(), language="ar", direction="rtl"))


def test_unknown_language_falls_back_to_english_dates() -> None:
    assert "18 November 2026" in page(replace(school_route_report(), language="xx-unknown"))


def test_report_with_nothing_optional_is_still_a_document() -> None:
    bare = replace(
        school_route_report(),
        sections=(),
        risks=(),
        matrix=None,
        mitigations=(),
        sign_offs=(),
        sources=(),
        facts=(),
    )
    html = page(bare)
    assert "Risk register" not in html
    assert 'name="Seal"' in html


def test_matrix_grows_upwards_and_to_the_right_and_shows_risks_before_and_after() -> None:
    squares = risk_squares(school_route_report())
    assert len(squares) == 25
    first, last = squares[0], squares[-1]
    assert (first.level, first.shade, last.level, last.shade) == ("Low", 0, "Very high", 3)
    assert first.y > last.y
    assert first.x < last.x
    assert [square.before for square in squares if "R1" in square.before] == [("R1",)]
    assert [square.after for square in squares if "R1" in square.after] == [("R1", "R3")]


def test_table_named_as_its_question_is_headed_once() -> None:
    report = school_route_report()
    section = replace(report.sections[1], entries=(Entry("Data kept", Table("Data kept", ("Data",), (("Log",),))),))
    html = page(replace(report, sections=(section,)))
    assert html.count("Data kept") == 1
    assert "<caption><h3>Data kept</h3></caption>" in html


def test_text_that_a_chapter_prints_anyway_is_referred_to() -> None:
    report = school_route_report()
    entries = (Entry("Summary", report.summary), Entry("Advice", report.advice))
    html = page(replace(report, sections=(replace(report.sections[0], entries=entries),)))
    assert html.count(report.advice) == 1
    assert 'Printed in front, as <a href="#summary">' in html
    assert 'Printed at the end, under <a href="#decision">' in html


def test_foundations_name_their_sections_in_one_line() -> None:
    html = page(school_route_report())
    assert "Sections <a" in html
    assert 'title="Section 2: Data and how it flows">2</a>' in html
