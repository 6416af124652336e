"""A call that runs procedures of a test's own; what it says it remembers."""

from typing import Any

from aurora.guidance.library import Library
from aurora.guidance.matching import Matcher
from aurora.guidance.phrasebook import Phrasebook
from aurora.guidance.procedure import Procedure
from aurora.guidance.runner import Runner
from aurora.guidance.spoken import Guidance, Situation, remember
from aurora.guidance.state import GuidanceState
from aurora.levels import Urgency
from aurora.triage.assessment import Assessment, Intent
from tests.line import NOON, example_library, said

OKAY = said(intent=Intent.DONE)
AGAIN = said(intent=Intent.REPEAT)
BREATHING = {
    "ask": "Is he breathing?",
    "again": "Does his chest move?",
    "fact": "breathing",
    "if_yes": {"say": "Keep him warm."},
    "if_no": {"switch": "cardiac_arrest", "say": "Not while the power is on."},
}
STEPS: list[dict[str, Any]] = [
    {"do": "Step one.", "again": "One, in other words."},
    {"do": "Step two.", "again": "Two, in other words."},
    {"do": "Step three.", "again": "Three, in other words."},
]


def procedure(name: str = "bleeding", **parts: Any) -> Procedure:
    defaults: dict[str, Any] = {
        "procedure": name,
        "language": "en",
        "version": 1,
        "approval": {"state": "draft"},
        "source": ["a book"],
        "title": name,
        "hazard": "injury",
        "urgency": "critical",
        "first_line": f"First of {name}.",
        "then": STEPS,
        "comfort": ["Comfort one.", "Comfort two.", "Comfort three."],
        "alert": ["supervisor"],
    }
    return Procedure.model_validate({**defaults, **parts})


class Line:
    """A call that runs these procedures; what it says it remembers."""

    def __init__(self, *procedures: Procedure, language: str = "en", **parts: Any) -> None:
        own = {(one.procedure, one.language): one for one in procedures}
        library = Library(own, example_library().phrases, "en")
        self.runner = Runner(library, Phrasebook(library), Matcher())
        defaults = {"facts": {}, "urgency": Urgency.CRITICAL, "now": NOON}
        self.situation = Situation(
            state=GuidanceState(), language=language, **{**defaults, **parts}
        )
        self.texts: list[str] = []

    @property
    def facts(self) -> dict[str, Any]:
        return self.situation.facts

    def start(self, name: str = "bleeding", text: str = "") -> str:
        return self._say(self.runner.start(self.situation, name, text))

    def hear(self, words: Assessment = OKAY, text: str = "") -> str:
        self.facts.update(words.facts)
        return self._say(self.runner.advance(self.situation, words, text))

    def tell_of_a_casualty(self) -> str:
        return self._say(self.runner.advance(self.situation, OKAY, "", is_casualty=True))

    def wait(self) -> str:
        return self._say(Guidance(self.runner.wait(self.situation)))

    def _say(self, guidance: Guidance) -> str:
        self.guidance = guidance
        remember(self.situation.state, guidance.sentences)
        self.texts += [sentence.text for sentence in guidance.sentences]
        return " ".join(sentence.text for sentence in guidance.sentences)
