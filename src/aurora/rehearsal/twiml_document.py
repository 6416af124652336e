"""Read TwiML as strictly as Twilio does; walking it is the caller's work."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from aurora.errors import AuroraError
from aurora.rehearsal.twiml_verbs import ATTRIBUTES, NESTING, SOCKET_URL, SSML, VALUES

MAX_TWIML_BYTES = 64 * 1024
MAX_SAY_CHARS = 4_096
MAX_HINTS = 500
MAX_HINT_CHARS = 100
MAX_PARAMETER_CHARS = 500
BARE = ("Response", "Gather", "Dial", "Connect", "Stream", "ConversationRelay", "Hangup", "Pause")
"""What must not hold loose words."""


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

    def flag(self, name: str) -> bool:
        return self.attributes.get(name) == "true"


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
    is_bare = name in BARE
    nested = tuple(_verb(inner) for inner in element)
    if name == "Connect" and len(nested) != 1:
        raise TwimlRefused(12200, f"<Connect> takes one thing to connect to, not {len(nested)}")
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
    if name in CHECKS:
        CHECKS[name](attributes)


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


def _check_socket(attributes: Mapping[str, str]) -> None:
    url = attributes.get("url", "")
    if not re.fullmatch(SOCKET_URL, url):
        raise TwimlRefused(
            31920, f"url={url!r}: give a wss:// address without a query; use <Parameter> instead"
        )


def _check_parameter(attributes: Mapping[str, str]) -> None:
    name, value = (attributes.get(part, "") for part in ("name", "value"))
    if not name or "value" not in attributes or len(name + value) >= MAX_PARAMETER_CHARS:
        raise TwimlRefused(
            12200,
            f"<Parameter>: a name and a value, together under {MAX_PARAMETER_CHARS} characters",
        )


CHECKS: Mapping[str, Callable[[Mapping[str, str]], None]] = {
    "Gather": _check_gather,
    "Stream": _check_socket,
    "ConversationRelay": _check_socket,
    "Parameter": _check_parameter,
}
