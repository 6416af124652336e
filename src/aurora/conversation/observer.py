"""Who is told of what happens on calls: metrics, the mirror, the alerts, the console."""

from aurora.conversation.call import Call
from aurora.conversation.timing import TurnTiming
from aurora.conversation.turn import Turn


class Observer:
    """Told of words, turns and changed calls; one that a class does not take up passes it by.

    What it does with them must be quick: sound waits behind it.
    """

    def words_heard(self, call: Call, words: str, *, is_final: bool) -> None:
        """A caller's turn as it is understood so far, or as it is taken; nothing is decided yet."""

    def turn_taken(self, turn: Turn, total_ms: float) -> None:
        """A turn is on the record and answered; `call_changed` follows."""

    def call_changed(self, call: Call) -> None:
        """A call began, ended or is not what it was."""

    def words_due(self, call: Call) -> None:
        """Something waits to be said that the caller's next turn would bring, and may not come."""

    def turn_timed(self, timing: TurnTiming) -> None:
        """All stages of a turn by voice are known."""
