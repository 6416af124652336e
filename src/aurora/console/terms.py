"""What the console calls urgencies, hazards, lines and answers, in English; shown translated."""

from aurora.escalation.brief import AlertKind
from aurora.escalation.delivery import Progress
from aurora.escalation.incident import Answer
from aurora.escalation.ledger import AlertState
from aurora.escalation.plan import ChannelKind
from aurora.levels import Hazard, Urgency
from aurora.records.indexed import AnswerState

URGENCIES: dict[str, str] = {
    Urgency.CRITICAL: "Critical",
    Urgency.URGENT: "Urgent",
    Urgency.NORMAL: "Normal",
    Urgency.ASSISTIVE: "Question",
}
"""Most urgent first."""
HAZARDS: dict[str, str] = {
    Hazard.FIRE: "Fire",
    Hazard.EXPLOSION: "Explosion",
    Hazard.GAS_LEAK: "Gas leak",
    Hazard.TOXIC_GAS: "Toxic gas",
    Hazard.CHEMICAL: "Chemicals",
    Hazard.ELECTRICAL: "Electricity",
    Hazard.CONFINED_SPACE: "Confined space",
    Hazard.FALL: "Fall",
    Hazard.MACHINERY: "Machinery",
    Hazard.VEHICLE: "Vehicle",
    Hazard.STRUCK_BY: "Struck by something",
    Hazard.COLLAPSE: "Collapse",
    Hazard.BURN: "Burn",
    Hazard.MEDICAL: "Medical emergency",
    Hazard.INJURY: "Injury",
    Hazard.HEAT: "Heat",
    Hazard.DROWNING: "Drowning",
    Hazard.PRESSURE: "Pressure",
    Hazard.VIOLENCE: "Violence",
    Hazard.EQUIPMENT: "Equipment",
    Hazard.OTHER: "Other danger",
    Hazard.NONE: "No danger named",
}
LINES: dict[str, str] = {
    "gather": "Telephone",
    "stream": "Telephone (stream)",
    "relay": "Telephone (relay)",
    "browser": "Web page",
    "kiosk": "Kiosk",
    "api": "Text",
}
ANSWERS: dict[str, str] = {
    AnswerState.ACCEPTED: "Accepted",
    AnswerState.WAITING: "Nobody accepted",
    AnswerState.NOT_ASKED: "No alert",
}
LANGUAGES: dict[str, str] = {"en": "English", "es": "Spanish", "fr": "French", "de": "German"}
ANSWERS_GIVEN: dict[str, str] = {
    Answer.ACCEPT: "accepted",
    Answer.ARRIVED: "is there",
    Answer.LAPSED: "accepted, then silent",
    Answer.DECLINE: "declined",
}
CHANNELS: dict[str, str] = {
    ChannelKind.SMS: "text message",
    ChannelKind.VOICE: "call",
    ChannelKind.APPRISE: "e-mail or chat",
    ChannelKind.WEBHOOK: "webhook",
    ChannelKind.CAP: "CAP",
    ChannelKind.CONSOLE: "console",
    ChannelKind.PUSH: "notification",
}
ALERT_KINDS: dict[str, str] = {
    AlertKind.PAGE: "alert",
    AlertKind.UPDATE: "news",
    AlertKind.REMINDER: "reminder",
    AlertKind.LOST_CALLER: "search for the caller",
    AlertKind.STAND_DOWN: "all clear",
    AlertKind.TEST: "test",
}
HOW_FAR: dict[str, str] = {
    AlertState.SENDING: "being sent",
    AlertState.SENT: "sent",
    AlertState.FAILED: "failed",
    Progress.QUEUED: "queued",
    Progress.RINGING: "ringing",
    Progress.ANSWERED: "picked up",
    Progress.MACHINE: "voicemail: nobody heard it",
    Progress.DELIVERED: "delivered",
    Progress.NO_ANSWER: "not picked up",
    Progress.ENDED: "call ended",
}
SHOWN = "shown on the board"
"""Of an alert that had no other way."""
INCIDENT_STATES: dict[str, str] = {
    "open": "open",
    "acknowledged": "somebody accepted",
    "resolved": "closed",
    "merged": "part of another incident",
}
