"""An announced drill runs everything, says DRILL over every channel, and reaches nobody outside."""

from typing import Any

import yaml

from aurora.rehearsal.loopback import serving
from aurora.site.load import locate
from tests.hurried_site import hurried_site
from tests.reached_line import ReachedLine, reached_line, until
from tests.receiver import Receiver

OUTSIDE = "+12025550103"
CHANNELS = {"sms", "voice", "webhook", "cap", "apprise", "console"}
WAYS = {
    "control_desk": [{"kind": "console"}],
    "duty_supervisor": [{"kind": "sms"}],
    "night_supervisor": [{"kind": "sms"}],
    "safety_officer": [{"kind": "webhook", "address": "hook"}],
    "emergency_team": [{"kind": "cap", "address": "siren"}],
    "medic": [{"kind": "apprise", "address": "chat"}],
    "second_medic": [{"kind": "apprise", "address": "chat"}],
    "gate": [{"kind": "voice"}],
}


def every_channel(directory) -> str:
    """Return a site whose people are reached by every kind of channel there is."""
    contacts = yaml.safe_load(locate(None).site.read_text(encoding="utf-8"))["contacts"]
    for contact in contacts:
        contact["channels"] = WAYS.get(contact["id"], [])
        if contact["id"] == "gate":
            contact["roles"] = ["security", "wardens"]
    paging = {"wait_s": {"critical": 2}, "repeats": {"critical": 0}, "quiet_s": {"critical": 60}}
    return hurried_site(directory, contacts=contacts, paging=paging)


async def drilled(line: ReachedLine) -> None:
    """Play a fire to the end of its plan: pages, news, a lost caller, a search, everyone."""
    await line.announce_drill()
    caller = line.caller()
    await caller.ring()
    await caller.say("This is a drill. There is a fire in zone A")
    await until(lambda: line.texts("DRILL"))
    await caller.say("Two people are trapped inside")
    await caller.hang_up()
    await until(lambda: line.texts("CALLER LOST"))


async def noted_of_every_channel(line: ReachedLine, incident_id: str) -> list[Any]:
    """An alert goes on the record once its channel has taken it: nothing until all have."""
    alerts = await line.parts.answers.alerts_of(incident_id)
    return alerts if {alert.channel for alert in alerts} == CHANNELS else []


async def test_every_message_of_a_drill_says_so(monkeypatch, tmp_path) -> None:
    receiver = Receiver()
    async with serving(receiver) as url:
        host = url.removeprefix("http://")
        names = f"hook={url}/hook siren={url}/siren chat=json://{host}/chat"
        settings = {
            "AURORA_SITE": every_channel(tmp_path),
            "AURORA_ALERT_URLS": names,
            "AURORA_WEBHOOK_SECRET": "a long secret of the plant",
        }
        async with reached_line(monkeypatch, tmp_path, settings) as line:
            await drilled(line)
            await until(lambda: len({one.path for one in receiver.received}) == 3)
            await until(lambda: line.read_out("DRILL"))
            incident = (await line.parts.answers.incidents())[0]
            alerts = await until(lambda: noted_of_every_channel(line, incident.id))
            to_callers = {one.sid for one in line.calls_to()}
            texts = [one.body for one in line.twilio.messages.values()]
            rung = [c for c in line.twilio.calls.values() if c.sid not in to_callers]

    assert incident.is_drill
    assert all("DRILL" in text for text in texts)
    assert all("DRILL" in call.fields["Twiml"] for call in rung)
    assert all(b"DRILL" in one.body for one in receiver.received)
    sirens = [one.body for one in receiver.received if one.path == "/siren"]
    assert all(b"<status>Exercise</status>" in body for body in sirens)
    assert all("DRILL" in alert.text for alert in alerts)
    assert "emergency_desk" not in {alert.contact_id for alert in alerts}
    numbers = {one.fields["To"] for one in [*line.twilio.messages.values(), *rung]}
    assert OUTSIDE not in numbers
