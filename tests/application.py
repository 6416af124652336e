"""The whole application over real parts, called in-process; settings come from the environment."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from aurora.app import create_app
from aurora.console.door import Door
from aurora.parts import Parts, open_parts
from aurora.rooms import Rooms, open_rooms
from aurora.settings import Settings, load_settings, variables

LOCAL_URL = "http://127.0.0.1:5000"


@asynccontextmanager
async def application(
    monkeypatch: pytest.MonkeyPatch,
    directory: Path,
    environment: Mapping[str, str] | None = None,
    *,
    peer: str = "127.0.0.1",
    door: Door | None = None,
) -> AsyncIterator[tuple[httpx2.AsyncClient, Parts]]:
    """Open an application with its data in `directory`, and a client that calls from `peer`."""
    set_environment(monkeypatch, directory, environment or {})
    settings = load_settings()
    async with open_parts(settings, rooms_for(settings), local_url=LOCAL_URL) as parts:
        transport = httpx2.ASGITransport(
            create_app(parts, door), client=(peer, 40000), raise_app_exceptions=False
        )
        async with httpx2.AsyncClient(transport=transport, base_url=LOCAL_URL) as client:
            yield client, parts


_rooms: dict[str, Rooms] = {}


def rooms_for(settings: Settings) -> Rooms:
    """The rooms keep nothing of a call, so tests with the same settings share them."""
    if settings.model.api_key is not None:
        return open_rooms(settings)  # its client belongs to one event loop
    key = f"{settings.site.path} {settings.conversation} {settings.twilio.can_ring_and_be_answered}"
    if key not in _rooms:
        _rooms[key] = open_rooms(settings)
        _rooms[key].triage.warm()
        _rooms[key].handbook.warm()
    return _rooms[key]


def set_environment(
    monkeypatch: pytest.MonkeyPatch, directory: Path, environment: Mapping[str, str]
) -> None:
    """Make these the only settings, whatever the machine and a .env file say."""
    monkeypatch.chdir(directory)
    for name in variables():
        monkeypatch.delenv(name, raising=False)
    for name, value in {"AURORA_DATA_DIR": str(directory), **environment}.items():
        monkeypatch.setenv(name, value)
