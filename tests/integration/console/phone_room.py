"""A line whose people carry telephones: a push service, and whoever is signed in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from aurora.accounts.person import Role
from aurora.app import Parts
from aurora.rehearsal.loopback import serving
from aurora.site.model import Language
from tests.application import application
from tests.push_service import Browser, PushService
from tests.signing_in import signed_in


@dataclass
class Somebody:
    """One account with a browser of its own."""

    client: httpx2.AsyncClient
    headers: dict[str, str]
    service: PushService
    push_url: str
    browser: Browser
    name: str

    async def get(self, address: str) -> httpx2.Response:
        return await self.client.get(address, headers=self.headers)

    async def post(self, address: str, **fields: str) -> httpx2.Response:
        return await self.client.post(address, data=fields, headers=self.headers)

    async def send(self, address: str, body: object) -> httpx2.Response:
        return await self.client.post(address, json=body, headers=self.headers)

    async def check_in(self, standing: str = "safe", **fields: object) -> httpx2.Response:
        body = {"standing": standing, "key": "0123456789abcdef", **fields}
        return await self.send("/console/muster/check-in", body)

    async def register(self, **parts: object) -> httpx2.Response:
        """Register this browser for alerts."""
        asked = {
            "endpoint": f"{self.push_url}/push/{self.name.replace(' ', '-')}",
            "keys": self.browser.keys,
            "device": "Telephone",
            **parts,
        }
        return await self.send("/console/phone/subscriptions", asked)

    def shown(self) -> list[dict[str, object]]:
        """What this browser's notifications say."""
        path = f"/push/{self.name.replace(' ', '-')}"
        return [self.browser.opened(one.body) for one in self.service.pushed if one.path == path]


@dataclass
class Room:
    client: httpx2.AsyncClient
    parts: Parts
    service: PushService
    push_url: str

    async def somebody(self, name: str, role: Role = Role.VIEWER) -> Somebody:
        headers = await signed_in(self.parts, role, name)
        one = Somebody(self.client, headers, self.service, self.push_url, Browser(), name)
        self.client.cookies.clear()
        return one

    async def linked(self, name: str, person: str, language: Language = "en") -> Somebody:
        """Somebody who is one of the site's people, as an admin granted."""
        one = await self.somebody(name)
        account = await self.parts.accounts.accounts.named(name)
        assert account is not None
        await self.parts.accounts.accounts.change(account.id, language=language)
        await one.post("/console/phone/person", person=person)
        admin = await self.somebody(f"Admin of {name}", Role.ADMIN)
        granted = await admin.post(
            f"/console/phone/links/{account.id}", person=person, decision="grant"
        )
        assert granted.status_code == 303, granted.text
        return one


@asynccontextmanager
async def phone_room(monkeypatch: pytest.MonkeyPatch, directory: Path) -> AsyncIterator[Room]:
    service = PushService("")
    async with serving(service) as push_url:
        environment = {"AURORA_PUSH_SERVICES": push_url}
        async with application(monkeypatch, directory, environment) as (client, parts):
            service.public_key = parts.reach.push.public_key
            service.is_real_time = True
            room = Room(client, parts, service, push_url)
            await room.somebody("Root", Role.ADMIN)  # somebody has to stay admin
            yield room
