"""The pages on which a questionnaire file is tried out: the section pages it will have, without a city or a record."""

from __future__ import annotations

from typing import Any

from babel import Locale, UnknownLocaleError
from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException, SecurityError

from pia_engine.errors import N_, NotFound, PiaError
from pia_engine.forms.markup import render_markdown
from pia_engine.forms.readonly import KEPT_ELSEWHERE
from pia_engine.models import Assessment
from pia_engine.models.default_rules import DEFAULT_RULES
from pia_engine.models.offers import Offers
from pia_engine.models.policy_rules import rules_of
from pia_engine.permissions.roles import NOBODY, ROLE_NAMES, Role
from pia_engine.questionnaires.definition import Questionnaire
from pia_engine.questionnaires.thresholds import evaluate
from pia_engine.questionnaires.wording import Sentence
from pia_engine.web.answering import section_page
from pia_engine.web.checking import checked_sections, next_section, section_tasks
from pia_engine.web.context import UnknownCity
from pia_engine.web.desk import Desk, Place, values_of
from pia_engine.web.error_pages import headings, say
from pia_engine.web.headers import nonce
from pia_engine.web.trial import EVERYONE, Trial
from pia_engine.workflows.outcomes import OUTCOMES

PEOPLE = (N_("Alex Example, Programme manager"), N_("Kim Example, Data analyst"), N_("Noor Example, Clerk"))
DEPARTMENTS = (N_("Example Department"), N_("Another Department"))

blueprint = Blueprint("trial", __name__)


def current_trial() -> Trial:
    trial: Trial = current_app.extensions["pia-trial"]
    return trial


@blueprint.before_app_request
def _look_at_the_file() -> ResponseReturnValue | None:
    if request.endpoint == "static":
        return None
    trial = current_trial()
    trial.look()
    if not trial.problems:
        return None
    return render_template("trial/broken.html", problems=trial.problems), 422


@blueprint.get("/")
def start() -> str:
    """What is asked, section by section."""
    trial = current_trial()
    sheet = trial.sheet()
    return render_template(
        "trial/start.html",
        questionnaire=sheet.questionnaire,
        purpose=render_markdown(sheet.questionnaire.purpose),
        tasks=section_tasks(sheet, roles=trial.answering(), section_url=_section_url),
    )


@blueprint.get("/sections/<section>")
def show(section: str) -> str:
    desk = _desk(section)
    return section_page(desk, desk.form())


@blueprint.post("/sections/<section>")
def save(section: str) -> ResponseReturnValue:
    """Keep the answers for as long as this preview runs, and go on as an assessment would."""
    trial, desk = current_trial(), _desk(section)
    form = desk.form(request.form)
    if form.rows_changed():
        return section_page(desk, form, is_changed=True)
    if not form.validate():
        return section_page(desk, form, is_changed=True), 422
    trial.keep(values_of(form, desk.section, request.form))
    flash(_("Kept until this preview is stopped."), "success")
    following = next_section(trial.sheet(), desk.section, desk.roles)
    if request.form.get("save") == "later":
        return redirect(url_for("trial.start"), 303)
    return redirect(_section_url(following.id) if following else url_for("trial.check"), 303)


@blueprint.get("/check")
def check() -> str:
    """All answers, and what is missing."""
    trial = current_trial()
    sheet = trial.sheet()
    sections = checked_sections(
        sheet,
        roles=trial.answering(),
        section_url=_section_url,
        notes=_notes(sheet.questionnaire),
        policy=example_offers().policy,
    )
    missing = [entry for part in sections for entry in part.entries if entry.is_missing]
    has_outcome = sheet.questionnaire.thresholds is not None
    return render_template(
        "trial/check.html",
        title=sheet.questionnaire.title,
        sections=sections,
        missing=missing,
        has_outcome=has_outcome,
    )


@blueprint.get("/outcome")
def outcome() -> str:
    """What the file's own threshold rules make of the answers."""
    sheet = current_trial().sheet()
    words = sheet.questionnaire
    if words.thresholds is None:
        raise NotFound(N_("This questionnaire has no threshold rules."))
    computed = evaluate(words.thresholds, sheet.answers, questionnaire=words)
    names = {name: _(text) for name, text in OUTCOMES.items()}
    return render_template(
        "trial/outcome.html",
        title=words.title,
        computed=computed,
        outcomes={name: names.get(name, name) for name in words.thresholds.outcomes},
        open_questions=[words.question(each).text for each in computed.open_questions],
        in_words=_in_words,
    )


@blueprint.post("/change")
def change() -> ResponseReturnValue:
    """Answer as somebody else, read in another language, or begin again."""
    trial = current_trial()
    if "forget" in request.form:
        trial.answers = {}
        flash(_("All answers of this preview are gone."), "success")
        return redirect(url_for("trial.start"), 303)
    role, language = request.form.get("role", ""), request.form.get("language", "")
    trial.role = role if role in trial.roles() else EVERYONE
    trial.language = language if language in trial.languages() else trial.language
    return redirect(url_for("trial.start"), 303)


@blueprint.app_context_processor
def _context() -> dict[str, Any]:
    """What the pages know in place of a city and of somebody signed in."""
    trial = current_trial()
    language = trial.language or "en"
    return {
        "city": UnknownCity(name=trial.path.name, service_name=_("Questionnaire preview")),
        "csp_nonce": nonce(),
        "lang": language,
        "text_direction": _direction(language),
        "trial": trial,
        "roles": {EVERYONE: _("Everyone who answers")} | {role: _(ROLE_NAMES[Role(role)]) for role in _roles(trial)},
        "languages": {code: _language_name(code) for code in trial.languages()} if trial.questionnaire else {},
    }


def init_app(app: Flask) -> None:
    """The pages, and one page for whatever else is asked."""
    app.register_blueprint(blueprint)
    app.register_error_handler(PiaError, _on_pia_error)
    app.register_error_handler(HTTPException, _on_http_error)


def _on_pia_error(error: PiaError) -> ResponseReturnValue:
    return render_template("trial/trouble.html", heading=say(error), sentence=""), error.status


def _on_http_error(error: HTTPException) -> ResponseReturnValue:
    is_redirect = error.code is not None and 300 <= error.code < 400
    if is_redirect or isinstance(error, SecurityError):  # asked under another name, there are no addresses to link to
        return error.get_response()
    heading, sentence = headings(error.code or 500)
    return render_template("trial/trouble.html", heading=heading, sentence=sentence), error.code or 500


def _roles(trial: Trial) -> list[str]:
    return trial.roles() if trial.questionnaire else []


def _desk(section_id: str) -> Desk:
    trial = current_trial()
    sheet = trial.sheet()
    try:
        section = sheet.questionnaire.section(section_id)
    except KeyError:
        raise NotFound(N_("This questionnaire has no such section.")) from None
    return Desk(_place(sheet.questionnaire), sheet, section, trial.answering())


def _place(questionnaire: Questionnaire) -> Place:
    return Place(
        record=Assessment(),  # no page of the preview asks anything of it
        actor=NOBODY,
        title=questionnaire.title,
        home_url=url_for("trial.start"),
        home_text=_("All sections"),
        check_url=url_for("trial.check"),
        section_url=_section_url,
        layout="layouts/trial.html",
        notes=_notes(questionnaire),
        offers=example_offers(),
        keeps_drafts=False,
    )


def example_offers() -> Offers:
    """A few people and departments, and the policy every city begins with."""
    return Offers(tuple(map(_, PEOPLE)), tuple(map(_, DEPARTMENTS)), rules_of(DEFAULT_RULES))


def _notes(questionnaire: Questionnaire) -> dict[str, list[str]]:
    left_out = _("This is filled in on a page of its own. The preview leaves that page out.")
    return {question.id: [left_out] for question in questionnaire.questions if question.type in KEPT_ELSEWHERE}


def _section_url(section_id: str) -> str:
    return url_for("trial.show", section=section_id)


def _in_words(text: str) -> str:
    return text.translated(_) if isinstance(text, Sentence) else text


def _direction(language: str) -> str:
    locale = _locale(language)
    return str(locale.text_direction) if locale else "ltr"


def _language_name(language: str) -> str:
    """The language by its own name, as its readers look for it."""
    locale = _locale(language)
    return str(locale.get_display_name()).capitalize() if locale else language


def _locale(language: str) -> Locale | None:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


def chosen_locale() -> str:
    """The language of the pages around the questions, as far as the program speaks it."""
    locale = _locale(current_trial().language)
    return str(locale) if locale else "en"
