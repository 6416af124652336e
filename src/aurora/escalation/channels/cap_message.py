"""An alert as a message of the Common Alerting Protocol 1.2 (OASIS); sends nothing.

Sirens, boards and public systems read it. It never holds the link that answers for a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lxml import etree

from aurora.escalation.alert import Alert
from aurora.escalation.brief import AlertKind
from aurora.escalation.channels.base import marked
from aurora.levels import Hazard, Urgency

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
HOLDS_FOR = timedelta(hours=1)
"""After that a receiver may take it down."""
RESTRICTION = "For the site's own alarm systems and those it has agreed this with"
CATEGORIES: Mapping[Hazard, str] = {
    Hazard.FIRE: "Fire",
    Hazard.EXPLOSION: "Safety",
    Hazard.GAS_LEAK: "Safety",
    Hazard.TOXIC_GAS: "CBRNE",
    Hazard.CHEMICAL: "CBRNE",
    Hazard.ELECTRICAL: "Infra",
    Hazard.CONFINED_SPACE: "Rescue",
    Hazard.FALL: "Rescue",
    Hazard.MACHINERY: "Rescue",
    Hazard.VEHICLE: "Transport",
    Hazard.STRUCK_BY: "Rescue",
    Hazard.COLLAPSE: "Rescue",
    Hazard.BURN: "Health",
    Hazard.MEDICAL: "Health",
    Hazard.INJURY: "Health",
    Hazard.HEAT: "Health",
    Hazard.DROWNING: "Rescue",
    Hazard.PRESSURE: "Safety",
    Hazard.VIOLENCE: "Security",
    Hazard.EQUIPMENT: "Infra",
    Hazard.OTHER: "Other",
    Hazard.NONE: "Other",
}
HOW_SOON_AND_BAD: Mapping[Urgency, tuple[str, str]] = {
    Urgency.CRITICAL: ("Immediate", "Extreme"),
    Urgency.URGENT: ("Immediate", "Severe"),
    Urgency.NORMAL: ("Expected", "Moderate"),
    Urgency.ASSISTIVE: ("Future", "Minor"),
}
TYPES: Mapping[AlertKind, str] = {
    AlertKind.PAGE: "Alert",
    AlertKind.TEST: "Alert",
    AlertKind.UPDATE: "Update",
    AlertKind.REMINDER: "Update",
    AlertKind.LOST_CALLER: "Update",
    AlertKind.STAND_DOWN: "Cancel",
}


@dataclass(frozen=True, slots=True)
class Sender:
    """Who speaks, the same in every message of a line."""

    id: str
    """Unique in the world, such as example_works@line.example.com."""
    name: str
    timezone: str
    phone: str


def cap_message(alert: Alert, sender: Sender) -> bytes:
    """Return the XML document, in UTF-8."""
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    zone = ZoneInfo(sender.timezone)
    first = _identifier(alert.incident_id)
    is_first = TYPES[alert.kind] == "Alert" and alert.kind is not AlertKind.TEST
    # Later messages can name the first of an incident without looking anything up, and a
    # receiver paged again in a later round knows it as the same.
    _add(root, "identifier", first if is_first else _identifier(alert.id))
    _add(root, "sender", _identifier(sender.id))
    _add(root, "sent", cap_time(alert.opened_at if is_first else alert.made_at, zone))
    _add(root, "status", _status(alert))
    _add(root, "msgType", TYPES[alert.kind])
    _add(root, "scope", "Restricted")
    _add(root, "restriction", RESTRICTION)
    if alert.is_drill:
        _add(root, "note", f"DRILL {alert.code}")
    if TYPES[alert.kind] != "Alert":
        opened = cap_time(alert.opened_at, zone)
        _add(root, "references", f"{_identifier(sender.id)},{first},{opened}")
    _add(root, "incidents", first)
    _add_info(root, alert, sender, zone)
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return document


def cap_time(at: datetime, zone: ZoneInfo) -> str:
    """Return a time as CAP writes it: whole seconds, an offset always, UTC as -00:00."""
    text = at.astimezone(zone).replace(microsecond=0).isoformat()
    return text.replace("+00:00", "-00:00")


def _add_info(root: etree._Element, alert: Alert, sender: Sender, zone: ZoneInfo) -> None:
    is_over = alert.kind is AlertKind.STAND_DOWN
    urgency, severity = HOW_SOON_AND_BAD[alert.urgency]
    subject = marked(alert, _plain(alert.texts.subject) or alert.hazard.value.replace("_", " "))
    info = etree.SubElement(root, f"{{{NAMESPACE}}}info")
    _add(info, "language", alert.language)
    _add(info, "category", CATEGORIES[alert.hazard])
    _add(info, "event", subject)
    _add(info, "urgency", "Past" if is_over else urgency)
    _add(info, "severity", severity)
    # What callers report, until somebody has seen it.
    _add(info, "certainty", "Likely")
    _add(info, "effective", cap_time(alert.made_at, zone))
    _add(info, "expires", cap_time(alert.made_at + HOLDS_FOR, zone))
    _add(info, "senderName", sender.name)
    _add(info, "headline", subject)
    _add(info, "description", marked(alert, alert.texts.long))
    _add(info, "contact", sender.phone)
    area = etree.SubElement(info, f"{{{NAMESPACE}}}area")
    _add(area, "areaDesc", f"{alert.zone}, {sender.name}" if alert.zone else sender.name)


def _status(alert: Alert) -> str:
    if alert.kind is AlertKind.TEST:
        return "Test"
    return "Exercise" if alert.is_drill else "Actual"


def _identifier(text: str) -> str:
    """Return an id without what CAP forbids in one: spaces, commas, < and &."""
    return "".join(
        "_" if character.isspace() or character in ",<&" else character for character in text
    )


def _add(parent: etree._Element, name: str, text: str) -> None:
    """Add an element; one without text is left out, since CAP has no empty elements."""
    if said := _plain(text):
        etree.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = said


def _plain(text: str) -> str:
    """Fold spaces, line by line; leave out what XML 1.0 cannot carry."""
    lines = (" ".join(line.split()) for line in text.strip().splitlines())
    return "\n".join("".join(filter(str.isprintable, line)) for line in lines).strip()
