"""Read TwiML as strictly as Twilio does; walking it is the caller's work."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from aurora.errors import AuroraError

MAX_TWIML_BYTES = 64 * 1024
MAX_SAY_CHARS = 4_096
MAX_HINTS = 500
MAX_HINT_CHARS = 100


class TwimlRefused(AuroraError):
    """Twilio would not carry out this answer; `code` is the number of its error or warning."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(f"Twilio error {code}: {why}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Verb:
    """One TwiML element."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    """Everything it says, SSML taken off, spaces folded."""
    nested: tuple["Verb", ...] = ()

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.attributes.get(name)
        return default if value is None else value == "true"


SAY_LIKE = frozenset({"Say", "Play", "Pause"})
NESTING: Mapping[str, frozenset[str]] = {
    "Response": SAY_LIKE | {"Gather", "Dial", "Redirect", "Hangup", "Reject"},
    "Gather": SAY_LIKE,
    "Dial": frozenset({"Number"}),
    "Say": frozenset(
        {"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"}
    ),
}
"""What may stand inside what; SSML may also stand inside SSML."""
SSML = NESTING["Say"]

ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "Response": frozenset(),
    "Say": frozenset({"voice", "language", "loop"}),
    "Play": frozenset({"loop", "digits"}),
    "Pause": frozenset({"length"}),
    "Redirect": frozenset({"method"}),
    "Hangup": frozenset(),
    "Reject": frozenset({"reason"}),
    "Gather": frozenset(
        {
            *("input", "action", "method", "timeout", "speechTimeout", "maxSpeechTime"),
            *("profanityFilter", "finishOnKey", "numDigits", "partialResultCallback"),
            *("partialResultCallbackMethod", "language", "hints", "bargeIn", "debug"),
            *("actionOnEmptyResult", "speechModel", "enhanced"),
        }
    ),
    "Dial": frozenset(
        {
            *("action", "method", "timeout", "hangupOnStar", "timeLimit", "callerId", "record"),
            *("trim", "recordingStatusCallback", "recordingStatusCallbackMethod"),
            *("recordingStatusCallbackEvent", "answerOnBridge", "ringTone", "recordingTrack"),
            *("sequential", "referUrl", "referMethod"),
        }
    ),
    "Number": frozenset(
        {
            *("sendDigits", "url", "method", "statusCallbackEvent", "statusCallback"),
            *("statusCallbackMethod", "byoc", "machineDetection"),
        }
    ),
    "prosody": frozenset({"rate", "pitch", "volume"}),
    "break": frozenset({"strength", "time"}),
    "emphasis": frozenset({"level"}),
    "lang": frozenset({"xml:lang"}),
    "phoneme": frozenset({"alphabet", "ph"}),
    "say-as": frozenset({"interpret-as", "format", "role"}),
    "sub": frozenset({"alias"}),
    "w": frozenset({"role"}),
    "p": frozenset(),
    "s": frozenset(),
}

_METHOD = r"GET|POST"
_BOOLEAN = r"true|false"
_POSITIVE = r"[1-9]\d{0,4}"
_LOCALE = r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})+|multi"
VALUES: Mapping[str, str] = {
    "method": _METHOD,
    "partialResultCallbackMethod": _METHOD,
    "statusCallbackMethod": _METHOD,
    "recordingStatusCallbackMethod": _METHOD,
    "profanityFilter": _BOOLEAN,
    "actionOnEmptyResult": _BOOLEAN,
    "bargeIn": _BOOLEAN,
    "enhanced": _BOOLEAN,
    "answerOnBridge": _BOOLEAN,
    "hangupOnStar": _BOOLEAN,
    "sequential": _BOOLEAN,
    "timeLimit": _POSITIVE,
    "maxSpeechTime": _POSITIVE,
    "numDigits": _POSITIVE,
    "timeout": r"\d{1,4}|auto",
    "length": r"\d{1,5}",
    "loop": r"\d{1,4}",
    "speechTimeout": rf"{_POSITIVE}|auto",
    "finishOnKey": r"[0-9#*]?",
    "input": r"(dtmf|speech)( (dtmf|speech))?",
    "language": _LOCALE,
    "xml:lang": _LOCALE,
    "rate": r"(\d{2,3}%|x-slow|slow|medium|fast|x-fast|default)",
    "callerId": r"\+?\d{3,15}",
}
"""The form of values that Twilio checks, whole."""


def read_twiml(body: bytes) -> list[Verb]:
    """Return the verbs of a webhook's answer in order; raises TwimlRefused."""
    if len(body) > MAX_TWIML_BYTES:
        raise TwimlRefused(11750, f"the answer has {len(body)} bytes; at most {MAX_TWIML_BYTES}")
    root = _parse(body)
    if root.tag != "Response":
        raise TwimlRefused(12100, f"the document is <{root.tag}>, not <Response>")
    return list(_verb(root).nested)


def _parse(body: bytes) -> Element:
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse_document_type
    try:
        parser.Parse(body, True)
        return builder.close()
    except expat.ExpatError as error:
        raise TwimlRefused(12100, f"not well-formed XML ({error})") from error


def _refuse_document_type(*_: object) -> None:
    # Entities can blow a small answer up to gigabytes; TwiML never needs a document type.
    raise TwimlRefused(12100, "the answer declares a document type")


def _verb(element: Element) -> Verb:
    name = element.tag
    _check_attributes(name, element.attrib)
    allowed = SSML if name in SSML else NESTING.get(name, frozenset())
    for inner in element:
        if inner.tag not in allowed:
            known = inner.tag in ATTRIBUTES
            problem = f"<{inner.tag}> may not stand in <{name}>" if known else "no such verb here"
            raise TwimlRefused(12200, f"<{inner.tag}>: {problem}")
    text = " ".join("".join(element.itertext()).split())
    if name == "Say" and len(text) > MAX_SAY_CHARS:
        raise TwimlRefused(12200, f"<Say> has {len(text)} characters; at most {MAX_SAY_CHARS}")
    is_bare = name in ("Response", "Gather", "Dial", "Hangup", "Pause")
    nested = tuple(_verb(inner) for inner in element)
    loose = is_bare and "".join([element.text or "", *(inner.tail or "" for inner in element)])
    # A number straight inside Dial is allowed; words outside a Say would never be heard.
    if loose and loose.strip() and name != "Dial":
        raise TwimlRefused(12200, f"<{name}> holds loose words: {loose.strip()[:40]!r}")
    return Verb(name, dict(element.attrib), text, nested)


def _check_attributes(name: str, attributes: Mapping[str, str]) -> None:
    for attribute, value in attributes.items():
        if attribute not in ATTRIBUTES.get(name, frozenset()):
            raise TwimlRefused(12200, f"<{name}> has no attribute {attribute!r}")
        form = VALUES.get(attribute)
        if form and not re.fullmatch(form, value):
            raise TwimlRefused(12200, f"<{name} {attribute}={value!r}> is not a value it takes")
    if name == "Gather":
        _check_gather(attributes)


def _check_gather(attributes: Mapping[str, str]) -> None:
    speech_timeout = attributes.get("speechTimeout")
    if "speechModel" in attributes and not (speech_timeout or "").isdigit():
        raise TwimlRefused(
            13335, "with speechModel, speechTimeout must be a positive whole number of seconds"
        )
    hints = [hint for hint in attributes.get("hints", "").split(",") if hint]
    if len(hints) > MAX_HINTS or any(len(hint) > MAX_HINT_CHARS for hint in hints):
        raise TwimlRefused(
            12200, f"hints: at most {MAX_HINTS} phrases of {MAX_HINT_CHARS} characters"
        )
