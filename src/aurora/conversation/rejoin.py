"""What a line itself brings about: speech it cannot make out, a connection that came back."""

from collections.abc import Sequence
from datetime import datetime

from aurora.conversation.alerts import request
from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.foresight import FIRST_LINE
from aurora.conversation.handing_off import has_person
from aurora.conversation.joining import drop_back
from aurora.conversation.lost import find
from aurora.conversation.operators_words import is_of_people
from aurora.conversation.record import Event
from aurora.conversation.turn import Action, Turn
from aurora.escalation.incident import Lost
from aurora.guidance.spoken import Spoken
from aurora.levels import Urgency


def lose_ears(
    dialogue: Dialogue, call: Call, reason: str, now: datetime, *, has_other_ears: bool
) -> Turn:
    """The caller speaks and this machine cannot make it out: the safe line, and people are told.

    has_other_ears: somebody else's ears take over at once, so no person is needed yet.
    """
    turn = dialogue.open_turn(call, now)
    turn.events.append(Event("speech_unavailable", now, {"reason": reason}))
    # What cannot be understood is at least urgent, whatever it was.
    dialogue.raise_urgency(turn, Urgency.URGENT, "speech_unavailable", now)
    request(turn, ["control_room"], now)
    dialogue.alert(turn, now)
    dialogue.say(turn, "safe_place")
    if not has_other_ears:
        dialogue.hand_off(turn, now)
    return turn


def rejoin(dialogue: Dialogue, call: Call, unheard: Sequence[Spoken], now: datetime) -> Turn:
    """The call goes on after its connection ended: with a person, if one was asked for, or here.

    unheard: what the caller was not told any more; a first line among it goes before all else, and
    before the ringing of a telephone that nobody may answer.
    """
    if has_person(call):
        # Whoever had joined is not there: the caller came to Aurora.
        turn = drop_back(dialogue, call, "rejoined", now)
        turn.sentences = with_unheard(unheard, turn.sentences)
        return turn
    turn = dialogue.open_turn(call, now)
    turn.sentences = with_unheard(unheard, ())
    if call.is_hand_off_due:
        call.is_hand_off_due = False
        turn.action = Action.HAND_OFF
        return turn
    turn.events.append(Event("rejoined", now, {"unheard": len(turn.sentences)}))
    if call.loss is not None and call.loss.how is Lost.CONNECTION:
        find(turn, "connection", now)
    if not turn.sentences:
        dialogue.greet_again(turn)
    return turn


def answer_call_back(dialogue: Dialogue, call: Call, now: datetime) -> Turn:
    """Somebody picked up a call-back: say who calls and why, and ask how they are.

    Until they say something it may be a voicemail: they are not found by picking up.
    """
    turn = dialogue.open_turn(call, now)
    turn.events.append(
        Event("call_back_answered", now, {"tries": call.loss.tries if call.loss else 0})
    )
    dialogue.say(turn, "called_back", site=dialogue.site.name)
    return turn


def with_unheard(unheard: Sequence[Spoken], sentences: Sequence[Spoken]) -> list[Spoken]:
    """Return what a turn says together with what its caller was not told before, each once.

    The newest first line goes before all of it: what was to be said earlier, such as a greeting,
    is out of date. What people at the console said is not, and comes right behind.
    """
    missing = [one for one in unheard if one not in sentences]
    if any(one.name == FIRST_LINE for one in sentences):
        of_people = [one for one in missing if is_of_people(one)]
        return _behind_first_line(of_people, sentences)
    starts = [place for place, one in enumerate(missing) if one.name == FIRST_LINE]
    before = missing[: starts[-1]] if starts else []
    of_people = [one for one in before if is_of_people(one)]
    return [*_behind_first_line(of_people, missing[len(before) :]), *sentences]


def _behind_first_line(more: Sequence[Spoken], sentences: Sequence[Spoken]) -> list[Spoken]:
    names = [one.name for one in sentences]
    behind = names.index(FIRST_LINE) + 1 if FIRST_LINE in names else 0
    return [*sentences[:behind], *more, *sentences[behind:]]
