"""What the panel of a hand-off shows; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from babel import Locale

from aurora.accounts.person import Person
from aurora.conversation.call import Call
from aurora.conversation.hand_off import Stage
from aurora.conversation.operators import MAX_WORDS_CHARS
from aurora.site.model import Contact


@dataclass(frozen=True, slots=True)
class Panel:
    """The values of `handoff/panel.html`."""

    call_id: str
    caller: str
    """By name or number; empty when neither is known."""
    person: str
    """Who looks at it, as the record has them."""
    stage: str
    who: str
    """Who is asked or has joined; empty when nobody is."""
    language_code: str
    language: str
    """The caller's, in the words of whoever looks."""
    has_sound: bool
    held_by: str | None
    """The other machine, or kiosk, that holds the call, by what people call it."""
    can_ring: bool
    is_drill: bool
    questions: Sequence[str]
    people: Sequence[Contact]
    services: str | None
    """Whom Aurora can dial for the public services, by name."""
    emergency_number: str
    most_chars: int = MAX_WORDS_CHARS


def panel_of(
    call: Call,
    person: Person,
    *,
    has_sound: bool,
    held_by: str | None = None,
    can_ring: bool,
    questions: Sequence[str],
    people: Sequence[Contact],
    services: Contact | None,
    emergency_number: str,
) -> Panel:
    """Return what one person sees of one call's hand-off."""
    hand_off = call.hand_off
    is_open = hand_off is not None and hand_off.is_open
    named = Locale.parse(call.language).get_display_name(person.language)
    return Panel(
        call_id=call.id,
        caller=call.worker_name or call.from_number or "",
        person=person.name,
        stage=hand_off.stage.value if hand_off and is_open else Stage.ENDED.value,
        who=(hand_off.person if hand_off and is_open else None) or "",
        language_code=call.language,
        language=named or call.language,
        has_sound=has_sound,
        held_by=held_by,
        can_ring=can_ring,
        is_drill=call.is_drill,
        questions=questions,
        people=people,
        services=services.name if services else None,
        emergency_number=emergency_number,
    )
