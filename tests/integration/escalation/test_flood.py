"""Forty calls about one gas leak: one incident, everybody paged once and told what is new."""

import asyncio
from collections import Counter

from tests.hurried_site import hurried_site
from tests.reached_line import reached_line, until
from tests.waiting import PATIENT_S

CALLS = 40
WORDS = (
    "There is a gas leak in zone B",
    "I smell gas in zone B",
    "Gas is leaking in zone B, I can hear it hiss",
    "Strong smell of gas in zone B and two people are down",
)


async def test_forty_calls_are_one_incident_and_page_everybody_once(monkeypatch, tmp_path) -> None:
    site = hurried_site(tmp_path, paging={"wait_s": {"critical": 600}})
    async with reached_line(monkeypatch, tmp_path, {"AURORA_SITE": site}) as line:
        callers = [line.caller(f"+1202556{number:04}") for number in range(CALLS)]

        async def call(number: int) -> None:
            await callers[number].ring()
            await callers[number].say(WORDS[number % len(WORDS)])

        await asyncio.gather(*map(call, range(CALLS)))
        calls = [await line.parts.switchboard.call(caller.call_sid) for caller in callers]
        async with asyncio.timeout(PATIENT_S):
            while True:
                incidents = await line.parts.answers.incidents()
                if sum(len(one.calls) for one in incidents) == CALLS:
                    break
        [incident] = incidents

        async def all_is_told() -> bool:
            found = await line.parts.answers.incidents()
            return not any(one.untold for one in found)

        await until(lambda: line.told("CRITICAL"))
        await until(all_is_told)
        # Two are down, and one more word after everybody was paged: that is news to them.
        await callers[0].say("It is spreading, and there is a fire in zone B now")
        await until(lambda: line.told("UPDATE"))
        await until(all_is_told)

        alerts = await line.parts.answers.alerts_of(incident.id)
        kept = [await line.parts.records.messages(one.id) for one in calls]

    assert set(incident.calls) == {one.id for one in calls}
    said = [[one.role for one in messages][:3] for messages in kept]
    assert said == [["assistant", "user", "assistant"]] * CALLS, "a call's words were lost"
    pages = Counter(alert.contact_id for alert in alerts if alert.kind == "page")
    assert set(pages.values()) == {1}
    assert {"night_supervisor", "duty_supervisor"} & pages.keys()
    updates = Counter(alert.contact_id for alert in alerts if alert.kind == "update")
    assert updates, "a fire is news to those who were paged before"
    assert max(updates.values()) <= 6
    assert len({alert.id for alert in alerts}) == len(alerts)
