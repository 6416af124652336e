"""Alerts for tests, with everything filled in that a test does not care for."""

from datetime import datetime, timedelta
from typing import Any

from aurora.escalation.alert import Alert, Links, Texts
from aurora.escalation.brief import AlertKind
from aurora.escalation.plan import ChannelKind
from aurora.levels import Hazard, Urgency
from tests.line import NOON

CODE = "K7M3QF"
MEDIC = "+12025550105"
LINK = f"https://line.example.com/ack/incident_1~medic.aaaaaa.{'b' * 26}"
BRIEF = "CRITICAL gas leak, Zone B. Two hurt. Caller on the line. Code K7M3QF."


def alert(channel: ChannelKind = ChannelKind.SMS, **parts: Any) -> Alert:
    """A page to the site medic about a gas leak."""
    made_at: datetime = parts.pop("made_at", NOON)
    defaults: dict[str, Any] = {
        "id": f"incident_1:step:1:1:medic:{channel.value}:1",
        "kind": AlertKind.PAGE,
        "incident_id": "incident_1",
        "code": CODE,
        "contact_id": "medic",
        "name": "Site medic",
        "role": "medical",
        "channel": channel,
        "address": MEDIC,
        "language": "en",
        "urgency": Urgency.CRITICAL,
        "hazard": Hazard.GAS_LEAK,
        "zone": "Zone B",
        "is_drill": False,
        "is_desk": False,
        "opened_at": NOON,
        "made_at": made_at,
        "expires_at": made_at + timedelta(seconds=20),
        "texts": Texts(
            short=BRIEF,
            voice=BRIEF,
            subject="Gas leak, Zone B",
            long=f"{BRIEF}\nValve 3 was named.",
        ),
        "links": Links(LINK),
    }
    return Alert(**{**defaults, **parts})
