"""Accounts: what Flask-Security and Flask-Login see of a person.

The mapped `Person` knows no Flask; `Account` stands before it and hands attribute reads and writes through.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable
from typing import Any

from flask import Flask, Request, Response, current_app, g, session
from flask_login import user_logged_in, user_logged_out
from flask_security import ForgotPasswordForm, LoginForm, RoleMixin, UserMixin
from flask_security.datastore import UserDatastore
from flask_security.recoverable import send_reset_password_instructions
from sqlalchemy import func, select

from pia_engine import clock
from pia_engine.errors import N_
from pia_engine.extensions import db, limiter, security
from pia_engine.models import Person
from pia_engine.services.addresses import check_may_get_link, may_get_link
from pia_engine.settings import Settings
from pia_engine.web.mail import OutboxMail
from pia_engine.web.sessions import renew_token

_OWN = frozenset({"person"})
_LOCAL_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20]*")


class NoRoles(RoleMixin):
    """Flask-Security wants a role class; roles here are designations with dates, checked in `permissions`."""


class Account(UserMixin):
    """A person as the sign-in library sees one."""

    id: Any
    email: Any = None
    username: Any = None
    password: Any = None
    active: Any = None
    fs_uniquifier: Any = None
    person: Person

    def __init__(self, person: Person) -> None:
        object.__setattr__(self, "person", person)

    def __getattribute__(self, name: str) -> Any:
        if name in _PERSON_COLUMNS:
            return getattr(object.__getattribute__(self, "person"), name)
        return object.__getattribute__(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _OWN:
            object.__setattr__(self, name, value)
        else:
            setattr(self.person, name, value)

    @property
    def roles(self) -> list[Any]:  # type: ignore[override]
        return []


_PERSON_COLUMNS = frozenset({"id", "email", "password", "active", "fs_uniquifier", "name"})


class PeopleDatastore(UserDatastore):
    """Finds and saves people for Flask-Security in the request's own session."""

    def __init__(self) -> None:
        super().__init__(Account, NoRoles)

    def find_user(self, case_insensitive: bool = False, **by: Any) -> Account | None:
        (name, value), *_ = by.items()
        column = getattr(Person, name, None)
        if column is None:
            return None
        if name == "id":
            value = value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))
        condition = func.lower(column) == str(value).lower() if case_insensitive else column == value
        person = db.session.scalars(select(Person).where(condition)).one_or_none()
        return Account(person) if person is not None else None

    def find_role(self, role: str) -> None:
        return None

    def put(self, model: Account) -> Account:
        db.session.add(model.person)
        return model

    def delete(self, model: Account) -> None:
        raise NotImplementedError("people are deactivated, never deleted: the record names them")

    def commit(self) -> None:
        db.session.commit()


class SignInForm(LoginForm):
    """Without “remember me”: a cookie that outlives signing out would be a second key."""

    remember: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not _LOCAL_PATH.fullmatch(self.next.data or ""):
            self.next.data = ""

    def validate_next(self, field: Any) -> None:
        """No fault of the reader’s: an address elsewhere was dropped, and the way leads to `/work`."""


class ForgottenForm(ForgotPasswordForm):
    """Sends no link to an address that is too new, and says so to nobody: the page answers as to a stranger."""

    def validate(self, **kwargs: Any) -> bool:
        if not super().validate(**kwargs):
            return False
        account: Any = self.user
        if may_get_link(db.session(), account.person, now=clock.now()):
            return True
        self.email.errors = [N_("No link can be sent to this address yet.")]
        return False


_SUBJECTS = {
    "PASSWORD_NOTICE": N_("Your password was set"),
    "PASSWORD_CHANGE_NOTICE": N_("Your password was changed"),
    "PASSWORD_RESET": N_("Choose your password"),
}
_MESSAGES = {
    "GENERIC_AUTHN_FAILED": (
        N_("The e-mail address and the password do not belong together here. Check both and try again."),
        "error",
    ),
    "UNAUTHENTICATED": (N_("Sign in to see this page."), "info"),
    "PASSWORD_RESET_REQUEST": (
        N_("If %(email)s has an account here, a message with a link is on its way. Look for it in a few minutes."),
        "info",
    ),
    "PASSWORD_RESET_EXPIRED": (N_("This link is too old. Ask for a new one here."), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (
        N_("This link does not work: it was used already, or is not complete. Ask for a new one here."),
        "error",
    ),
    "PASSWORD_RESET_NO_LOGIN": (N_("Your password is set. Sign in with it."), "success"),
    "PASSWORD_CHANGE": (N_("Your password is changed. Other browsers were signed out."), "success"),
    "EMAIL_NOT_PROVIDED": (N_("Enter your e-mail address."), "error"),
    "INVALID_EMAIL_ADDRESS": (N_("This is not an e-mail address. Write it like name@example.org."), "error"),
    "PASSWORD_NOT_PROVIDED": (N_("Enter a password."), "error"),
    "PASSWORD_INVALID_LENGTH": (N_("The password needs at least %(length)s characters."), "error"),
    "RETYPE_PASSWORD_MISMATCH": (N_("The two passwords are not the same. Type them again."), "error"),
    "INVALID_PASSWORD": (N_("This is not your present password."), "error"),
    "PASSWORD_IS_THE_SAME": (N_("This is the password you have now. Choose another."), "error"),
}


def _never(_request: Request) -> Any:
    """Sign-in answers with pages, never with JSON, and no token in a header opens anything."""
    return None


def security_config(settings: Settings, *, salt: str) -> dict[str, Any]:
    """How Flask-Security is set up here."""
    return {
        "SECURITY_PASSWORD_SALT": salt,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_POST_LOGIN_VIEW": "/work",
        "SECURITY_POST_LOGOUT_VIEW": "/",
        "SECURITY_CHANGEABLE": True,
        "SECURITY_CHANGE_URL": "/account/password",
        "SECURITY_POST_CHANGE_VIEW": "/account",
        "SECURITY_RECOVERABLE": True,
        "SECURITY_RESET_URL": "/forgotten-password",
        "SECURITY_RESET_PASSWORD_WITHIN": dt.timedelta(days=1),
        "SECURITY_REGISTERABLE": False,
        "SECURITY_DEFAULT_REMEMBER_ME": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_LOGIN_USER_TEMPLATE": "accounts/sign_in.html",
        "SECURITY_CHANGE_PASSWORD_TEMPLATE": "accounts/change_password.html",
        "SECURITY_FORGOT_PASSWORD_TEMPLATE": "accounts/forgotten_password.html",
        "SECURITY_RESET_PASSWORD_TEMPLATE": "accounts/reset_password.html",
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": True,
        "SECURITY_EMAIL_SENDER": settings.mail_from,
        "SECURITY_EMAIL_HTML": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_FRESHNESS": dt.timedelta(minutes=-1),
        "SECURITY_AUTO_LOGIN_AFTER_RESET": False,
        "SECURITY_FLASH_MESSAGES": True,
        **{f"SECURITY_EMAIL_SUBJECT_{name}": subject for name, subject in _SUBJECTS.items()},
        **{f"SECURITY_MSG_{name}": message for name, message in _MESSAGES.items()},
    }


def _is_refusal(answer: Response) -> bool:
    """Many people may share one address, and each of them signs in every morning."""
    return answer.status_code not in (302, 303)


# What counts against the limit: of sign-ins those refused, of the others every try (each may send a message).
_LIMITED: dict[str, Callable[[Response], bool] | None] = {
    "security.login": _is_refusal,
    "security.forgot_password": None,
    "security.reset_password": None,
}


def _what_letters_need() -> dict[str, str]:
    """Links lead to the configured address of the application that writes the letter."""
    return {"public_url": current_app.extensions["pia-settings"].public_url}


def init_app(app: Flask) -> None:
    security._mail_util_cls = OutboxMail  # the library takes it in its constructor only
    security.init_app(
        app, PeopleDatastore(), register_blueprint=True, login_form=SignInForm, forgot_password_form=ForgottenForm
    )
    security.want_json(_never)
    app.login_manager.request_loader(_never)  # type: ignore[attr-defined]
    security.mail_context_processor(_what_letters_need)
    for endpoint, counts in _LIMITED.items():
        limited = limiter.limit(_sign_in_limit, methods=["POST"], deduct_when=counts)(app.view_functions[endpoint])
        app.view_functions[endpoint] = limited  # type: ignore[assignment]
    user_logged_in.connect(_on_sign_in, app)
    user_logged_out.connect(_on_sign_out, app)


def send_password_link(person: Person) -> None:
    """Queue a message with a link to choose a password, and commit it with whatever was changed before.

    Raises NotPossible when the person's address is too new for one.
    """
    check_may_get_link(db.session(), person, now=clock.now())
    send_reset_password_instructions(Account(person))  # type: ignore[no-untyped-call]


def _sign_in_limit() -> str:
    return str(current_app.extensions["pia-settings"].sign_in_limit)


def _on_sign_in(_app: Flask, user: Account, **_extra: Any) -> None:
    """A new token at sign-in, so a session planted before it is worth nothing afterwards."""
    renew_token()
    for planted in (session, g):
        planted.pop("csrf_token", None)
    session["person_id"] = str(user.person.id)
    g.pop("actor", None)


def _on_sign_out(_app: Flask, user: Account, **_extra: Any) -> None:
    session.clear()
    g.pop("actor", None)
