"""Who may be on their way hears that it is over, once, and reads it where they can read."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from aurora.levels import Hazard, Urgency
from tests.hurried_site import hurried_site
from tests.incidents import call
from tests.reached_line import API_TOKEN, ReachedLine, reached_line, until
from tests.waiting import PATIENT_S

OPERATOR = {"Authorization": f"Bearer {API_TOKEN}"}


async def acted(line: ReachedLine, incident_id: str, act: str, **body: str) -> None:
    answer = await line.client.post(
        f"{line.url}/api/incidents/{incident_id}/{act}", json=body, headers=OPERATOR
    )
    assert answer.is_success, answer.text


async def test_those_who_may_come_are_told_that_they_need_not(monkeypatch, tmp_path) -> None:
    site = hurried_site(tmp_path, paging={"wait_s": {"critical": 600}})
    async with reached_line(monkeypatch, tmp_path, {"AURORA_SITE": site}) as line:
        caller = line.caller()
        await caller.ring()
        await caller.say("There is a fire in zone A")
        await until(lambda: len(line.told("CRITICAL")) > 2)
        [incident] = await line.parts.answers.incidents()
        first, second, *_ = incident.responders
        await acted(line, incident.id, "acknowledge", contact=first)
        await acted(line, incident.id, "acknowledge", contact=second, answer="decline")
        assert not line.told("STAND DOWN")

        await acted(line, incident.id, "resolve", by="Ann Officer", reason="out, checked")
        await until(lambda: line.told("STAND DOWN"))
        await acted(line, incident.id, "resolve", by="Ann Officer", reason="out, checked")
        [closed] = await line.parts.answers.incidents()

        counted_on = {one for one in closed.responders if closed.counts_on(one)}
        sent: list[str] = []
        async with asyncio.timeout(PATIENT_S):
            while not counted_on <= set(sent):
                alerts = await line.parts.answers.alerts_of(incident.id)
                sent = [one.contact_id for one in alerts if one.kind == "stand_down"]

    assert closed.urgency is Urgency.CRITICAL
    assert not closed.is_live
    assert first in sent
    assert second not in sent
    assert len(sent) == len(set(sent)), "told twice"
    assert line.texts("STAND DOWN")
    assert not {one.fields["To"] for one in line.texts("STAND DOWN")} & {
        one.fields["To"] for one in line.read_out("STAND DOWN")
    }, "rung although they can read it"


async def test_closing_what_became_part_of_another_tells_nobody_and_says_so(
    monkeypatch, tmp_path
) -> None:
    site = hurried_site(tmp_path, paging={"wait_s": {"critical": 600}})
    async with reached_line(monkeypatch, tmp_path, {"AURORA_SITE": site}) as line:
        hurt = call("hurt", Urgency.URGENT, Hazard.INJURY, zone=None)
        for facts in (hurt, call("fire"), replace(hurt, zone_id="a")):
            await line.parts.desk.take(replace(facts, at=datetime.now(UTC)))
        merged = next(
            one for one in await line.parts.answers.incidents() if one.merged_into is not None
        )
        answer = await line.client.post(
            f"{line.url}/api/incidents/{merged.id}/resolve",
            json={"by": "Ann Officer", "reason": "false alarm"},
            headers=OPERATOR,
        )
        left = await line.parts.answers.incident(merged.id)

    assert answer.status_code == 409, answer.text
    assert "became part of another incident" in answer.json()["detail"]
    assert left is not None
    assert left.is_live
    assert not line.told("STAND DOWN")
