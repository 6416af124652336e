"""Who may be on their way hears that it is over, once, and reads it where they can read."""

import asyncio

from aurora.levels import Urgency
from tests.hurried_site import hurried_site
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
