"""The policy over HTTP: who reads it, who drafts the next version, who adopts it, and that nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.test import TestResponse

from pia_engine.models import Assessment, AuditEvent, OutboxJob, PolicyVersion
from pia_engine.models.policy_rules import read_rules
from pia_engine.services.policies import begin_draft
from pia_engine.web import policy_editing
from tests.factories.people import PERSONAS
from tests.factories.policies import SOUND, make_sound
from tests.factories.walks import Walk
from tests.fixtures.city import opened, token_in

Clients = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]


def post(client: FlaskClient, address: str, fields: dict[str, object] | None = None) -> TestResponse:
    if address.endswith("/adopt"):
        return client.post(address, data={**(fields or {}), **opened(client, address)})
    page = client.get("/work") if address.startswith("/policy") else client.get(address)
    return client.post(address, data={**(fields or {}), "csrf_token": token_in(page.text)})


def typed(client: FlaskClient, section: str) -> dict[str, str]:
    """The form of a section as a browser would send it back untouched."""
    page = client.get(f"/policy/draft/sections/{section}").text
    form = page[page.index("app-form") :]
    fields = {
        name: _unescaped(value)
        for name, value in re.findall(r'<input[^>]*?name="([^"]+)"(?:[^>]*?value="([^"]*)")?[^>]*>', form)
        if name != "csrf_token"
    }
    for name, text in re.findall(r'<textarea[^>]*?name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        fields[name] = _unescaped(text)
    for name, options in re.findall(r'<select[^>]*?name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        fields[name] = chosen.group(1) if chosen else ""
    return fields


def _unescaped(text: str) -> str:
    for escaped, plain in (("&#34;", '"'), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(escaped, plain)
    return text


def drafted(session: Session, walk: Walk, first: str = "petra") -> PolicyVersion:
    draft = begin_draft(session, actor=walk.who(first), now=walk.now)
    session.commit()
    return draft


@pytest.mark.parametrize("first", sorted(PERSONAS))
def test_everybody_reads_the_policy_in_force(client_for: Clients, first: str) -> None:
    page = client_for(first).get("/policy")
    assert page.status_code == 200
    for words in (
        "As little as possible",
        "The data protection law that binds the city",
        "We accept low risks where the benefit to residents is clear.",
        "Almost certain",
        "Executive (city manager)",
        "every 24 months",
        "Update of a published PIA",
        "Commercial secret",
        "The audit trail",
    ):
        assert words in page.text
    assert client_for(first).get("/policy/versions").status_code == 200
    assert client_for(first).get("/policy/versions/1").status_code == 200
    assert "This is the first version." in client_for(first).get("/policy/versions/1/compare").text


@pytest.mark.parametrize("first", sorted(PERSONAS))
def test_only_those_who_draft_begin_a_draft(client_for: Clients, fresh: Fresh, first: str) -> None:
    client = client_for(first)
    offered = "Begin a draft of the next version" in client.get("/policy").text
    answer = post(client, "/policy/draft")
    may = first in ("petra", "helen")
    assert (offered, answer.status_code) == (may, 303 if may else 403)
    with fresh() as session:
        assert (session.scalars(select(PolicyVersion).where(PolicyVersion.status == "draft")).first() is None) != may


@pytest.mark.parametrize("first", sorted(PERSONAS))
def test_a_draft_is_shown_to_those_it_concerns(session: Session, walk: Walk, client_for: Clients, first: str) -> None:
    drafted(session, walk)
    client = client_for(first)
    sees, edits = first in ("petra", "helen", "victor", "ingrid"), first in ("petra", "helen")
    assert ("Version 2 is being drafted." in client.get("/policy").text) == sees
    assert ("versions/2" in client.get("/policy/versions").text) == sees
    for address in ("/policy/draft", "/policy/draft/check", "/policy/versions/2", "/policy/versions/2/compare"):
        assert client.get(address).status_code == (200 if sees else 403), address
    for section in ("principles", "matrix", "outcomes", "retention"):
        assert client.get(f"/policy/draft/sections/{section}").status_code == (200 if edits else 403)
    assert ("sections/principles" in client.get("/policy/draft").text) == edits


def test_only_one_draft_at_a_time(session: Session, walk: Walk, client_for: Clients) -> None:
    drafted(session, walk)
    answer = post(client_for("helen"), "/policy/draft")
    assert answer.status_code == 409
    assert "A version is being drafted already." in answer.text


def test_without_a_draft_its_pages_say_so(client_for: Clients) -> None:
    answer = client_for("petra").get("/policy/draft")
    assert answer.status_code == 404
    assert "No version of the policy is being drafted." in answer.text


@pytest.mark.parametrize(
    "section",
    ["principles", "authorities", "appetite", "matrix", "deciders", "periods", "outcomes", "retention", "grounds",
     "controls"],
)  # fmt: skip
def test_a_section_saved_as_it_is_changes_nothing(
    session: Session, walk: Walk, client_for: Clients, fresh: Fresh, section: str
) -> None:
    before = dict(drafted(session, walk).rules)
    client = client_for("petra")
    answer = post(client, f"/policy/draft/sections/{section}", typed(client, section))
    assert answer.status_code == 303, answer.text
    assert "Nothing was changed." in client.get("/policy/draft").text
    with fresh() as later:
        assert later.scalars(select(PolicyVersion).where(PolicyVersion.number == 2)).one().rules == before


def test_principles_are_added_reordered_and_removed_without_script(
    session: Session, walk: Walk, client_for: Clients, fresh: Fresh
) -> None:
    drafted(session, walk)
    client, address = client_for("petra"), "/policy/draft/sections/principles"
    fields = typed(client, "principles")
    moved = post(client, address, {**fields, "principles-down": "0"})
    assert moved.status_code == 200
    assert moved.text.index("For a stated purpose") < moved.text.index("Lawful and fair")
    assert "Move row 1 up" not in moved.text
    more = post(client, address, {**fields, "principles-down": "0", "principles-add": "1"})
    assert "principles-7-name" in more.text
    gone = post(client, address, {**fields, "principles-remove": "2"})
    assert "As little as possible" not in gone.text
    assert post(client, address, {**fields, "principles-up": "99"}).status_code == 200
    assert (
        post(client, address, {**fields, "principles-7-name": "Kind", "principles-7-text": "We are."}).status_code
        == 303
    )
    with fresh() as later:
        kept = read_rules(later.scalars(select(PolicyVersion).where(PolicyVersion.number == 2)).one()).principles
    assert [each.id for each in kept] == ["lawful", "purpose", "least", "open", "safe", "answerable", "equal", "kind"]


def test_the_matrix_is_made_smaller_before_it_is_saved(
    session: Session, walk: Walk, client_for: Clients, fresh: Fresh
) -> None:
    drafted(session, walk)
    client, address = client_for("petra"), "/policy/draft/sections/matrix"
    fields = typed(client, "matrix")
    smaller = post(client, address, {**fields, "wanted_likelihoods": "3", "wanted_severities": "4", "resize": "1"})
    assert smaller.status_code == 200
    assert "likelihood_3" in smaller.text
    assert "likelihood_4" not in smaller.text
    assert "severity_4" in smaller.text
    with fresh() as later:
        stored = read_rules(later.scalars(select(PolicyVersion).where(PolicyVersion.number == 2)).one())
    assert len(stored.matrix.likelihoods) == 5


def test_a_contradictory_matrix_is_saved_but_cannot_be_adopted(
    session: Session, walk: Walk, client_for: Clients
) -> None:
    draft = drafted(session, walk)
    make_sound(session, draft, actor=walk.who("petra"), now=walk.now)
    session.commit()
    client = client_for("petra")
    fields = typed(client, "matrix")
    assert post(client, "/policy/draft/sections/matrix", {**fields, "cell_5_5": "low"}).status_code == 303
    sentence = "“Almost certain” with “Grave harm” is Low, yet “Likely” with “Grave harm” is High."
    assert sentence in client.get("/policy/draft/check").text
    assert sentence in client.get("/policy/draft/sections/matrix").text
    refused = client_for("helen").get("/policy/draft/adopt")
    assert refused.status_code == 409
    assert sentence in refused.text


def test_two_people_in_one_section_lose_nothing(
    session: Session, walk: Walk, client_for: Clients, fresh: Fresh
) -> None:
    drafted(session, walk)
    petra, helen, address = client_for("petra"), client_for("helen"), "/policy/draft/sections/appetite"
    hers, theirs = typed(petra, "appetite"), typed(helen, "appetite")
    assert post(helen, address, {**theirs, "risk_appetite": "Helen’s sentence."}).status_code == 303
    refused = post(petra, address, {**hers, "risk_appetite": "Petra’s sentence."})
    assert refused.status_code == 409
    for words in ("Helen’s sentence.", "Petra’s sentence.", "Somebody else saved this section while you had it open"):
        assert words in refused.text
    seen = re.search(r'name="seen"[^>]*value="([0-9a-f]+)"', refused.text)
    assert seen
    both = {"seen": seen.group(1), "risk_appetite": "Helen’s sentence. Petra’s sentence."}
    assert post(petra, address, both).status_code == 303
    with fresh() as later:
        stored = later.scalars(select(PolicyVersion).where(PolicyVersion.number == 2)).one()
        assert read_rules(stored).risk_appetite == "Helen’s sentence. Petra’s sentence."


def test_a_save_at_the_very_same_moment_is_tried_once_more(
    session: Session, walk: Walk, client_for: Clients, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafted(session, walk)
    refusals = [StaleDataError("somebody else was faster")]
    real = policy_editing.save_section

    def save(*args: object, **kwargs: object) -> bool:
        if refusals:
            raise refusals.pop()
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(policy_editing, "save_section", save)
    client = client_for("petra")
    fields = {**typed(client, "appetite"), "risk_appetite": "Not lost."}
    assert post(client, "/policy/draft/sections/appetite", fields).status_code == 303
    with fresh() as later:
        stored = later.scalars(select(PolicyVersion).where(PolicyVersion.number == 2)).one()
        assert read_rules(stored).risk_appetite == "Not lost."


def test_somebody_else_in_another_section_disturbs_nobody(session: Session, walk: Walk, client_for: Clients) -> None:
    drafted(session, walk)
    petra, helen = client_for("petra"), client_for("helen")
    fields = typed(petra, "periods")
    assert (
        post(helen, "/policy/draft/sections/appetite", {**typed(helen, "appetite"), "risk_appetite": "A."}).status_code
        == 303
    )
    assert post(petra, "/policy/draft/sections/periods", {**fields, "vendor_link_days": "30"}).status_code == 303


@pytest.mark.parametrize(
    ("section", "fields", "sentence"),
    [
        ("periods", {"vendor_link_days": ""}, "Write a number."),
        ("periods", {"vendor_link_days": "2.5"}, "Write a whole number, for example 12."),
        ("periods", {"first_audit_months": "0"}, "The number must be 1 or more."),
        ("periods", {"audit_notice_days": "999999"}, "The number must be 365 or less."),
        ("deciders", {"decider_high": "administrator"}, "Choose from the options shown here."),
        ("outcomes", {"no_pia_decider": "vendor_respondent"}, "Choose from the options shown here."),
        ("matrix", {"cell_1_1": "purple"}, "Choose from the options shown here."),
        ("appetite", {"risk_appetite": "x" * 4001}, "This is 1 character too long."),
        ("retention", {"retention-0-years": "many"}, "Write a number in digits"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_lost(
    session: Session, walk: Walk, client_for: Clients, fresh: Fresh, section: str, fields: dict[str, str], sentence: str
) -> None:
    before = dict(drafted(session, walk).rules)
    client = client_for("petra")
    answer = post(client, f"/policy/draft/sections/{section}", {**typed(client, section), **fields})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "There is a problem" in answer.text
    with fresh() as later:
        assert later.scalars(select(PolicyVersion).where(PolicyVersion.number == 2)).one().rules == before


def test_crafted_posts_are_answered_and_store_nothing(
    session: Session, walk: Walk, client_for: Clients, fresh: Fresh
) -> None:
    before = dict(drafted(session, walk).rules)
    client = client_for("petra")
    assert client.get("/policy/draft/sections/nothing").status_code == 404
    for number in ("0", "3", "999999999999999999999999"):
        assert client.get(f"/policy/versions/{number}").status_code == 404
        assert client.get(f"/policy/versions/{number}/compare").status_code == 404
    crafted: dict[str, object] = {
        "seen": ["a", "b"], "principles-0-id": ["x", "y"], "principles-x-name": "x", "principles-0-name": "\x00",
        "principles-99999999999-name": "x", "principles-up": ["x", "1"], "principles-remove": "-1",
    }  # fmt: skip
    assert post(client, "/policy/draft/sections/principles", crafted).status_code in (200, 422)
    resize = {"likelihoods": "9", "severities": "x", "wanted_likelihoods": "77", "resize": "1"}
    assert post(client, "/policy/draft/sections/matrix", resize).status_code in (200, 422)
    with fresh() as later:
        assert later.scalars(select(PolicyVersion).where(PolicyVersion.number == 2)).one().rules == before


def test_the_adopted_version_supersedes_and_running_assessments_keep_theirs(
    session: Session, walk: Walk, client_for: Clients, fresh: Fresh
) -> None:
    running = walk.initial("draft")
    make_sound(session, drafted(session, walk), actor=walk.who("petra"), now=walk.now)
    session.commit()
    helen = client_for("helen")
    assert "City Council" not in helen.get("/policy/draft/adopt").text
    answer = post(helen, "/policy/draft/adopt", SOUND)
    assert answer.status_code == 303, answer.text
    later_one = walk.initial("draft", title="Sensors in the park")
    session.commit()
    with fresh() as later:
        versions = later.scalars(select(PolicyVersion).order_by(PolicyVersion.number)).all()
        assert [version.status for version in versions] == ["superseded", "adopted"]
        assert versions[1].instrument == "Resolution 2026-31"
        assert later.get_one(Assessment, running.id).policy_version.number == 1
        assert later.get_one(Assessment, later_one.id).policy_version.number == 2
        events = later.scalars(select(AuditEvent).where(AuditEvent.aggregate_kind == "policy").order_by(AuditEvent.id))
        told = [(event.event, event.actor_name) for event in events]
        notices = later.scalars(select(OutboxJob).where(OutboxJob.kind == "notice")).all()
    assert told[0] == ("policy:drafted", "Petra Privacy")
    assert told[-2:] == [("policy:superseded", "PIA Engine"), ("policy:adopted", "Helen Senior")]
    assert {job.payload["event"] for job in notices if job.payload["kind"] == "policy"} == {"policy:adopted"}
    page = client_for("amara").get("/policy").text
    assert "Version 2" in page
    assert "City Council, Resolution 2026-31" in page
    assert "We name our laws now." in page
    assert "replaced since by a newer version" in client_for("amara").get("/policy/versions/1").text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"instrument": " "}, "Name the decision that adopts this version"),
        ({"adopted_by": ""}, "Say who adopted this version."),
        ({"changes": ""}, "Say in a few words what has changed, and why."),
        ({"adopted_on-day": "31", "adopted_on-month": "12", "adopted_on-year": "2026"}, "lies ahead"),
        ({"adopted_on-year": "2019"}, "lies before the day the present version was adopted"),
        ({"adopted_on-month": "13"}, "month"),
    ],
)
def test_an_incomplete_adoption_is_refused(
    session: Session, walk: Walk, client_for: Clients, fresh: Fresh, fields: dict[str, str], sentence: str
) -> None:
    make_sound(session, drafted(session, walk), actor=walk.who("petra"), now=walk.now)
    session.commit()
    answer = post(client_for("helen"), "/policy/draft/adopt", {**SOUND, **fields})
    assert answer.status_code == 422
    assert sentence in answer.text
    with fresh() as later:
        assert later.scalars(select(PolicyVersion).where(PolicyVersion.status == "adopted")).one().number == 1


def test_who_began_the_draft_cannot_adopt_it(session: Session, walk: Walk, client_for: Clients) -> None:
    draft = drafted(session, walk, "helen")
    make_sound(session, draft, actor=walk.who("petra"), now=walk.now)
    session.commit()
    helen = client_for("helen")
    answer = post(helen, "/policy/draft/adopt", SOUND)
    assert answer.status_code == 403
    assert "You began this draft, so you cannot adopt it" in answer.text
    assert "You began this draft, so you cannot adopt it" in helen.get("/policy/draft").text


def test_a_withdrawn_draft_is_kept_and_its_number_is_not_used_again(
    session: Session, walk: Walk, client_for: Clients
) -> None:
    drafted(session, walk)
    petra = client_for("petra")
    assert post(petra, "/policy/draft/withdraw", {"reason": " "}).status_code == 422
    assert post(petra, "/policy/draft/withdraw", {"reason": "The council waits for the new law."}).status_code == 303
    assert "never was in force" in petra.get("/policy/versions/2").text
    assert "The council waits for the new law." in petra.get("/policy/versions/2").text
    assert client_for("amara").get("/policy/versions/2").status_code == 403
    assert post(petra, "/policy/draft").status_code == 303
    assert petra.get("/policy/versions/3").status_code == 200
