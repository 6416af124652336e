"""What the console calls urgencies, hazards, lines and answers, in English; shown translated."""

from aurora.levels import Hazard, Urgency
from aurora.records.indexed import AnswerState

URGENCIES: dict[str, str] = {
    Urgency.CRITICAL: "Critical",
    Urgency.URGENT: "Urgent",
    Urgency.NORMAL: "Normal",
    Urgency.ASSISTIVE: "Assistive",
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
END_REASONS: dict[str, str] = {
    "hung_up": "The caller hung up",
    "said_goodbye": "The caller said goodbye",
    "wrong_number": "Wrong number",
    "turn_limit": "Too many turns without an emergency",
    "silence": "Silence",
    "handed_off": "Handed to a person",
    "ended_by_api": "Ended by an operator",
    "idle": "Nothing more was heard",
}
INCIDENT_STATES: dict[str, str] = {
    "open": "open",
    "acknowledged": "somebody accepted",
    "resolved": "closed",
    "merged": "part of another incident",
}
EVENTS: dict[str, str] = {
    "alert_answered": "An alert was answered",
    "alert_requested": "Alert asked for",
    "alerted": "Alerts sent",
    "caller_known": "Learned about the caller",
    "drill_begun": "Taken for a drill",
    "drill_ended": "No longer a drill",
    "ended": "The call ended",
    "exit_blocked": "An exit was reported blocked",
    "hand_off_requested": "A person was asked for",
    "incident_resolved": "The incident was closed",
    "interrupted": "The caller interrupted",
    "language_chosen": "Language chosen",
    "note": "Note",
    "procedure_started": "Procedure begun",
    "rejoined": "The caller came back",
    "relay_fault": "The telephone relay failed",
    "reopened": "The call went on",
    "silence": "Silence",
    "speech_unavailable": "Speech was not available",
    "spoken_ahead": "First line spoken ahead",
    "spoken_in_another_language": "Spoken in another language",
    "spoken_over": "The caller spoke over this",
    "turn_failed": "A turn failed inside",
    "urgency_lowered": "Urgency lowered",
    "urgency_rose": "Urgency rose",
}


def event_name(kind: str) -> str:
    """Return what an event is called; its own word where it has no name yet."""
    return EVENTS.get(kind) or kind.replace("_", " ").capitalize()
