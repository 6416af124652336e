"""Every page of the console, found by following its links, and somebody signed in to look at it.

A room that lands later is found by its place in the navigation and by links from there.
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx2
import pytest
from fastapi import FastAPI
from lxml import html
from playwright.async_api import Page
from starlette.routing import Route

from aurora.accounts.person import Role
from aurora.app import create_app
from aurora.parts import Parts
from aurora.records.musters import SqlMusters
from tests.application import LOCAL_URL
from tests.e2e.chromium import browsing
from tests.signing_in import signed_in
from tests.waiting import PATIENT_S, until
from tests.whole_line import WrittenSpeech, served

START = ("/console", "/console/offline", "/", "/call")
"""The last ones have no link from a place of the navigation."""
SIGNED_OUT = {"/console/sign-in": "/console/sign-in"}
"""What is shown to nobody in particular, and to nobody who is signed in."""
NOT_FOLLOWED = re.compile(r"\.(?:pdf|csv|json|js|webmanifest|wav|zip)$|/sign-out|/static/")
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 375, "height": 760}
MARKED = {"contact:medic": "safe", "contact:gate": "safe", "worker:+12025550152": "away"}
SIMPLE_CALLS = (
    ("+12025550151", "There's smoke in zone A", "Yes, two people are still inside"),
    ("+12025550152", "Huele a gas en la zona B"),
    ("+12025550153", "My colleague fell from a ladder in zone E and his leg is broken"),
    ("+12025550154", "How far must a ladder stick out at the top?"),
)


@dataclass(frozen=True)
class Console:
    """A line with something going on, and its console."""

    url: str
    parts: Parts
    headers: dict[str, str]
    """Of the admin who is signed in."""

    @property
    def cookie(self) -> str:
        return self.headers["Cookie"].partition("=")[2]


@asynccontextmanager
async def console(directory: Path, *, role: Role = Role.ADMIN) -> AsyncIterator[Console]:
    """Serve a line that four people have called."""
    with pytest.MonkeyPatch.context() as patch:
        async with served(patch, directory, speech=WrittenSpeech()) as (url, parts):
            for number, *words in SIMPLE_CALLS:
                for said in words:
                    await _say(url, number, said)
            await parts.start_alerting()
            headers = await signed_in(parts, role, "Ada Lovelace")
            await _muster(parts, headers)
            yield Console(url, parts, headers)


async def _muster(parts: Parts, headers: Mapping[str, str]) -> None:
    """People are being counted; who looks is the safety officer, and was alerted."""
    application = httpx2.ASGITransport(create_app(parts), client=("127.0.0.1", 40000))
    async with httpx2.AsyncClient(
        transport=application, base_url=LOCAL_URL, headers=headers, timeout=PATIENT_S
    ) as client:
        await _done(client, "/console/phone/person", person="contact:safety_officer")
        # Whoever called is answered before anybody has taken the call in.
        [first, *_] = await until(parts.answers.incidents)
        await _done(client, "/console/muster/open", reason="Fire in Zone A", incident=first.id)
        muster = await SqlMusters(parts.records.beside, parts.rooms.site.id).newest()
        assert muster is not None
        for person, standing in MARKED.items():
            mark = {"muster": muster.id, "person": person, "standing": standing}
            await _done(client, "/console/muster/mark", **mark)
        word = {"standing": "safe", "key": "0" * 16, "place": "point:north_car_park"}
        answer = await client.post("/console/muster/check-in", json=word)
        assert answer.status_code == 201, answer.text


async def _done(client: httpx2.AsyncClient, address: str, **fields: str) -> None:
    answer = await client.post(address, data=fields)
    assert answer.status_code < 400, f"{address}: {answer.text[:300]}"


async def _say(url: str, number: str, words: str) -> None:
    async with httpx2.AsyncClient(base_url=url, timeout=PATIENT_S) as client:
        body = {"speech": words, "ph_no": number}
        answer = await client.post("/api/process-speech", json=body)
        assert answer.status_code == 200, answer.text


@asynccontextmanager
async def looking_at(
    shown: Console, *, is_signed_in: bool = True, **options: Any
) -> AsyncIterator[Page]:
    """Yield a browser, signed in as the console's admin or not."""
    async with browsing(**options) as page:
        if is_signed_in:
            cookie = {"name": "aurora-session", "value": shown.cookie, "url": shown.url}
            await page.context.add_cookies([cookie])  # type: ignore[list-item]
        yield page


async def each_page(shown: Console, **options: Any) -> AsyncIterator[tuple[str, Page]]:
    """Yield every page's route with a browser that shows it."""
    for is_signed_in, pages in ((True, await pages_of(shown)), (False, SIGNED_OUT)):
        async with looking_at(shown, is_signed_in=is_signed_in, **options) as page:
            for route, address in pages.items():
                # Not until the network is idle: a live page never is.
                await page.goto(f"{shown.url}{address}", wait_until="load")
                yield route, page


async def pages_of(shown: Console) -> dict[str, str]:
    """Return an address of each page, by the route that answers it."""
    found: dict[str, str] = {}
    waiting = list(START)
    seen = set(waiting)
    headers = {name: value for name, value in shown.headers.items() if name != "Origin"}
    routes = list(_routes(create_app(shown.parts)))
    async with httpx2.AsyncClient(base_url=shown.url, timeout=PATIENT_S, headers=headers) as client:
        while waiting:
            address = waiting.pop(0)
            route = _route_of(routes, address)
            if route is None or route in found:
                continue
            answer = await client.get(address)
            if answer.is_redirect:
                waiting.append(str(answer.headers["location"]))
                continue
            assert answer.status_code == 200, f"{address}: {answer.status_code} {answer.text[:200]}"
            if not answer.text.lstrip().lower().startswith("<!doctype html"):
                continue
            found[route] = address
            for link in _links(answer.text, address):
                if link not in seen:
                    seen.add(link)
                    waiting.append(link)
    return found


def _links(text: str, address: str) -> list[str]:
    links = []
    for link in html.fromstring(text).xpath("//a/@href | //iframe/@src"):
        target = urlsplit(urldefrag(urljoin(f"http://here{address}", str(link))).url)
        if target.netloc == "here" and not NOT_FOLLOWED.search(target.path):
            links.append(f"{target.path}?{target.query}" if target.query else target.path)
    return links


def _routes(app: FastAPI) -> Iterator[Route]:
    for route in app.routes:
        router = getattr(route, "original_router", None)  # FastAPI keeps included routers whole
        for one in [route] if router is None else router.routes:
            if isinstance(one, Route) and "GET" in (one.methods or ()):
                yield one


def _route_of(routes: Sequence[Route], address: str) -> str | None:
    path = urlsplit(address).path
    return next((route.path for route in routes if route.path_regex.match(path)), None)
