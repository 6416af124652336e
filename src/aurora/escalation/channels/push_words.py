"""What a notification says and which buttons it has, for its service worker; seals nothing."""

import hashlib
import json
from typing import Any

from aurora.escalation.acknowledgement import Purpose, Tokens
from aurora.escalation.alert import Alert
from aurora.escalation.answer_words import ASK_FOR_AN_ANSWER, meaning_of_yes, words_in
from aurora.escalation.brief import AlertKind
from aurora.escalation.channels.base import marked

MOST_BYTES = 3_000
"""Push services take 4,096, sealed; the rest is room for the seal and for what they add."""


def notification(alert: Alert, tokens: Tokens, number: str) -> bytes:
    """Return one alert as JSON; a long text is cut at its end.

    number: the control room's. The answer's address is signed: it is answered without signing in.
    """
    body: dict[str, Any] = {
        "title": marked(alert, alert.texts.subject),
        "body": "",
        "language": alert.language,
        "incident": alert.incident_id,
        "at": int(alert.made_at.timestamp() * 1000),
        "is_urgent": alert.urgency.is_emergency,
        "page": f"/console/incidents/{alert.incident_id}",
        "answer": None,
        **_answering(alert, tokens, number),
    }
    left = MOST_BYTES - len(_json(body))
    return _json({**body, "body": _cut(marked(alert, alert.texts.long), left)})


def _answering(alert: Alert, tokens: Tokens, number: str) -> dict[str, Any]:
    if alert.kind not in ASK_FOR_AN_ANSWER:
        return {}
    words = words_in(alert.language)
    yes = meaning_of_yes(alert.kind, is_desk=alert.is_desk)
    accept = ("accept", words.button[yes], words.accepted[yes])
    if alert.kind is AlertKind.REMINDER and not alert.is_desk:
        accept = ("arrived", words.arrived_button, words.arrived)
    token = tokens.make(Purpose.LINK, alert.incident_id, alert.contact_id)
    return {
        "answer": f"/ack/{token}",
        # The same notification pressed twice is one answer.
        "form": hashlib.sha256(alert.id.encode()).hexdigest()[:16],
        "buttons": {accept[0]: accept[1], "decline": words.cannot},
        "recorded": {accept[0]: accept[2], "decline": words.declined},
        "not_recorded": words.not_recorded.format(number=number),
    }


def _cut(text: str, most_bytes: int) -> str:
    while len(_json(text)) > most_bytes:
        over = len(_json(text)) - most_bytes
        text = f"{text[: -(over // 4 + 2)].rstrip()}…"
    return text


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
