"""Every setting, from the environment and `.env`; the only module that reads either."""

import base64
import difflib
import json
import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    NoDecode,
    SettingsConfigDict,
)

from aurora.accounts.person import Role
from aurora.errors import SettingsError
from aurora.site.duty import TelephoneNumber
from aurora.site.model import Language

SHORTEST_CALL_CODE = 12
SPEECH_RATES = {"slow": 0.85, "medium": 1.0, "fast": 1.15}
"""Words for a rate, as a factor of the voice's own speed."""
SHORTEST_KEY = 24
"""Characters of a secret that signs."""


def _rate(value: Any) -> float:
    try:
        factor = SPEECH_RATES.get(str(value).lower()) or float(value)
    except ValueError:
        factor = 0.0
    if not 0.5 <= factor <= 2.0:
        raise ValueError("give slow, medium, fast or a factor from 0.5 to 2.0")
    return factor


def _speech_timeout(value: str) -> str:
    if value != "auto" and not (value.isdecimal() and 1 <= int(value) <= 60):
        raise ValueError("give auto or whole seconds from 1 to 60")
    return value


def _language_list(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except json.JSONDecodeError as error:
            raise ValueError('give languages such as es,fr or ["es", "fr"]') from error
    return [part.strip() for part in value.split(",") if part.strip()]


def _web_address(what: str) -> AfterValidator:
    """Return a check that takes http:// too: a server in the plant may have no TLS."""

    def check(value: str) -> str:
        if not re.match(r"https?://[^/\s]", value):
            raise ValueError(f"give {what}")
        return value.rstrip("/")

    return AfterValidator(check)


MODEL_ADDRESS = _web_address(
    "the address of the model's server with https:// or http:// and its /v1, "
    "such as https://api.cerebras.ai/v1 or http://localhost:8000/v1"
)
PUBLIC_ADDRESS = _web_address("the address Twilio calls, such as https://line.example.com")
TWILIO_ADDRESS = _web_address("the address of Twilio's REST API: https://api.twilio.com")


def _existing_path(path: Path) -> Path:
    if not path.exists():
        raise ValueError(f"{path} does not exist; give a site.yaml or its directory")
    return path


def _database_url(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith(("postgresql://", "postgres://", "sqlite:///")):
        raise ValueError("give postgresql://user:password@host/name, or leave it empty for SQLite")
    return value


def _key(value: Any) -> str:
    key = {"space": " ", "enter": "\n", "tab": "\t"}.get(str(value).lower(), str(value))
    if len(key) != 1 or key.isdigit():
        raise ValueError("give space, enter, tab or one character that is no digit")
    return key


def _call_code(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < SHORTEST_CALL_CODE:
        raise ValueError(f"give at least {SHORTEST_CALL_CODE} characters: it can be guessed at")
    return value


def _urls_by_name(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    urls: dict[str, str] = {}
    for pair in value.split():
        name, is_pair, url = pair.partition("=")
        if not is_pair or not re.fullmatch(r"[a-z0-9][a-z0-9_]*", name) or ":" not in url:
            raise ValueError("give name=url pairs with spaces between; write a space as %20")
        urls[name] = url
    return urls


def _issuer(value: str) -> str:
    local = ("http://127.0.0.1", "http://localhost", "http://[::1]")
    if not value.startswith(("https://", *local)):
        raise ValueError("give the provider's https:// address, as in its ID tokens")
    return value


def _roles_by_value(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    pairs = [pair.rpartition("=") for pair in value.split()]
    if any(not name or role not in list(Role) for name, _, role in pairs):
        raise ValueError("give group=role pairs with spaces between; roles: viewer operator admin")
    return {name: Role(role) for name, _, role in pairs}


def _long_enough(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < SHORTEST_KEY:
        raise ValueError(f"give at least {SHORTEST_KEY} characters, such as openssl rand -hex 32")
    return value


def _webhook_secret(value: SecretStr) -> SecretStr:
    try:
        base64.b64decode(value.get_secret_value().removeprefix("whsec_"), validate=True)
    except ValueError as error:
        if value.get_secret_value().startswith("whsec_"):
            raise ValueError("after whsec_ give base 64, or leave whsec_ out") from error
    return _long_enough(value)


def _origins(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    origins = value.lower().split()
    for origin in origins:
        if not re.fullmatch(r"https?://[^/?#@\s]+", origin):
            raise ValueError("give origins such as https://push.example.com, with spaces between")
    return origins


class _Group(BaseSettings):
    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )


class ModelSettings(_Group):
    """The language model. Without a key the procedures speak alone."""

    api_key: SecretStr | None = Field(None, validation_alias="CEREBRAS_API_KEY")
    base_url: Annotated[str, MODEL_ADDRESS] = Field(
        "https://api.cerebras.ai/v1", validation_alias="CEREBRAS_BASE_URL"
    )
    name: str = Field("gpt-oss-120b", validation_alias="CEREBRAS_MODEL")


class TwilioSettings(_Group):
    """The telephone line. Without a token only this machine may call the webhooks."""

    account_sid: str | None = Field(None, validation_alias="TWILIO_ACCOUNT_SID")
    auth_token: SecretStr | None = Field(None, validation_alias="TWILIO_AUTH_TOKEN")
    phone_number: TelephoneNumber | None = Field(None, validation_alias="TWILIO_PHONE_NUMBER")
    public_url: Annotated[str, PUBLIC_ADDRESS] | None = Field(
        None, validation_alias="AURORA_PUBLIC_URL"
    )
    """What Twilio signs; never taken from a request's headers."""
    line: Literal["gather", "relay", "stream"] = Field("gather", validation_alias="AURORA_LINE")
    """Who listens and speaks: Twilio (gather, relay), or this machine (stream)."""
    voice: str | None = Field(None, validation_alias="TTS_VOICE")
    """Replaces the site's voice of the primary language."""
    speech_rate: Annotated[float, BeforeValidator(_rate)] = Field(
        1.0, validation_alias="SPEECH_RATE"
    )
    speech_timeout: Annotated[str, AfterValidator(_speech_timeout)] = Field(
        "auto", validation_alias="SPEECH_TIMEOUT"
    )
    api_url: Annotated[str, TWILIO_ADDRESS] = Field(
        "https://api.twilio.com", validation_alias="TWILIO_API_URL"
    )
    """Where messages and calls are asked for; another only for rehearsal."""
    gather_timeout_s: int = Field(5, ge=1, le=60, validation_alias="GATHER_TIMEOUT")

    @property
    def can_ring_and_be_answered(self) -> bool:
        """Whether people can be rung, and Twilio can reach this line about it."""
        return None not in (self.account_sid, self.auth_token, self.phone_number, self.public_url)


class SpeechSettings(_Group):
    """Ears and voice of the lines that bring sound to this machine."""

    whisper_model: str = Field("base", validation_alias="WHISPER_MODEL")
    """A packaged model or the directory of one."""
    workers: int = Field(1, ge=1, le=64, validation_alias="STT_WORKERS")
    """Processes that put speech into words, each on a core of its own."""
    speech_rate: Annotated[float, BeforeValidator(_rate)] = Field(
        1.0, validation_alias="SPEECH_RATE"
    )
    vad_aggressiveness: int | None = Field(None, ge=0, le=3, validation_alias="VAD_AGGRESSIVENESS")
    """Chooses webrtcvad in place of Silero, and how much it takes for noise."""
    silence_duration_ms: int | None = Field(
        None, ge=100, le=5_000, validation_alias="SILENCE_DURATION_MS"
    )
    """Silence that ends every turn at a kiosk; elsewhere the words decide."""


class KioskSettings(_Group):
    """The sound card of `aurora kiosk`, and how the kiosk behaves."""

    sample_rate: Annotated[
        Literal[8000, 16000, 24000, 32000, 44100, 48000], BeforeValidator(int)
    ] = Field(16000, validation_alias="SAMPLE_RATE")
    microphone: str | None = Field(None, validation_alias="AURORA_MICROPHONE")
    """Number or part of a name, as `aurora kiosk --list-devices` shows it."""
    loudspeaker: str | None = Field(None, validation_alias="AURORA_LOUDSPEAKER")
    panic_key: Annotated[str, BeforeValidator(_key)] = Field(
        " ", validation_alias="AURORA_PANIC_KEY"
    )
    wake: Literal["speech", "key"] = Field("speech", validation_alias="AURORA_KIOSK_WAKE")
    is_half_duplex: bool = Field(False, validation_alias="AURORA_HALF_DUPLEX")


class AlertSettings(_Group):
    """How people are reached beside telephone and text message."""

    signing_key: Annotated[SecretStr, AfterValidator(_long_enough)] | None = Field(
        None, validation_alias="AURORA_SIGNING_KEY"
    )
    """Signs the links in alerts and seals second steps; kept in the data directory when unset.
    Several machines of one line need the same."""
    webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] | None = Field(
        None, validation_alias="AURORA_WEBHOOK_SECRET"
    )
    """Signs outgoing webhooks and CAP messages; without one neither is sent."""
    urls: Annotated[dict[str, SecretStr], NoDecode, BeforeValidator(_urls_by_name)] = Field(
        {}, validation_alias="AURORA_ALERT_URLS"
    )
    """What a site's contacts name instead of a URL with secrets in it."""
    push_services: Annotated[list[str], NoDecode, BeforeValidator(_origins)] = Field(
        [], validation_alias="AURORA_PUSH_SERVICES"
    )
    """Origins of push services beside those of Chrome, Firefox, Safari and Edge; one that is named
    here may stand in the plant's own network."""


class ConversationSettings(_Group):
    max_exchanges: int = Field(20, ge=1, le=1000, validation_alias="MAX_CONVERSATION_LENGTH")
    """Everyday calls end politely after so many; a critical or urgent call never does."""
    primary_language: Language | None = Field(None, validation_alias="PRIMARY_LANGUAGE")
    """The site's first language when unset."""
    fallback_languages: Annotated[
        list[Language] | None, NoDecode, BeforeValidator(_language_list)
    ] = Field(None, validation_alias="FALLBACK_LANGUAGES")
    """The site's other languages when unset."""


class RecordsSettings(_Group):
    data_dir: Path = Field(Path("data"), validation_alias="AURORA_DATA_DIR")
    """Database, mirror and logs."""
    database_url: Annotated[SecretStr, AfterValidator(_database_url)] | None = Field(
        None, validation_alias="AURORA_DATABASE_URL"
    )
    """postgresql://user:password@host/name; SQLite in the data directory when unset."""

    @property
    def url(self) -> str | None:
        """The database's URL with its password in it; None for SQLite in the data directory."""
        return self.database_url.get_secret_value() if self.database_url else None


class AccessSettings(_Group):
    api_token: SecretStr | None = Field(None, validation_alias="AURORA_API_TOKEN")
    """Bearer token of the JSON API; when unset the API answers this machine only."""
    call_code: Annotated[SecretStr, AfterValidator(_call_code)] | None = Field(
        None, validation_alias="AURORA_CALL_CODE"
    )
    """What a browser elsewhere gives to call from /call; opens nothing but a call."""


class ProviderSettings(_Group):
    """An OpenID Connect provider that vouches for people; without one accounts have passwords."""

    issuer: Annotated[str, AfterValidator(_issuer)] | None = Field(
        None, validation_alias="AURORA_OIDC_ISSUER"
    )
    client_id: str | None = Field(None, validation_alias="AURORA_OIDC_CLIENT_ID")
    client_secret: SecretStr | None = Field(None, validation_alias="AURORA_OIDC_CLIENT_SECRET")
    """None for a public client: the code's proof (PKCE) is always sent."""
    role_claim: str = Field("groups", validation_alias="AURORA_OIDC_ROLE_CLAIM")
    roles: Annotated[dict[str, Role], NoDecode, BeforeValidator(_roles_by_value)] = Field(
        {}, validation_alias="AURORA_OIDC_ROLES"
    )
    """The role for each value of the claim; * for everybody the provider knows."""


class SiteSettings(_Group):
    path: Annotated[Path, AfterValidator(_existing_path)] | None = Field(
        None, validation_alias="AURORA_SITE"
    )
    """A site directory or site.yaml; the packaged example plant when unset."""


class LogSettings(_Group):
    level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(str.lower)] = (
        Field("info", validation_alias="AURORA_LOG_LEVEL")
    )
    """What is less is not logged; debug adds what the libraries say."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All groups; each part of the program is given its own."""

    site: SiteSettings
    model: ModelSettings
    twilio: TwilioSettings
    speech: SpeechSettings
    kiosk: KioskSettings
    alerts: AlertSettings
    conversation: ConversationSettings
    records: RecordsSettings
    access: AccessSettings
    provider: ProviderSettings
    log: LogSettings


GROUPS: dict[str, type[_Group]] = {
    "site": SiteSettings,
    "model": ModelSettings,
    "twilio": TwilioSettings,
    "speech": SpeechSettings,
    "kiosk": KioskSettings,
    "alerts": AlertSettings,
    "conversation": ConversationSettings,
    "records": RecordsSettings,
    "access": AccessSettings,
    "provider": ProviderSettings,
    "log": LogSettings,
}


def variables() -> set[str]:
    """Return the name of every environment variable that Aurora reads."""
    return {
        str(field.validation_alias)
        for group in GROUPS.values()
        for field in group.model_fields.values()
        if field.validation_alias
    }


def load_settings() -> Settings:
    """Return the settings; raises SettingsError naming each wrong variable and what it takes."""
    try:
        in_file = DotEnvSettingsSource(_Group).env_vars
    except UnicodeDecodeError as error:
        raise SettingsError(".env: not UTF-8; save it as UTF-8") from error
    problems = _misspelt({*os.environ, *map(str.upper, in_file)})
    groups: dict[str, _Group] = {}
    for name, group in GROUPS.items():
        try:
            groups[name] = group()
        except ValidationError as error:
            problems += _complaints(error)
    if problems:
        # A variable that two groups read is wrong once.
        raise SettingsError("\n".join(dict.fromkeys(problems)))
    return Settings(**groups)  # type: ignore[arg-type]


def _complaints(error: ValidationError) -> list[str]:
    return [
        f"{problem['loc'][0]}: {problem['msg'].removeprefix('Value error, ')}"
        for problem in error.errors(include_input=False)
    ]


def _misspelt(names: Collection[str]) -> list[str]:
    known = variables()
    return [
        f"{name}: no such setting; did you mean {guess[0]}?"
        for name in sorted(names)
        if name.startswith("AURORA_") and name not in known
        for guess in [
            difflib.get_close_matches(name, known, n=1, cutoff=0.3) or ["one of .env.example"]
        ]
    ]
