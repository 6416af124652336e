"""TwiML for a turn: speech inside Gather so that the caller can barge in; escapes everything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from aurora.site.model import Site, Voice, spoken

MAX_HINTS = 500
MAX_HINT_CHARS = 100
DIAL_TIMEOUT_S = 25
NON_XML = dict.fromkeys([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0xFFFE, 0xFFFF])
"""Control characters that XML 1.0 cannot carry."""


@dataclass(frozen=True, slots=True)
class Speech:
    """How a call is spoken and listened to on Gather."""

    voice: Voice
    rate: float
    gather_timeout_s: int
    speech_timeout: str
    hints: str


def hints_of(site: Site, language: str) -> str:
    """Return the site's own words for Twilio's recogniser, comma-separated, within its limits."""
    words: list[str] = []
    for zone in site.zones:
        words.append(spoken(zone.name, language))
        words += zone.aliases.get(language, [])  # type: ignore[call-overload]
        features = [*zone.equipment, *zone.valves, *zone.exits]
        words += [spoken(feature.name, language) for feature in features]
    unique = dict.fromkeys(word.replace(",", " ")[:MAX_HINT_CHARS] for word in words)
    return ",".join(list(unique)[:MAX_HINTS])


EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
HANG_UP = '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>'


def listen(sentences: Sequence[str], speech: Speech, action: str) -> str:
    """Return TwiML that speaks and listens; the action is called even when nothing is said."""
    gather = (
        f'<Gather input="speech dtmf" action={quoteattr(action)} method="POST"'
        f' language={quoteattr(speech.voice.locale)} timeout="{speech.gather_timeout_s}"'
        f" speechTimeout={quoteattr(speech.speech_timeout)}"
        f' numDigits="1" profanityFilter="false" actionOnEmptyResult="true" bargeIn="true"'
        f" hints={quoteattr(speech.hints)}>{_say(sentences, speech)}</Gather>"
    )
    return _response(gather, f'<Redirect method="POST">{escape(action)}</Redirect>')


def connect_stream(url: str, parameters: Mapping[str, str], then: str) -> str:
    """Return TwiML that brings the caller's sound to a WebSocket, and goes on when that closes.

    A query in the address would break the handshake, so parameters come with the first message.
    """
    given = "".join(
        f"<Parameter name={quoteattr(name)} value={quoteattr(value)}/>"
        for name, value in parameters.items()
    )
    connect = f"<Connect><Stream url={quoteattr(url)}>{given}</Stream></Connect>"
    return _response(connect, f'<Redirect method="POST">{escape(then)}</Redirect>')


def hang_up(sentences: Sequence[str], speech: Speech) -> str:
    """Return TwiML that speaks and ends the call."""
    return _response(_say(sentences, speech), "<Hangup/>")


def dial(
    sentences: Sequence[str], speech: Speech, number: str, action: str, caller_id: str | None = None
) -> str:
    """Return TwiML that speaks and connects the caller; the action is called when that is over.

    caller_id: the number shown to who is dialled; the caller's own when None.
    """
    connect = (
        f'<Dial timeout="{DIAL_TIMEOUT_S}"{_shown(caller_id)} answerOnBridge="true"'
        f' action={quoteattr(action)} method="POST"><Number>{escape(number)}</Number></Dial>'
    )
    return _response(_say(sentences, speech), connect)


def fallback(
    text: str,
    voice: Voice,
    number: str,
    caller_id: str | None = None,
) -> str:
    """Return the static answer for when anything inside fails: a safe line, a person, then ears.

    Without its end Twilio would hang up once the person did, or did not answer. The line listens
    again instead; while it still fails, its answer is this one again.
    """
    say = f"<Say voice={quoteattr(voice.voice)} language={quoteattr(voice.locale)}>"
    dial_number = (
        f'<Dial timeout="{DIAL_TIMEOUT_S}"{_shown(caller_id)}>'
        f"<Number>{escape(number)}</Number></Dial>"
    )
    again = f"{say}{escape(text)}</Say>{dial_number}"
    gather = (
        f'<Gather input="speech dtmf" action="process-speech" method="POST"'
        f' language={quoteattr(voice.locale)} speechTimeout="auto" numDigits="1"'
        f' profanityFilter="false" actionOnEmptyResult="true"/>'
    )
    redirect = '<Redirect method="POST">process-speech</Redirect>'
    return _response(again, again, gather, redirect)


def _shown(caller_id: str | None) -> str:
    return f" callerId={quoteattr(caller_id)}" if caller_id else ""


def _response(*verbs: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{"".join(verbs)}</Response>'


def _say(sentences: Sequence[str], speech: Speech) -> str:
    """One Say: speed is SSML, since Say has no rate of its own."""
    if not sentences:
        return ""
    text = escape(" ".join(sentences).translate(NON_XML))
    if speech.rate != 1.0:
        text = f'<prosody rate="{round(speech.rate * 100)}%">{text}</prosody>'
    voice = speech.voice
    opening = f"<Say voice={quoteattr(voice.voice)} language={quoteattr(voice.locale)}>"
    return f"{opening}{text}</Say>"
