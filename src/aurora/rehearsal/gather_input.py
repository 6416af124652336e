"""What a caller's act comes to on a Gather: the fields of its action, or None to go on past it."""

from aurora.rehearsal.twilio_webhooks import Form
from aurora.rehearsal.twiml_document import Verb

EMPTY = {"dtmf": ("Digits", ""), "speech": ("SpeechResult", "")}


def spoken(gather: Verb, words: str) -> Form | None:
    """A line that listens for keys alone hears nothing."""
    if "speech" not in _inputs(gather):
        return silent(gather)
    return [("SpeechResult", words), ("Confidence", "0.92")]


def pressed(gather: Verb, keys: str) -> Form | None:
    """As many keys count as the line asked for, up to its finishing key."""
    digits = keys.partition(gather.attributes.get("finishOnKey", "#") or "\0")[0]
    digits = digits[: int(gather.attributes.get("numDigits", len(keys)))]
    if "dtmf" not in _inputs(gather) or not digits:
        return silent(gather)
    return [("Digits", digits)]


def silent(gather: Verb) -> Form | None:
    if not gather.flag("actionOnEmptyResult"):
        return None
    return [EMPTY[name] for name in _inputs(gather)]


def _inputs(gather: Verb) -> list[str]:
    return gather.attributes.get("input", "dtmf").split()
