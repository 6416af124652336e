"""What the value of a setting may be, and how it is written; reads neither environment nor file."""

import base64
import json
import re
from pathlib import Path
from typing import Any

from pydantic import AfterValidator, SecretStr

from aurora.accounts.person import Role

SHORTEST_CALL_CODE = 12
SPEECH_RATES = {"slow": 0.85, "medium": 1.0, "fast": 1.15}
"""Words for a rate, as a factor of the voice's own speed."""
SHORTEST_KEY = 24
"""Characters of a secret that signs."""


def rate(value: Any) -> float:
    try:
        factor = SPEECH_RATES.get(str(value).lower()) or float(value)
    except ValueError:
        factor = 0.0
    if not 0.5 <= factor <= 2.0:
        raise ValueError("give slow, medium, fast or a factor from 0.5 to 2.0")
    return factor


def speech_timeout(value: str) -> str:
    if value != "auto" and not (value.isdecimal() and 1 <= int(value) <= 60):
        raise ValueError("give auto or whole seconds from 1 to 60")
    return value


def language_list(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except json.JSONDecodeError as error:
            raise ValueError('give languages such as es,fr or ["es", "fr"]') from error
    return [part.strip() for part in value.split(",") if part.strip()]


def web_address(what: str) -> AfterValidator:
    """Return a check that takes http:// too: a server in the plant may have no TLS."""

    def check(value: str) -> str:
        if not re.match(r"https?://[^/\s]", value):
            raise ValueError(f"give {what}")
        return value.rstrip("/")

    return AfterValidator(check)


MODEL_ADDRESS = web_address(
    "the address of the model's server with https:// or http:// and its /v1, "
    "such as https://api.cerebras.ai/v1 or http://localhost:8000/v1"
)
PUBLIC_ADDRESS = web_address("the address Twilio calls, such as https://line.example.com")
TWILIO_ADDRESS = web_address("the address of Twilio's REST API: https://api.twilio.com")


def existing_path(path: Path) -> Path:
    if not path.exists():
        raise ValueError(f"{path} does not exist; give a site.yaml or its directory")
    return path


def database_url(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith(("postgresql://", "postgres://", "sqlite:///")):
        raise ValueError("give postgresql://user:password@host/name, or leave it empty for SQLite")
    return value


def key(value: Any) -> str:
    key = {"space": " ", "enter": "\n", "tab": "\t"}.get(str(value).lower(), str(value))
    if len(key) != 1 or key.isdigit():
        raise ValueError("give space, enter, tab or one character that is no digit")
    return key


def call_code(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < SHORTEST_CALL_CODE:
        raise ValueError(f"give at least {SHORTEST_CALL_CODE} characters: it can be guessed at")
    return value


def urls_by_name(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    urls: dict[str, str] = {}
    for pair in value.split():
        name, is_pair, url = pair.partition("=")
        if not is_pair or not re.fullmatch(r"[a-z0-9][a-z0-9_]*", name) or ":" not in url:
            raise ValueError("give name=url pairs with spaces between; write a space as %20")
        urls[name] = url
    return urls


def issuer(value: str) -> str:
    local = ("http://127.0.0.1", "http://localhost", "http://[::1]")
    if not value.startswith(("https://", *local)):
        raise ValueError("give the provider's https:// address, as in its ID tokens")
    return value


def roles_by_value(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    pairs = [pair.rpartition("=") for pair in value.split()]
    if any(not name or role not in list(Role) for name, _, role in pairs):
        raise ValueError("give group=role pairs with spaces between; roles: viewer operator admin")
    return {name: Role(role) for name, _, role in pairs}


def long_enough(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < SHORTEST_KEY:
        raise ValueError(f"give at least {SHORTEST_KEY} characters, such as openssl rand -hex 32")
    return value


def webhook_secret(value: SecretStr) -> SecretStr:
    try:
        base64.b64decode(value.get_secret_value().removeprefix("whsec_"), validate=True)
    except ValueError as error:
        if value.get_secret_value().startswith("whsec_"):
            raise ValueError("after whsec_ give base 64, or leave whsec_ out") from error
    return long_enough(value)


def origins(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    origins = value.lower().split()
    for origin in origins:
        if not re.fullmatch(r"https?://[^/?#@\s]+", origin):
            raise ValueError("give origins such as https://push.example.com, with spaces between")
    return origins
