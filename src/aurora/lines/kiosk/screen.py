"""What a kiosk prints: both sides of the call, and every rise in urgency."""

from typing import Any

from rich.console import Console
from rich.text import Text

COLOURS = {"aurora": "bold cyan", "caller": "bold", "kiosk": "dim", "urgency": "bold red"}


class Screen:
    """One line for each thing that happens, as it happens."""

    def __init__(self, out: Console, desk_number: str) -> None:
        """desk_number: the control room's, for when Aurora cannot go on."""
        self._out = out
        self._desk_number = desk_number
        self._known: tuple[str, ...] = ()

    def show(self, what: dict[str, Any]) -> None:
        """Print what an audio call shows, and what the kiosk itself does."""
        match what["kind"]:
            case "call":
                self._known = ()
                self.tell("kiosk", f"call {what['id']}")
            case "sentence":
                self.tell("aurora", what["sentence"].text)
            case "turn":
                if what["heard"]:
                    self.tell("caller", what["heard"])
                self._tell_situation(what)
            case "standby" if what["ending"] == "failed":
                self.tell("urgency", f"Aurora cannot go on. Call {self._desk_number}.")
            case "standby":
                self.tell("kiosk", f"standing by; the call was {what['ending'].replace('_', ' ')}")

    def tell(self, who: str, text: str) -> None:
        self._out.print(
            Text(f"{who:>7}  ", style=COLOURS[who]) + Text(text, style=""), soft_wrap=True
        )

    def _tell_situation(self, what: dict[str, Any]) -> None:
        zone = f"zone {what['zone']}" if what["zone"] else "place not known"
        known = (what["urgency"], what["hazard"], zone)
        if known != self._known:
            self._known = known
            self.tell("urgency", ", ".join(known))
