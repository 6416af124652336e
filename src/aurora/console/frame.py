"""Render the console's pages in one frame: navigation, language, theme and headers."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from aurora import __version__
from aurora.accounts.person import Person, Role
from aurora.console.call_page import NAMES, preferred
from aurora.console.compiled import compiled_templates
from aurora.console.door import Door
from aurora.console.headers import page_headers
from aurora.console.times import Times
from aurora.console.words import CONSOLE_LANGUAGES, words_in
from aurora.escalation.plan import ChannelKind
from aurora.site.model import Language, Site, spoken


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation."""

    address: str
    name: str
    """In English; translated where it is shown."""
    role: Role = Role.VIEWER


PLACES: tuple[Place, ...] = (
    Place("/console", "Board"),
    Place("/console/map", "Map"),
    Place("/console/history", "History"),
    Place("/console/analytics", "Analytics"),
    Place("/console/procedures", "Procedures"),
    Place("/console/site", "Site"),
    Place("/console/handbook", "Handbook"),
    Place("/console/duty", "Duty"),
    Place("/console/incidents", "Incidents"),
    Place("/console/muster", "Muster"),
    Place("/console/phone", "My telephone"),
    Place("/console/accounts", "Accounts", Role.ADMIN),
)
"""In the order they are shown; each room of the console adds its own here."""


class Frame:
    """Renders templates for whoever asks."""

    def __init__(
        self,
        site: Site,
        door: Door,
        places: Sequence[Place] = PLACES,
        *,
        reached_by: Collection[ChannelKind] = (),
    ) -> None:
        """reached_by: the channels that are set up; pages say what that leaves out."""
        self._site = site
        self._door = door
        self._places = places
        self._reached_by = {kind.value for kind in reached_by}
        self._environments = {language: self._environment(language) for language in ("en",)}

    def page(
        self,
        request: Request,
        person: Person | None,
        template: str,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """Return a page; values are what its template names."""
        body = self.fragment(request, person, template, **values)
        return HTMLResponse(body, status, headers=page_headers() | (headers or {}))

    async def page_apart(
        self, request: Request, person: Person | None, template: str, **values: Any
    ) -> HTMLResponse:
        """Return a page that takes over ten milliseconds to render: callers do not wait for it.

        values: nothing that changes meanwhile.
        """
        return await asyncio.to_thread(self.page, request, person, template, **values)

    def fragment(
        self, request: Request, person: Person | None, template: str, **values: Any
    ) -> str:
        """Return a template rendered for a person: a page, or a part of one for htmx."""
        language = self.language(request, person)
        return self.render(
            language,
            template,
            person=person,
            here=request.url.path,
            places=[
                place
                for place in self._places
                if person is not None and person.role.covers(place.role)
            ],
            csrf_token=self._door.csrf_token(request),
            **values,
        )

    def render(self, language: Language, template: str, **values: Any) -> str:
        """Return a template in a language, for nobody in particular: the same bytes for many."""
        return self._in(language).get_template(template).render(language=language, **values)

    def warm(self) -> None:
        """Make every template ready in every language, so that no page has to; takes a second."""
        for language in CONSOLE_LANGUAGES:
            environment = self._in(language)
            for name in environment.list_templates(extensions=["html"]):
                environment.get_template(name)

    def language(self, request: Request, person: Person | None) -> Language:
        if person is not None:
            return person.language
        return preferred(request.headers.get("accept-language", ""), CONSOLE_LANGUAGES)

    def _in(self, language: Language) -> Environment:
        environment = self._environments.get(language)
        if environment is None:
            environment = self._environments.setdefault(language, self._environment(language))
        return environment

    def _environment(self, language: Language) -> Environment:
        environment = Environment(
            loader=PackageLoader("aurora.console"),
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
            bytecode_cache=compiled_templates(),
            # A page is of one version, also while a newer one is being installed over it.
            auto_reload=False,
        )
        environment.install_gettext_translations(words_in(language), newstyle=True)  # type: ignore[attr-defined]
        environment.globals |= {
            "site": self._site,
            "version": __version__,
            "language_name": NAMES.get,
            "reached_by": self._reached_by,
        }
        times = Times(language, self._site.timezone)
        environment.filters |= {
            "clock": times.clock,
            "moment": times.moment,
            "day": times.day,
            "short_day": times.short_day,
            "number": times.number,
            "lasting": times.lasting,
            "spoken": partial(spoken, language=language),
        }
        return environment
