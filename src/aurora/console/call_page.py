"""The page a worker calls from, in the site's languages; the call itself is the browser line's."""

from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from typing import Any

import phonenumbers
import yaml
from fastapi import APIRouter
from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from aurora.console.headers import page_headers
from aurora.site.model import Language, Site

NAMES: dict[Language, str] = {"en": "English", "es": "Español", "fr": "Français", "de": "Deutsch"}
PREFERENCES_READ = 20
"""Of a browser's list of languages, which is the sender's to write."""


@cache
def page_words() -> dict[str, dict[str, Any]]:
    """Return the words of the page by language."""
    loader = PackageLoader("aurora.console", "")
    text, _, _ = loader.get_source(Environment(autoescape=True), "call_words.yaml")
    words: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return words


def call_page_routes(site: Site, expect_call: Callable[[], Awaitable[None]]) -> APIRouter:
    """Return GET /call: open to all, since it says nothing but how to call; calling is guarded.

    expect_call: is awaited behind the page, so that what a call needs is loaded meanwhile.
    """
    router = APIRouter()
    templates = Environment(
        loader=PackageLoader("aurora.console"), autoescape=select_autoescape(), enable_async=False
    )
    page = templates.get_template("call.html")
    desk = site.contact(site.control_room)
    words = {language: page_words()[language] for language in site.languages}

    @router.get("/call")
    async def call(request: Request) -> Response:
        language = preferred(request.headers.get("accept-language", ""), site.languages)
        body = page.render(
            site=site,
            desk=desk,
            desk_number=_as_read(desk.number),
            language=language,
            languages=[(code, NAMES[code]) for code in site.languages],
            words=words[language],
            all_words=words,
        )
        headers = page_headers() | {"Permissions-Policy": "microphone=(self)"}
        return HTMLResponse(body, headers=headers, background=BackgroundTask(expect_call))

    return router


def preferred(accepted: str, languages: Sequence[Language]) -> Language:
    """Return which of the site's languages a browser's Accept-Language asks for first."""
    weighed: list[tuple[float, Language]] = []
    for part in accepted.split(",")[:PREFERENCES_READ]:
        tag, _, weight = part.partition(";q=")
        code = tag.strip().lower().partition("-")[0]
        known = next((language for language in languages if language == code), None)
        if known is not None:
            weighed.append((_weight(weight), known))
    best = max(weighed, key=lambda item: item[0], default=(0.0, languages[0]))
    return best[1]


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def _as_read(number: str) -> str:
    """+12025550100 as +1 202-555-0100."""
    parsed = phonenumbers.parse(number, None)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
