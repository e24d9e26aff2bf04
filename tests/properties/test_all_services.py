"""Every service in any order as anybody: whatever is tried, the rules a city relies on are never broken.

The machine tries steps as random people on random records, mostly as somebody who could, sometimes as anybody; what
is refused must change nothing, what succeeds must stand in the audit trail once.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import os
import random
import sqlite3
from collections.abc import Callable, Iterator
from typing import cast

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from pia_engine import clock
from pia_engine.errors import PiaError
from pia_engine.jobs.sweep import PARTS
from pia_engine.models import Assessment, AuditEvent, Base, Commitment, Initiative, Publication, SignOff, WorkflowRecord
from pia_engine.permissions.people import RULES
from pia_engine.permissions.roles import SYSTEM, Actor, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.loading import load_catalogue
from pia_engine.services.audit import verify_trail
from pia_engine.services.people import designate
from pia_engine.services.places import CLASSES
from pia_engine.services.sign_offs import sign_offs_in_force
from pia_engine.services.workflow import check_action
from pia_engine.workflows.machine import WORKFLOWS, Transition
from tests.factories import governance
from tests.factories.people import PERSONAS, acting, department, found_test_city, persona
from tests.factories.verbs import VERBS as ASSESSING
from tests.factories.verbs import Try, ask_vendor, draft_policy, register
from tests.factories.verbs_of_governance import BEGINNINGS, GOVERNING
from tests.factories.walks import FULL_STATUSES, START, Walk

BY_LINK = {"begin", "attest"}
OF_THE_CALENDAR = {"call", "cancel", "expire", "call_review"}
"""Steps of the product that follow from the day, or from another record's step, and so have no verb of their own."""
FOLLOWS = {
    ("initiative", "clear"),
    ("initiative", "refuse"),
    ("initiative", "reassess"),
    ("full_assessment", "carry_signature"),
    ("full_assessment", "supersede"),
    ("policy", "supersede"),
}
WHO_BEGINS = {
    "ask_for_an_exception": "amara",
    "report_a_cause": "sofia",
    "withhold_something": "petra",
    "promise_something": "petra",
    "plan_a_programme_audit": "helen",
    "propose_a_disposal": "petra",
    "write_a_report": "petra",
    "answer_a_finding": "amara",
}
CATALOGUE = load_catalogue(None)
AFTERWARDS = START + dt.timedelta(days=500)
VERBS = {**ASSESSING, **GOVERNING}
people = st.sampled_from(sorted(PERSONAS))
numbers = st.integers(0, 2**16)


def test_every_step_somebody_takes_is_among_the_verbs() -> None:
    steps = {(name, row.action) for name, workflow in WORKFLOWS.items() for row in workflow.transitions}
    left_out = {step for step in steps - VERBS.keys() - FOLLOWS if step[1] not in OF_THE_CALENDAR}
    assert left_out == set()


@functools.cache
def populated() -> Engine:
    """A city with something in every workflow, made once: without it, few examples would come to the later ones."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    with Session(engine, info={"catalogue": CATALOGUE}, expire_on_commit=False) as session, clock.frozen(START):
        found_test_city(session, password_hash="")
        walk = Walk(session)
        for status in ("draft", "in_review", "awaiting_decision", "approved", "published"):
            walk.full(status, title=f"Counters, {status}")
        walk.vendor(walk.full(title="Sensors"), "in_progress")
        walk.initial("submitted", "Displays")
        for name, make in governance.makers().items():
            make(walk, WORKFLOWS[name].initial)
        _give_more_roles(session)
        session.commit()
        assert walk.now < AFTERWARDS
    return engine


def _give_more_roles(session: Session) -> None:
    """The author could judge, were it not their own text, and those who judge could write."""
    streets = department(session, "mobility")
    more = [("amara", role, None) for role in (Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL, Role.EXECUTIVE)]
    more += [("amara", Role.AUDITOR, None), ("helen", Role.AGENCY_OFFICIAL, streets)]
    for first, role, where in [*more, ("petra", Role.AGENCY_OFFICIAL, streets)]:
        terms = {"designated_by": "Mayor", "instrument": "Order 2/2026", "from_on": START.date()}
        designate(session, persona(session, first), role, department=where, actor=SYSTEM, now=START, **terms)


class AnyOrder(RuleBasedStateMachine):
    """One city in memory. Steps that are refused are rolled back, as a request would be."""

    @initialize()
    def found(self) -> None:
        self.engine = create_engine("sqlite://", poolclass=StaticPool)
        template = populated()
        with template.connect() as known, self.engine.connect() as own:
            cast(sqlite3.Connection, known.connection.driver_connection).backup(
                cast(sqlite3.Connection, own.connection.driver_connection)
            )
        self.session = Session(self.engine, info={"catalogue": CATALOGUE}, expire_on_commit=False)
        self.now = AFTERWARDS

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.close()
            self.engine.dispose()

    @rule(who=people, choice=numbers)
    def somebody_registers(self, who: str, choice: int) -> None:
        with self.attempted(who, choice) as attempt:
            register(attempt)

    @rule(who=people)
    def somebody_drafts_a_policy(self, who: str) -> None:
        with self.attempted(who, 0) as attempt:
            draft_policy(attempt)

    @precondition(lambda self: self.session.scalar(select(func.count(Initiative.id))))
    @rule(begin=st.sampled_from(BEGINNINGS), who=numbers, choice=numbers)
    def somebody_begins_something_else(self, begin: Callable[[Try], object], who: int, choice: int) -> None:
        """Whatever keeps the programme alive; mostly by somebody who could."""
        first = WHO_BEGINS[begin.__name__] if who % 4 else sorted(PERSONAS)[who % len(PERSONAS)]
        with self.attempted(first, choice, may_change_nothing=True) as attempt:
            begin(attempt)

    @rule(status=st.sampled_from(FULL_STATUSES), residual=st.sampled_from(("low", "high")))
    def an_assessment_goes_its_way(self, status: str, residual: str) -> None:
        """Without this, few examples would come far: a way through the house as its people would take it."""
        walk = Walk(self.session, self.now)
        with clock.frozen(self.now):
            walk.full(status, residual=residual)
        self.now = walk.now
        self.session.commit()

    @rule(who=people, choice=numbers, record=numbers)
    def somebody_answers(self, who: str, choice: int, record: int) -> None:
        found = self.chosen(record)
        if getattr(found, "sheet", None) is None:
            return
        with self.attempted(who, choice, may_change_nothing=True) as attempt:
            roles = frozenset(str(role) for role in attempt.actor.roles)
            Walk(self.session, self.now).answer(found, {}, roles=roles, actor=attempt.actor)  # type: ignore[arg-type]

    @rule(who=people, record=numbers)
    def somebody_asks_a_vendor(self, who: str, record: int) -> None:
        found = self.chosen(record)
        if isinstance(found, Assessment):
            with self.attempted(who, 0) as attempt:
                ask_vendor(found, attempt)

    @rule(steps=st.lists(st.tuples(numbers, numbers, numbers, numbers), min_size=1, max_size=8))
    def people_take_steps_that_are_due(self, steps: list[tuple[int, int, int, int]]) -> None:
        """Each a step from the present status, by somebody the rules let take it where there is anybody."""
        for record, step, who, choice in steps:
            found = self.chosen(record)
            rows = WORKFLOWS[found.workflow_name].actions_from(found.status) if found is not None else ()
            if found is not None and rows:
                row = rows[step % len(rows)]
                able = [first for first in sorted(PERSONAS) if self.is_able(first, found, row)] or sorted(PERSONAS)
                self.take(found, row, able[who % len(able)], choice)

    @rule(record=numbers, step=numbers, who=people, choice=numbers)
    def anybody_takes_any_step(self, record: int, step: int, who: str, choice: int) -> None:
        found = self.chosen(record)
        if found is not None:
            rows = WORKFLOWS[found.workflow_name].transitions
            self.take(found, rows[step % len(rows)], who, choice)

    @precondition(lambda self: self.now < AFTERWARDS + dt.timedelta(days=4000))
    @rule(days=st.integers(1, 200))
    def days_pass(self, days: int) -> None:
        self.now += dt.timedelta(days=days)
        with clock.frozen(self.now):
            for part in PARTS.values():
                while part(self.session, now=self.now):
                    pass
        self.session.commit()

    @invariant()
    def nobody_approves_what_they_wrote(self) -> None:
        rows = self.session.execute(select(SignOff.person_id, Assessment.author_id).join(SignOff.assessment))
        assert [row for row in rows if row[0] == row[1]] == []
        closed = self.session.execute(select(Commitment.closed_by, Commitment.author_id))
        assert [row for row in closed if row[0] == row[1]] == []

    @invariant()
    def nothing_is_published_without_the_sign_offs_that_cover_it(self) -> None:
        for published in self.session.scalars(select(Publication)):
            signed = sign_offs_in_force(self.session, published.assessment)
            assert {each.position for each in signed} == {1, 2}, published.reference
            assert len({each.person_id for each in signed}) == 2

    @invariant()
    def the_chain_verifies(self) -> None:
        assert list(verify_trail(self.session)) == []

    def take(self, record: WorkflowRecord, row: Transition, who: str, choice: int) -> None:
        verb = VERBS.get((record.workflow_name, row.action))
        if verb is None:
            return
        name, before, events = record.workflow_name, record.status, self.count_of(record, row.event)
        is_system = _is_system(row)
        repeatable = is_system or row.action in BY_LINK
        with self.attempted(who, choice, is_system=is_system, may_change_nothing=repeatable) as attempt:
            verb(record, attempt)
            if repeatable and self.count_of(record, row.event) == events:
                return  # what is done twice does nothing the second time
            assert before in row.sources
            assert row.action in BY_LINK or attempt.actor.roles & RULES[Permission(row.permission)].roles
            assert self.count_of(record, row.event) == events + 1
            assert before not in WORKFLOWS[name].final

    @contextlib.contextmanager
    def attempted(
        self, who: str, choice: int, *, is_system: bool = False, may_change_nothing: bool = False
    ) -> Iterator[Try]:
        """Kept when it succeeds; when it is refused, nothing of it is left, not even in the trail."""
        self.now += dt.timedelta(minutes=1)
        actor = SYSTEM if is_system else acting(self.session, who, self.now)
        before = self.count()
        with clock.frozen(self.now):
            try:
                yield Try(self.session, actor, self.now, choice)
                self.session.commit()
            except PiaError:
                self.session.rollback()
                assert self.count() == before
                return
        assert may_change_nothing or self.count() > before

    def is_able(self, first: str, record: WorkflowRecord, row: Transition) -> bool:
        actor: Actor = acting(self.session, first, self.now)
        with clock.frozen(self.now), contextlib.suppress(PiaError):
            check_action(self.session, record, row.action, actor=actor)
            return True
        return False

    def chosen(self, seed: int) -> WorkflowRecord | None:
        """One of the newest of some kind; small numbers, which examples are full of, lead to any of them as well."""
        picked = random.Random(seed)
        kinds = list(dict.fromkeys(CLASSES.values()))
        picked.shuffle(kinds)
        for mapped in kinds:
            found = self.session.scalars(select(mapped).order_by(mapped.created_at.desc()).limit(6)).all()
            if found:
                return picked.choice(found)
        return None

    def count(self) -> int:
        return self.session.scalar(select(func.count(AuditEvent.id))) or 0

    def count_of(self, record: WorkflowRecord, event: str) -> int:
        query = select(func.count(AuditEvent.id)).where(AuditEvent.aggregate_id == record.id, AuditEvent.event == event)
        return self.session.scalar(query) or 0


def _is_system(row: Transition) -> bool:
    return RULES[Permission(row.permission)].roles == {Role.SYSTEM}


# The same examples each time: a chance find belongs to whoever runs more of them (PIA_EXAMPLES), not to somebody's CI.
# Shrinking is left out: it takes longer than reading the steps of a failure, which are printed.
EXAMPLES = int(os.environ.get("PIA_EXAMPLES", "0"))
AnyOrder.TestCase.settings = settings(
    max_examples=EXAMPLES or 8,
    derandomize=not EXAMPLES,
    stateful_step_count=40,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestAnyOrder = pytest.mark.timeout(900)(AnyOrder.TestCase)
