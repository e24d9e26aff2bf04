"""What one initiative withholds comes along into another that was begun from its text, and is withheld there too."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from pia_engine.errors import NotAllowed, NotPossible
from pia_engine.models import Assessment, Withholding
from pia_engine.questionnaires.hiding import Extent
from pia_engine.register.language import language_of
from pia_engine.register.withheld_parts import hidden_under
from pia_engine.services import disclosures, publications
from pia_engine.services.assessments import begin_update
from pia_engine.services.templates import use_template
from pia_engine.services.unsettled import list_unsettled
from tests.factories.governance.withholdings import approved, published
from tests.factories.walks import Walk

ROW = {"element": "Smith", "category": "image", "source": "s", "sensitivity": "ordinary", "purpose": "p"}
ROW |= {"retention": "1 day", "location": "Berlin", "people": "Passers-by"}


def carried(walk: Walk, source: Assessment, way: str) -> Assessment:
    """An assessment of another initiative, begun from this one's text, approved."""
    if way == "update":
        initial = walk.initial("submitted", "More of it")
        record = begin_update(walk.session, initial, source, actor=walk.who("petra"), now=walk.now)
    else:
        record = walk.full(title="Another one")
        use_template(walk.session, record, source, actor=walk.who("amara"), now=walk.now)
    return walk.advance(record, "approved")


@pytest.mark.parametrize("way", ["update", "template"])
def test_text_that_came_along_is_not_published(session: Session, walk: Walk, way: str) -> None:
    before = published(walk)
    record = carried(walk, before.assessment, way)
    assert record.initiative_id != before.assessment.initiative_id
    assert list_unsettled(session, record) == [before]
    with pytest.raises(NotPossible, match="withheld elsewhere"):
        publications.order_publication(session, record, actor=walk.who("petra"), now=walk.now)
    assert hidden_under(session, record.initiative_id, language_of("en", "UTC"))
    approved(walk, record)
    assert list_unsettled(session, record) == []


def test_text_that_came_along_twice_is_not_published_either(session: Session, walk: Walk) -> None:
    before = published(walk)
    between = walk.full(title="Between")
    use_template(session, between, before.assessment, actor=walk.who("amara"), now=walk.now)
    record = walk.full(title="The last one")
    use_template(session, record, between, actor=walk.who("amara"), now=walk.now)
    assert list_unsettled(session, walk.advance(record, "approved")) == [before]


def test_what_is_said_of_another_matter_is_nobody_s_secret(session: Session, walk: Walk) -> None:
    before = published(walk)
    record = walk.full("approved", title="Of its own")
    assert record.initiative_id != before.assessment.initiative_id
    assert list_unsettled(session, record) == []


def _of_one_row(walk: Walk) -> tuple[Withholding, Withholding]:
    """A row withheld, and by another one a field of that row, too short to be looked for elsewhere."""
    record = walk.full("draft")
    walk.answer(record, {"data_inventory": [dict(ROW)]}, roles=frozenset({"agency_official"}), actor=walk.who("amara"))
    walk.answer(record, {"data_inventory": [dict(ROW)]}, roles=frozenset({"contributor"}), actor=walk.who("sofia"))
    walk.advance(record, "approved")
    row = approved(walk, record, question="data_inventory", extent=Extent.ROWS, places=((1, ""),))
    field = approved(walk, record, question="data_inventory", extent=Extent.CELLS, places=((1, "element"),))
    walk._to_publishing(record, "low")
    walk._to_published(record, "low")
    return row, field


def test_disclosing_a_row_does_not_tell_a_withheld_field_of_it(session: Session, walk: Walk) -> None:
    row, field = _of_one_row(walk)
    with pytest.raises(NotPossible, match="still withholds") as refusal:
        disclosures.disclose(session, row, actor=walk.who("helen"), now=walk.now, reason="It is known.")
    assert refusal.value.place == f"withholdings:{field.reference}"
    disclosures.disclose(session, field, actor=walk.who("helen"), now=walk.now, reason="It is known.")
    disclosures.disclose(session, row, actor=walk.who("helen"), now=walk.now, reason="It is known.")
    assert {row.status, field.status} == {"disclosed"}


def test_whoever_proposed_it_does_not_disclose_it(session: Session, walk: Walk) -> None:
    found = published(walk)
    found.author_id = walk.who("helen").person_id
    session.flush()
    with pytest.raises(NotAllowed):
        disclosures.disclose(session, found, actor=walk.who("helen"), now=walk.now, reason="It is known.")
    assert found.status == "approved"
