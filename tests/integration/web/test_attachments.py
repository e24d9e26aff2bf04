"""Attaching files over HTTP: who may, what is kept, how it comes back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from pia_engine.models import Answer, Attachment, AuditEvent, Person
from pia_engine.models.catalogue import questionnaire_for
from pia_engine.services.assessments import begin_new_edition, get_assessment
from pia_engine.services.attachments import count_by_question
from pia_engine.settings import Settings
from tests.factories.attachments import PDF
from tests.factories.people import email_of
from tests.factories.walks import Walk
from tests.fixtures.city import token_in
from tests.fixtures.files import Desk

ClientFor = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]


def kept(app: Flask) -> list[Path]:
    settings: Settings = app.extensions["pia-settings"]
    return [path for path in settings.attachments_folder.rglob("*") if path.is_file()]


def attachments(fresh: Fresh) -> list[Attachment]:
    with fresh() as session:
        return list(session.scalars(select(Attachment).order_by(Attachment.id)))


def events(fresh: Fresh, name: str) -> list[AuditEvent]:
    with fresh() as session:
        return list(session.scalars(select(AuditEvent).where(AuditEvent.event == name)))


def evidence(fresh: Fresh) -> object:
    with fresh() as session:
        return session.scalars(select(Answer.value).where(Answer.question == "evidence")).one()


def press(client: FlaskClient, address: str) -> TestResponse:
    return client.post(address, data={"csrf_token": token_in(client.get("/account").text)})


def test_author_attaches_several_files_and_sees_them_with_who_when_and_size(
    desk: Desk, client_for: ClientFor, fresh: Fresh, app: Flask
) -> None:
    amara = client_for("amara")
    answer = desk.attach(amara, ("plan.pdf", PDF), ("list.csv", b"a,b\n" * 600))
    assert answer.status_code == 303
    page = amara.get(answer.headers["Location"]).text
    for said in ("Attached: plan.pdf, list.csv.", "plan.pdf", "list.csv", "Amara Author", "2 kB", "Not scanned"):
        assert said in page
    assert [(each.name, each.media_type, each.scan) for each in attachments(fresh)] == [
        ("plan.pdf", "application/pdf", "not_scanned"),
        ("list.csv", "text/csv", "not_scanned"),
    ]
    assert len(kept(app)) == 2
    added = events(fresh, "attachment:added")
    details = json.loads(added[0].body)["details"]
    assert details["digest"] == attachments(fresh)[0].digest
    assert (details["size"], details["type"]) == (len(PDF), "application/pdf")
    assert "plan.pdf" not in bytes(added[0].body).decode()


def test_overview_lists_the_files_of_all_questions_by_pages(desk: Desk, client_for: ClientFor, fresh: Fresh) -> None:
    amara = client_for("amara")
    overview = f"/assessments/{desk.reference}/full/files"
    assert "Nothing is attached yet." in amara.get(overview).text
    for question in ("summary", "purpose"):
        for some in (range(10), range(10, 13)):
            desk.attach(amara, *((f"{question}-{n}.txt", b"%d" % n) for n in some), question=question)
    first, second = amara.get(overview).text, amara.get(f"{overview}?page=2").text
    assert "26 files, newest first" in first
    assert "purpose-12.txt" in first
    assert "summary-0.txt" not in first
    assert "summary-0.txt" in second
    assert "This page is empty." in amara.get(f"{overview}?page=9").text
    assert overview in amara.get(f"/assessments/{desk.reference}").text
    with fresh() as session:
        assert count_by_question(session, get_assessment(session, desk.reference, "full")) == {
            "summary": 13,
            "purpose": 13,
        }


def test_same_bytes_are_kept_once_and_stand_once_at_a_question(
    desk: Desk, client_for: ClientFor, fresh: Fresh, app: Flask
) -> None:
    amara = client_for("amara")
    desk.attach(amara, ("plan.pdf", PDF))
    again = desk.attach(amara, ("copy.pdf", PDF))
    assert again.status_code == 422
    assert "attached here already, as “plan.pdf”" in again.text
    assert desk.attach(amara, ("copy.pdf", PDF), question="purpose").status_code == 303
    assert len(attachments(fresh)) == 2
    assert len(kept(app)) == 1


def test_a_bad_file_is_named_and_the_good_ones_beside_it_are_kept(
    desk: Desk, client_for: ClientFor, fresh: Fresh, app: Flask
) -> None:
    files = (("good.pdf", PDF), ("bad.png", PDF), ("empty.txt", b""), ("drawing.svg", b"<svg/>"))
    answer = desk.attach(client_for("amara"), *files)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "“bad.png”: The name ends like a PNG file" in answer.text
    assert "“empty.txt”: The file is empty." in answer.text
    assert "“drawing.svg”: Files of this kind cannot be attached." in answer.text
    assert "Attached: good.pdf." in answer.text
    assert [each.name for each in attachments(fresh)] == ["good.pdf"]
    assert len(kept(app)) == 1


def test_sending_no_file_asks_to_choose_one(desk: Desk, client_for: ClientFor) -> None:
    amara = client_for("amara")
    answer = desk.attach(amara)
    assert answer.status_code == 422
    assert "Choose a file first." in answer.text
    token = token_in(amara.get("/account").text)
    assert amara.post(desk.url(), data={"csrf_token": token, "files": "text"}).status_code == 422


def test_a_name_full_of_tricks_is_cleaned_on_the_way_in_and_out(
    desk: Desk, client_for: ClientFor, fresh: Fresh
) -> None:
    amara = client_for("amara")
    desk.attach(amara, ("../../fdp\u202eÜbersicht\a; X-Evil: 1.pdf", PDF))
    (attachment,) = attachments(fresh)
    assert attachment.name == "fdpÜbersicht; X-Evil- 1.pdf"
    sent = amara.get(desk.url("summary", str(attachment.id))).headers
    assert sent["Content-Disposition"].endswith("filename*=UTF-8''fdp%C3%9Cbersicht%3B%20X-Evil-%201.pdf")
    assert "X-Evil" not in dict(sent)


@pytest.mark.parametrize("first", ["amara", "daniel", "sofia", "petra", "helen", "victor", "ingrid"])
def test_whoever_may_view_the_assessment_downloads_the_bytes_and_nothing_shows_them(
    first: str, desk: Desk, client_for: ClientFor, fresh: Fresh
) -> None:
    desk.attach(client_for("amara"), ("plan.pdf", PDF))
    (attachment,) = attachments(fresh)
    answer = client_for(first).get(desk.url("summary", str(attachment.id)))
    assert answer.data == PDF
    headers = answer.headers
    assert headers["Content-Disposition"] == "attachment; filename=\"plan.pdf\"; filename*=UTF-8''plan.pdf"
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Length"] == str(len(PDF))
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Content-Security-Policy"].startswith("sandbox;")


@pytest.mark.parametrize("first", ["daniel", "sofia", "helen", "victor", "ingrid", "otto", "adam", ""])
def test_others_attach_nothing_to_the_authors_question(
    first: str, desk: Desk, client_for: ClientFor, fresh: Fresh, app: Flask
) -> None:
    client = client_for(first)
    token = token_in(client.get("/account" if first else "/sign-in").text)
    answer = desk.attach(client, ("plan.pdf", PDF), token=token)
    assert answer.status_code == (403 if first else 303)
    assert attachments(fresh) == []
    assert kept(app) == []


@pytest.mark.parametrize("first", ["otto", "adam"])
def test_people_without_reach_see_and_download_nothing(
    first: str, desk: Desk, client_for: ClientFor, fresh: Fresh
) -> None:
    desk.attach(client_for("amara"), ("plan.pdf", PDF))
    client, (attachment,) = client_for(first), attachments(fresh)
    for address in (desk.url(), desk.url("summary", str(attachment.id)), desk.url("")[:-1]):
        answer = client.get(address)
        assert answer.status_code == 403, address
        assert "plan.pdf" not in answer.text


def test_privacy_officer_attaches_to_her_own_questions_and_not_to_the_authors(
    desk: Desk, client_for: ClientFor, session: Session
) -> None:
    questions = questionnaire_for(session, desk.assessment.sheet).questions
    own = next(each.id for each in questions if each.answered_by == "privacy_officer")
    petra = client_for("petra")
    assert desk.attach(petra, ("note.txt", b"advice"), question=own).status_code == 303
    assert desk.attach(petra, ("note.txt", b"advice")).status_code == 403


def test_after_submitting_files_can_be_read_but_neither_added_nor_removed(
    desk: Desk, client_for: ClientFor, fresh: Fresh, session: Session, walk: Walk
) -> None:
    amara = client_for("amara")
    desk.attach(amara, ("plan.pdf", PDF), question="evidence")
    (attachment,) = attachments(fresh)
    session.expire_all()
    walk.advance(desk.assessment, "submitted")
    session.commit()
    assert desk.attach(amara, ("more.pdf", PDF + b"\n"), question="evidence").status_code == 409
    assert press(amara, desk.url("evidence", str(attachment.id), "remove")).status_code == 409
    page = amara.get(desk.url("evidence")).text
    assert "These answers cannot be changed at this step." in page
    assert 'type="file"' not in page
    assert "/remove" not in page
    assert amara.get(desk.url("evidence", str(attachment.id))).data == PDF


def test_removing_asks_first_hides_the_file_and_keeps_its_record(
    desk: Desk, client_for: ClientFor, fresh: Fresh, app: Flask
) -> None:
    amara = client_for("amara")
    desk.attach(amara, ("plan.pdf", PDF))
    (attachment,) = attachments(fresh)
    place = desk.url("summary", str(attachment.id))
    assert "Remove this file?" in amara.get(f"{place}/remove").text
    assert attachments(fresh)[0].removed_at is None
    assert press(amara, f"{place}/remove").status_code == 303
    gone = amara.get(place)
    assert gone.status_code == 410
    assert "This file was removed" in gone.text
    assert press(amara, f"{place}/remove").status_code == 410
    assert "Nothing is attached to this question." in amara.get(desk.url()).text
    assert attachments(fresh)[0].removed_at is not None
    assert len(kept(app)) == 1
    assert len(events(fresh, "attachment:removed")) == 1


def test_only_the_remover_puts_a_file_back(desk: Desk, client_for: ClientFor, fresh: Fresh, session: Session) -> None:
    amara = client_for("amara")
    desk.attach(amara, ("plan.pdf", PDF))
    place = desk.url("summary", str(attachments(fresh)[0].id))
    press(amara, f"{place}/remove")
    assert "Removed by you" in amara.get(desk.url()).text
    assert press(client_for("petra"), f"{place}/restore").status_code == 403
    assert press(amara, f"{place}/restore").status_code == 303
    assert amara.get(place).data == PDF
    press(amara, f"{place}/remove")
    session.expire_all()
    removed = session.scalars(select(Attachment)).one()
    removed.removed_by = session.scalars(select(Person.id).where(Person.email == email_of("daniel"))).one()
    session.commit()
    assert "Removed by you" not in amara.get(desk.url()).text
    refused = press(amara, f"{place}/restore")
    assert refused.status_code == 403
    assert "Somebody else removed this file." in refused.text


def test_a_question_that_asks_for_files_is_answered_by_them(desk: Desk, client_for: ClientFor, fresh: Fresh) -> None:
    amara = client_for("amara")
    desk.attach(amara, ("plan.pdf", PDF), ("note.txt", b"well"), question="evidence")
    first, second = attachments(fresh)
    stored = [
        {"id": str(first.id), "name": "plan.pdf", "type": "application/pdf", "size": str(len(PDF))},
        {"id": str(second.id), "name": "note.txt", "type": "text/plain", "size": "4"},
    ]
    assert evidence(fresh) == stored
    assert "plan.pdf" in amara.get(f"/assessments/{desk.reference}/full/check").text
    for each in (first, second):
        press(amara, desk.url("evidence", str(each.id), "remove"))
    assert evidence(fresh) is None
    press(amara, desk.url("evidence", str(first.id), "restore"))
    assert evidence(fresh) == stored[:1]


def test_unknown_files_questions_and_mixed_addresses_are_not_found(
    desk: Desk, client_for: ClientFor, fresh: Fresh, session: Session, walk: Walk
) -> None:
    amara = client_for("amara")
    desk.attach(amara, ("plan.pdf", PDF))
    name = str(attachments(fresh)[0].id)
    session.expire_all()
    other = walk.full(title="Another")
    session.commit()
    reference = desk.reference
    for address in (
        desk.url("nothing"),
        desk.url("purpose", name),
        desk.url("summary", "01890000-0000-7000-8000-000000000000"),
        desk.url("summary", "../etc"),
        f"/assessments/{other.reference}/full/files/summary/{name}",
        f"/assessments/{reference}/initial/files/summary/{name}",
    ):
        assert amara.get(address).status_code == 404, address


def test_the_link_in_the_list_is_the_only_way_to_the_bytes(desk: Desk, client_for: ClientFor, fresh: Fresh) -> None:
    amara = client_for("amara")
    desk.attach(amara, ("plan.pdf", PDF))
    links = re.findall(r'href="([^"]+)"', amara.get(desk.url()).text)
    assert desk.url("summary", str(attachments(fresh)[0].id)) in links
    digest = attachments(fresh)[0].digest
    for address in (f"/documents/attachments/{digest[:2]}/{digest}", f"/static/{digest}", f"/attachments/{digest}"):
        assert amara.get(address).status_code == 404


def test_next_edition_has_the_files_and_its_own_records_of_them(
    desk: Desk, client_for: ClientFor, fresh: Fresh, session: Session, walk: Walk
) -> None:
    amara = client_for("amara")
    desk.attach(amara, ("plan.pdf", PDF), question="evidence")
    session.expire_all()
    walk.advance(desk.assessment, "published")
    begin_new_edition(session, desk.assessment, actor=walk.who("amara"), now=walk.now)
    session.commit()
    first, second = attachments(fresh)
    with fresh() as now:
        following = get_assessment(now, desk.reference, "full")
        answer = next(each for each in following.sheet.answers if each.question == "evidence")
        assert [file["id"] for file in answer.value] == [str(second.id)]
        assert (second.assessment_id, second.digest, second.uploaded_at) == (
            following.id,
            first.digest,
            first.uploaded_at,
        )
    assert press(amara, desk.url("evidence", str(first.id), "remove")).status_code == 409
    assert press(amara, desk.url("evidence", str(second.id), "remove")).status_code == 303
    assert amara.get(desk.url("evidence", str(first.id))).data == PDF
