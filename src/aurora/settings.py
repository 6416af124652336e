"""Every setting, from the environment and `.env`; the only module that reads either."""

import difflib
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    NoDecode,
    SettingsConfigDict,
)

from aurora import setting_values as values
from aurora.accounts.person import Role
from aurora.errors import SettingsError
from aurora.site.duty import TelephoneNumber
from aurora.site.model import Language


class _Group(BaseSettings):
    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )


class ModelSettings(_Group):
    """The language model. Without a key the procedures speak alone."""

    api_key: SecretStr | None = Field(None, validation_alias="CEREBRAS_API_KEY")
    base_url: Annotated[str, values.MODEL_ADDRESS] = Field(
        "https://api.cerebras.ai/v1", validation_alias="CEREBRAS_BASE_URL"
    )
    name: str = Field("gpt-oss-120b", validation_alias="CEREBRAS_MODEL")


class TwilioSettings(_Group):
    """The telephone line. Without a token only this machine may call the webhooks."""

    account_sid: str | None = Field(None, validation_alias="TWILIO_ACCOUNT_SID")
    auth_token: SecretStr | None = Field(None, validation_alias="TWILIO_AUTH_TOKEN")
    phone_number: TelephoneNumber | None = Field(None, validation_alias="TWILIO_PHONE_NUMBER")
    public_url: Annotated[str, values.PUBLIC_ADDRESS] | None = Field(
        None, validation_alias="AURORA_PUBLIC_URL"
    )
    """What Twilio signs; never taken from a request's headers."""
    line: Literal["gather", "relay", "stream"] = Field("gather", validation_alias="AURORA_LINE")
    """Who listens and speaks: Twilio (gather, relay), or this machine (stream)."""
    voice: str | None = Field(None, validation_alias="TTS_VOICE")
    """Replaces the site's voice of the primary language."""
    speech_rate: Annotated[float, BeforeValidator(values.rate)] = Field(
        1.0, validation_alias="SPEECH_RATE"
    )
    speech_timeout: Annotated[str, AfterValidator(values.speech_timeout)] = Field(
        "auto", validation_alias="SPEECH_TIMEOUT"
    )
    api_url: Annotated[str, values.TWILIO_ADDRESS] = Field(
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
    speech_rate: Annotated[float, BeforeValidator(values.rate)] = Field(
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
    panic_key: Annotated[str, BeforeValidator(values.key)] = Field(
        " ", validation_alias="AURORA_PANIC_KEY"
    )
    wake: Literal["speech", "key"] = Field("speech", validation_alias="AURORA_KIOSK_WAKE")
    is_half_duplex: bool = Field(False, validation_alias="AURORA_HALF_DUPLEX")


class AlertSettings(_Group):
    """How people are reached beside telephone and text message."""

    signing_key: Annotated[SecretStr, AfterValidator(values.long_enough)] | None = Field(
        None, validation_alias="AURORA_SIGNING_KEY"
    )
    """Signs the links in alerts and seals second steps; kept in the data directory when unset.
    Several machines of one line need the same."""
    webhook_secret: Annotated[SecretStr, AfterValidator(values.webhook_secret)] | None = Field(
        None, validation_alias="AURORA_WEBHOOK_SECRET"
    )
    """Signs outgoing webhooks and CAP messages; without one neither is sent."""
    urls: Annotated[dict[str, SecretStr], NoDecode, BeforeValidator(values.urls_by_name)] = Field(
        {}, validation_alias="AURORA_ALERT_URLS"
    )
    """What a site's contacts name instead of a URL with secrets in it."""
    push_services: Annotated[list[str], NoDecode, BeforeValidator(values.origins)] = Field(
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
        list[Language] | None, NoDecode, BeforeValidator(values.language_list)
    ] = Field(None, validation_alias="FALLBACK_LANGUAGES")
    """The site's other languages when unset."""


class RecordsSettings(_Group):
    data_dir: Path = Field(Path("data"), validation_alias="AURORA_DATA_DIR")
    """Database, mirror and logs."""
    database_url: Annotated[SecretStr, AfterValidator(values.database_url)] | None = Field(
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
    call_code: Annotated[SecretStr, AfterValidator(values.call_code)] | None = Field(
        None, validation_alias="AURORA_CALL_CODE"
    )
    """What a browser elsewhere gives to call from /call; opens nothing but a call."""


class ProviderSettings(_Group):
    """An OpenID Connect provider that vouches for people; without one accounts have passwords."""

    issuer: Annotated[str, AfterValidator(values.issuer)] | None = Field(
        None, validation_alias="AURORA_OIDC_ISSUER"
    )
    client_id: str | None = Field(None, validation_alias="AURORA_OIDC_CLIENT_ID")
    client_secret: SecretStr | None = Field(None, validation_alias="AURORA_OIDC_CLIENT_SECRET")
    """None for a public client: the code's proof (PKCE) is always sent."""
    role_claim: str = Field("groups", validation_alias="AURORA_OIDC_ROLE_CLAIM")
    roles: Annotated[dict[str, Role], NoDecode, BeforeValidator(values.roles_by_value)] = Field(
        {}, validation_alias="AURORA_OIDC_ROLES"
    )
    """The role for each value of the claim; * for everybody the provider knows."""


class SiteSettings(_Group):
    path: Annotated[Path, AfterValidator(values.existing_path)] | None = Field(
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
