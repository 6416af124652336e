"""From words that make a call critical to the first alert, many at once; answers beside."""

import asyncio
import tempfile
import time
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import yaml

from aurora.rehearsal.loopback import serving
from aurora.rehearsal.twilio_caller import TwilioCaller
from aurora.rehearsal.twilio_rest_server import Failure, TwilioRestServer
from aurora.site.load import locate
from benchmarks.figures import figures, new_table, show
from tests.integration.line_process import LineProcess

CALLS = 30
PUBLIC = "https://line.example.com"
API_TOKEN = "a-token-of-the-api"  # noqa: S105
TARGET_MS = 2_000.0
ALERTS_WITHIN_S = 30.0


@dataclass
class Run:
    """What the callers and those who were to be alerted saw, in ms."""

    answers_ms: list[float] = field(default_factory=list)
    first_alerts_ms: list[float] = field(default_factory=list)
    alerts: int = 0


async def measure() -> None:
    table = new_table(
        f"{CALLS} callers of {CALLS} zones say at the same moment that there is a fire",
        "first alert: from the request with the words sent to the first request about its\n"
        "incident at Twilio's stand-in; answer: from the same to the TwiML read, in ms. Real HTTP\n"
        "and Twilio's SDK; line, stand-in and callers share the cores. hangs: every request to\n"
        "ring somebody hangs.\n"
        f"Target: first alert p99 under {TARGET_MS:g} ms",
        "what",
    )
    for name, is_hanging in (("all answer", False), ("calls hang", True)):
        run = await _measured(is_hanging=is_hanging)
        if not is_hanging:
            table.add_row(
                f"first alert, {name} ({run.alerts} alerts)", *figures(run.first_alerts_ms)
            )
        table.add_row(f"answer, {name}", *figures(run.answers_ms))
    show(table)


async def _measured(*, is_hanging: bool) -> Run:
    twilio = TwilioRestServer(clock=lambda: datetime.now(UTC))
    if is_hanging:
        twilio.fail(Failure.HUNG, "Calls", times=1_000_000)
    with tempfile.TemporaryDirectory(prefix="aurora-bench-") as folder:
        site = _site_of_many_zones(Path(folder))
        async with serving(twilio) as api_url, httpx2.AsyncClient(trust_env=False) as client:
            settings = _settings(twilio, api_url) | {"AURORA_SITE": str(site)}
            async with LineProcess(Path(folder) / "data", **settings) as line:
                await line.warm()
                run = await _run(line, twilio, client, is_hanging=is_hanging)
                await line.stop()
    return run


async def _run(
    line: LineProcess, twilio: TwilioRestServer, client: httpx2.AsyncClient, *, is_hanging: bool
) -> Run:
    run = Run()
    callers = [
        TwilioCaller(client, line.url, PUBLIC, twilio.auth_token, from_number=f"+1202556{n:04}")
        for n in range(CALLS)
    ]
    for caller in callers:
        await caller.ring()
    said_at: dict[int, datetime] = {}

    async def say(number: int, caller: TwilioCaller) -> None:
        said_at[number] = datetime.now(UTC)
        started = time.perf_counter()
        await caller.say(f"There is a fire in zone {number + 1}")
        run.answers_ms.append((time.perf_counter() - started) * 1000)

    await asyncio.gather(*(say(number, caller) for number, caller in enumerate(callers)))
    if is_hanging:
        return run
    zones = await _zones_of_incidents(line.url, client)
    first = await _first_alerts(twilio, zones)
    run.alerts = len(twilio.calls)
    run.first_alerts_ms = [
        (at - said_at[int(zone.removeprefix("z")) - 1]).total_seconds() * 1000
        for zone, at in first.items()
    ]
    return run


async def _zones_of_incidents(url: str, client: httpx2.AsyncClient) -> Mapping[str, str]:
    """Return the zone of each incident, once every call has one."""
    async with asyncio.timeout(ALERTS_WITHIN_S):
        while True:
            answer = await client.get(
                f"{url}/api/incidents", headers={"Authorization": f"Bearer {API_TOKEN}"}
            )
            found = {one["id"]: one["zone"] for one in answer.json()["incidents"]}
            if len(found) >= CALLS:
                return found
            await asyncio.sleep(0.2)


async def _first_alerts(twilio: TwilioRestServer, zones: Mapping[str, str]) -> dict[str, datetime]:
    """Return when the first alert of each incident came in, by zone."""
    async with asyncio.timeout(ALERTS_WITHIN_S):
        while True:
            first: dict[str, datetime] = {}
            for call in list(twilio.calls.values()):
                about = call.fields["StatusCallback"].partition("alert=")[2].partition(":")[0]
                zone = zones[about]
                first[zone] = min(first.get(zone, call.created_at), call.created_at)
            if len(first) >= CALLS:
                return first
            await asyncio.sleep(0.2)


def _settings(twilio: TwilioRestServer, api_url: str) -> dict[str, str]:
    return {
        "TWILIO_ACCOUNT_SID": twilio.account_sid,
        "TWILIO_AUTH_TOKEN": twilio.auth_token,
        "TWILIO_PHONE_NUMBER": "+12025550110",
        "TWILIO_API_URL": api_url,
        "AURORA_PUBLIC_URL": PUBLIC,
        "AURORA_API_TOKEN": API_TOKEN,
    }


def _site_of_many_zones(folder: Path) -> Path:
    """A copy of the packaged site with as many zones as callers, so that each has an incident."""
    written: dict[str, Any] = yaml.safe_load(locate(None).site.read_text(encoding="utf-8"))
    pattern = written["zones"][5]
    written["zones"] = []
    for number in range(1, CALLS + 1):
        zone = deepcopy(pattern) | {"id": f"z{number}", "aliases": {}}
        zone["name"] = dict.fromkeys(("en", "es", "fr", "de"), f"Zone {number}")
        written["zones"].append(zone)
    path = folder / "site.yaml"
    path.write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
    return path
