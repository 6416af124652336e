"""What a caller noticed of a line between two actions of their own."""

from dataclasses import dataclass, field

from aurora.rehearsal.reply import Reply
from aurora.rehearsal.twiml_document import Verb


@dataclass(frozen=True, slots=True)
class Said:
    """What one verb, or one message on a socket, let the caller notice."""

    text: str
    """The words; what Play plays; the number that Dial dials."""
    verb: str
    voice: str = ""
    language: str = ""


def said_by(verb: Verb) -> list[Said]:
    """Return what a Say or Play lets the caller notice; nothing of a Pause."""
    if verb.name == "Pause":
        return []
    voice, language = (verb.attributes.get(name, "") for name in ("voice", "language"))
    return [Said(verb.text, verb.name, voice, language)]


@dataclass(slots=True)
class Heard:
    """What happened between two actions of the caller."""

    said: list[Said] = field(default_factory=list)
    """Say, Play and Dial, and words on a socket, in order."""
    verbs: list[str] = field(default_factory=list)
    """Every verb carried out, in order."""
    replies: list[Reply] = field(default_factory=list)
    """How answers came on a socket, in the caller's own time."""
    faults: list[str] = field(default_factory=list)
    """What Twilio would have complained of and gone on from."""
    is_over: bool = False
    elapsed_ms: float = 0.0
    """The line's own time: its requests, not the speaking."""

    @property
    def sentences(self) -> list[Said]:
        return [said for said in self.said if said.verb in ("Say", "ConversationRelay")]

    @property
    def text(self) -> str:
        return " ".join(said.text for said in self.sentences)

    @property
    def dialled(self) -> list[str]:
        return [said.text for said in self.said if said.verb == "Dial"]
