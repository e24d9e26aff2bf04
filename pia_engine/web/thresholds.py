"""The threshold rules of a policy version: read, edited rule by rule in a draft, and tried on past assessments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from pia_engine import clock
from pia_engine.errors import N_, NotFound, NotPossible, Stale
from pia_engine.extensions import db
from pia_engine.forms.actions import PlainForm
from pia_engine.forms.thresholds import DefaultForm, RulePage, check_rule, pressed, read_draft, rule_page
from pia_engine.models import PolicyVersion
from pia_engine.permissions.people import may
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.conditions import clause, describe
from pia_engine.questionnaires.definition import Rule
from pia_engine.questionnaires.parsing import parse_condition
from pia_engine.questionnaires.rule_drafts import RuleDraft, document_of, draft_of
from pia_engine.questionnaires.threshold_documents import find_rule
from pia_engine.services import thresholds
from pia_engine.services.policies import get_policy
from pia_engine.services.thresholds import RuleBook, UnsoundRules, get_rule_book
from pia_engine.services.what_if import try_rules
from pia_engine.web.access import actor, needs
from pia_engine.web.error_pages import say
from pia_engine.web.outcomes import outcome_names
from pia_engine.web.parking import take_parked
from pia_engine.workflows.policy import Status

blueprint = Blueprint("thresholds", __name__, url_prefix="/policy/versions/<int(max=99999):number>/thresholds")

PAGE_SIZE = 25
STEPS = {"up": -1, "down": 1}


@blueprint.get("")
@needs(Permission.POLICY_VIEW)
def index(number: int) -> ResponseReturnValue:
    """All rules of a version in words, with the ways to change them while it is a draft."""
    policy = get_policy(db.session, number, actor=actor())
    book = get_rule_book(db.session, policy)
    return render_template(
        "thresholds/index.html",
        policy=policy,
        book=book,
        names=outcome_names(),
        rules=[_in_words(rule, book) for rule in book.thresholds.rules],
        may_edit=policy.status == Status.DRAFT and may(actor(), Permission.POLICY_DRAFT),
        may_try=may(actor(), Permission.POLICY_VIEW_DRAFT),
    )


def _in_words(rule: Rule, book: RuleBook) -> dict[str, Any]:
    names = outcome_names()
    if rule.points_needed is not None:
        when = ngettext("when %(num)s point has come together", "when %(num)s points have come together",
                        rule.points_needed)  # fmt: skip
    else:
        when = describe(rule.when, book.questionnaire).translated(_) if rule.when else ""
    leads = names[rule.outcome] if rule.outcome else ngettext("%(num)s point", "%(num)s points", rule.points)
    return {"id": rule.id, "because": rule.because, "source": rule.source, "when": when, "leads": leads}


def _find_in_words(rule_id: str, book: RuleBook) -> dict[str, Any] | None:
    """The stored rule of this id; None for one that is not stored yet."""
    return next((_in_words(rule, book) for rule in book.thresholds.rules if rule.id == rule_id), None)


@blueprint.route("/new-rule", methods=["GET", "POST"])
@needs(Permission.POLICY_DRAFT)
def add(number: int) -> ResponseReturnValue:
    return _edit(_draft(number), "")


@blueprint.route("/rules/<rule_id>", methods=["GET", "POST"])
@needs(Permission.POLICY_DRAFT)
def edit(number: int, rule_id: str) -> ResponseReturnValue:
    return _edit(_draft(number), rule_id)


def _draft(number: int) -> PolicyVersion:
    policy = get_policy(db.session, number, actor=actor())
    if policy.status != Status.DRAFT:
        raise NotPossible(N_("This version is no draft, so its rules cannot be changed. Begin a new draft."))
    return policy


def _edit(draft: PolicyVersion, rule_id: str) -> ResponseReturnValue:
    """Show the form of a rule, change its shape by a button, or save it."""
    book = get_rule_book(db.session, draft)
    stored = draft_of(find_rule(book.document, rule_id), book.questionnaire) if rule_id else RuleDraft()
    parked = take_parked() if request.method == "GET" else None
    fields = request.form if request.method == "POST" else parked
    if fields is None:
        return _rule_form(draft, rule_id, _page(stored, book), stored)
    given = read_draft(fields, kept=stored.kept)
    changed = pressed(fields, given)
    seen, token = fields.get("seen", ""), fields.get("csrf_token", "")
    page = _page(changed or given, book, seen=seen, token=token)
    if changed is not None or parked is not None:
        return _rule_form(draft, rule_id, page, given)
    if not check_rule(page, given):
        return _rule_form(draft, rule_id, page, given), 422
    return _save(draft, rule_id, page, document_of(given, rule_id, book.questionnaire), given=given)


def _save(
    draft: PolicyVersion, rule_id: str, page: RulePage, rule: dict[str, Any], *, given: RuleDraft
) -> ResponseReturnValue:
    seen = page.form["seen"].data
    try:
        thresholds.save_rule(db.session, draft, rule, seen=seen, actor=actor(), now=clock.now())
    except UnsoundRules as refusal:
        db.session.rollback()
        page.form.form_errors.extend(refusal.problems)
        return _rule_form(draft, rule_id, page, given), 422
    except Stale as refusal:
        db.session.rollback()
        page.form.form_errors.append(f"{say(refusal)} {_('What you wrote stands below. Save again to keep it.')}")
        book = get_rule_book(db.session, draft)
        page.form["seen"].data = book.digest
        return _rule_form(draft, rule_id, page, given, theirs=_find_in_words(rule_id, book)), 409
    db.session.commit()
    flash(_("The rule is saved in the draft. It holds once the version is adopted."), "success")
    return _to_index(draft)


def _page(draft: RuleDraft, book: RuleBook, *, seen: str = "", token: str = "") -> RulePage:
    offered = list(outcome_names().items())
    return rule_page(draft, book.questionnaire, outcomes=offered, seen=seen or book.digest, token=token)


def _rule_form(
    draft: PolicyVersion, rule_id: str, page: RulePage, given: RuleDraft, *, theirs: Mapping[str, Any] | None = None
) -> str:
    """The form of a rule; after a conflict with the rule as it is stored beside it."""
    book = get_rule_book(db.session, draft)
    kept = clause(parse_condition(given.kept), book.questionnaire).translated(_) if given.kept else ""
    return render_template(
        "thresholds/rule.html",
        policy=draft,
        rule_id=rule_id,
        form=page.form,
        groups=page.groups,
        kept=kept,
        theirs=theirs,
    )


@blueprint.route("/rules/<rule_id>/remove", methods=["GET", "POST"])
@needs(Permission.POLICY_DRAFT)
def remove(number: int, rule_id: str) -> ResponseReturnValue:
    """Ask before a rule goes, then let it go."""
    draft = _draft(number)
    book = get_rule_book(db.session, draft)
    form = PlainForm()
    if form.validate_on_submit():
        return _change(draft, lambda seen: thresholds.remove_rule(
            db.session, draft, rule_id, seen=seen, actor=actor(), now=clock.now()
        ), _("The rule is removed from the draft."))  # fmt: skip
    rule = find_rule(book.document, rule_id)
    shown = next(_in_words(each, book) for each in book.thresholds.rules if each.id == rule["id"])
    return render_template("thresholds/remove.html", policy=draft, rule=shown, form=form, seen=book.digest)


@blueprint.post("/rules/<rule_id>/move")
@needs(Permission.POLICY_DRAFT)
def move(number: int, rule_id: str) -> ResponseReturnValue:
    draft, step = _draft(number), STEPS.get(request.form.get("step", ""))
    if step is None:
        raise NotFound(N_("There is no such step here."))
    return _change(draft, lambda seen: thresholds.move_rule(
        db.session, draft, rule_id, by=step, seen=seen, actor=actor(), now=clock.now()
    ), _("The rule is moved."))  # fmt: skip


@blueprint.route("/default", methods=["GET", "POST"])
@needs(Permission.POLICY_DRAFT)
def default(number: int) -> ResponseReturnValue:
    """Which outcome stands when no rule fires."""
    draft = _draft(number)
    book = get_rule_book(db.session, draft)
    form = DefaultForm(data={"default": book.document["default"]})
    form.offer(list(outcome_names().items()))
    if form.validate_on_submit():
        return _change(draft, lambda seen: thresholds.change_default(
            db.session, draft, form["default"].data, seen=seen, actor=actor(), now=clock.now()
        ), _("The outcome without any rule is changed in the draft."))  # fmt: skip
    page = render_template("thresholds/default.html", policy=draft, form=form, seen=book.digest)
    return page, 422 if form.problems() else 200


@blueprint.route("/as-shipped", methods=["GET", "POST"])
@needs(Permission.POLICY_DRAFT)
def as_shipped(number: int) -> ResponseReturnValue:
    """Ask before the city's own rules go, then go back to those of the questionnaire."""
    draft = _draft(number)
    book = get_rule_book(db.session, draft)
    form = PlainForm()
    if form.validate_on_submit():
        return _change(draft, lambda seen: thresholds.restore_shipped(
            db.session, draft, seen=seen, actor=actor(), now=clock.now()
        ), _("The draft uses the rules of the questionnaire again."))  # fmt: skip
    return render_template("thresholds/as_shipped.html", policy=draft, book=book, form=form)


def _change(draft: PolicyVersion, change: Callable[[str], None], done: str) -> ResponseReturnValue:
    """Make a change that needs no form of its own; what speaks against it is said on the list of rules."""
    try:
        change(request.form.get("seen", ""))
    except (UnsoundRules, Stale) as refusal:
        db.session.rollback()
        flash(say(refusal), "error")
        return _to_index(draft)
    db.session.commit()
    flash(done, "success")
    return _to_index(draft)


def _to_index(draft: PolicyVersion) -> ResponseReturnValue:
    return redirect(url_for(".index", number=draft.number), 303)


@blueprint.get("/try")
@needs(Permission.POLICY_VIEW_DRAFT)
def trial(number: int) -> ResponseReturnValue:
    """These rules on every initial assessment so far. Nothing is saved."""
    policy = get_policy(db.session, number, actor=actor())
    book = get_rule_book(db.session, policy)
    page = max(1, min(request.args.get("page", 1, type=int), 99_999))
    found = try_rules(db.session, book.thresholds, page=page, size=PAGE_SIZE)
    names = outcome_names()
    return render_template(
        "thresholds/trial.html",
        policy=policy,
        trial=found,
        names=names,
        matrix=[(names[before], [found.matrix[before, after] for after in names]) for before in names],
        page=page,
        pages=max(1, -(-found.changed // PAGE_SIZE)),
        page_url=lambda to: url_for(".trial", number=number, page=to),
    )
