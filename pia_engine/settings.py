"""One typed settings object: environment variables `PIA_…` over `instance/config.py` over these defaults.

What belongs to the city (its name, colours, policy) is a record, not a setting; see `models.city`.
"""

from __future__ import annotations

import os
import runpy
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from pia_engine.errors import N_, Invalid

_PACKAGE = Path(__file__).resolve().parent

ATTACHMENT_KINDS = ("pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "csv", "txt", "png", "jpeg", "webp")


def instance_folder() -> Path:
    """`PIA_INSTANCE`, else `instance/` beside the checkout, else `instance/` where the command runs."""
    named = os.environ.get("PIA_INSTANCE")
    if named:
        return Path(named).resolve()
    checkout = _PACKAGE.parent
    return (checkout if (checkout / "setup.cfg").exists() else Path.cwd()) / "instance"


class _InstanceFile(PydanticBaseSettingsSource):
    """`instance/config.py`: upper-case names without the `PIA_` prefix."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        path = instance_folder() / "config.py"
        if not path.exists():
            return {}
        try:
            names = runpy.run_path(str(path))
        except SyntaxError as wrong:
            raise Invalid(
                N_("%(file)s, line %(line)s: this is not valid Python. Mend the line and start again."),
                file=path,
                line=wrong.lineno,
            ) from wrong
        return {name.lower(): value for name, value in names.items() if name.isupper()}


class Settings(BaseSettings):
    """Every setting, with what it is for. `docs/reference/settings.md` lists them; a test compares."""

    model_config = SettingsConfigDict(env_prefix="PIA_", extra="forbid", frozen=True)

    instance: Path = Field(
        default_factory=instance_folder, description="Folder of the city's data, keys and configuration."
    )
    database_url: str = Field("", description="SQLAlchemy URL; empty means SQLite at instance/pia.db.")
    public_url: str = Field(
        "http://127.0.0.1:8000", description="Address people reach the site at, without a final slash."
    )
    secret_key_file: Path | None = Field(None, description="File holding the secret key; default instance/secret.key.")
    smtp_url: str = Field(
        "", description="smtp://user:password@host:port or smtps://…; empty keeps messages in instance/mail/."
    )
    mail_from: str = Field("privacy-office@localhost", description="Sender of messages.")
    host: str = Field("127.0.0.1", description="Address `pia serve` listens on.")
    port: int = Field(8000, description="Port `pia serve` listens on.")
    session_hours: int = Field(8, ge=1, le=72, description="Hours after which a signed-in person must sign in again.")
    rate_limit_storage: str = Field("memory://", description="Where request counts are kept: memory:// or redis://….")
    sign_in_limit: str = Field(
        "10 per minute", description="Refused sign-ins and requests for a new password allowed from one address."
    )
    trusted_proxies: int = Field(
        0, ge=0, description="Reverse proxies in front whose X-Forwarded-For and -Proto headers are believed."
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    attachment_kinds: str = Field(
        " ".join(ATTACHMENT_KINDS), description="Kinds of file that may be attached, with blanks between them."
    )
    attachment_megabytes: int = Field(20, ge=1, le=1000, description="Megabytes one attached file may have.")
    assessment_megabytes: int = Field(
        200, ge=1, le=100_000, description="Megabytes all files attached to one assessment may have together."
    )
    clamav_url: str = Field(
        "",
        pattern=r"^(tcp://[^/\s]+|unix:///\S+)?$",
        description="ClamAV daemon that scans attached files: tcp://host:3310 or unix:///run/clamav/clamd.ctl; "
        "empty means they are not scanned.",
    )
    clamav_seconds: int = Field(
        60, ge=1, le=600, description="Seconds the scanner may take for one file before the file is refused."
    )

    seal_pkcs12_file: Path | None = Field(
        None, description="PKCS#12 file with the city's seal from another authority; empty means the key folder's seal."
    )
    seal_passphrase_file: Path | None = Field(None, description="File holding the passphrase of the PKCS#12 file.")
    seal_pkcs11_module: Path | None = Field(
        None, description="Module (.so) of the PKCS#11 token that holds the seal's key; empty means no token."
    )
    seal_pkcs11_token: str = Field("", description="Name (label) of the token.")
    seal_pkcs11_label: str = Field("", description="Label of the seal's key, and of its certificate, on the token.")
    seal_pin_file: Path | None = Field(None, description="File holding the token's PIN.")
    seal_certificate_file: Path | None = Field(
        None, description="The seal's certificate, when the token holds only its key."
    )
    tsa_urls: str = Field(
        "",
        pattern=r"^(https?://\S+(\s+https?://\S+)*)?$",
        description="Outside RFC 3161 time-stamp authorities, with blanks between them, asked in this order; "
        "empty means the city stamps by itself.",
    )

    @field_validator("attachment_kinds")
    @classmethod
    def _are_known_kinds(cls, kinds: str) -> str:
        unknown = sorted(set(kinds.split()) - set(ATTACHMENT_KINDS))
        if unknown or not kinds.split():
            known = " ".join(ATTACHMENT_KINDS)
            raise ValueError(f"name kinds of file from this list: {known} (not known: {' '.join(unknown)})")
        return kinds

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _InstanceFile(settings_cls)

    @property
    def database(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.instance / 'pia.db'}"

    @property
    def keys_folder(self) -> Path:
        return self.instance / "keys"

    @property
    def tsa_addresses(self) -> tuple[str, ...]:
        return tuple(self.tsa_urls.split())

    @property
    def secret_key_path(self) -> Path:
        return self.secret_key_file or self.instance / "secret.key"

    @property
    def mail_folder(self) -> Path:
        return self.instance / "mail"

    @property
    def documents_folder(self) -> Path:
        """Content-addressed files: signed PDFs and public records."""
        return self.instance / "documents"

    @property
    def attachments_folder(self) -> Path:
        """Attached files, content-addressed too, but apart from what is published."""
        return self.documents_folder / "attachments"

    @property
    def public_folder(self) -> Path:
        """Published pages as bytes, served ahead of Flask."""
        return self.instance / "public"

    @property
    def questionnaires_folder(self) -> Path:
        """The city's own questionnaires; may be absent."""
        return self.instance / "questionnaires"

    @property
    def uses_https(self) -> bool:
        return self.public_url.startswith("https://")
