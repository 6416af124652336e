"""What happens when the caller says nothing, or answers by key. Silence never ends an emergency."""

from datetime import datetime

from aurora.conversation.alerts import request
from aurora.conversation.call import Call, EndReason
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.lost import find, lose, search
from aurora.conversation.pending import begin_pending
from aurora.conversation.record import Event, Message
from aurora.conversation.turn import Action, Turn
from aurora.conversation.whereabouts import place_call
from aurora.escalation.incident import Lost
from aurora.guidance.places_spoken import ZoneTalk
from aurora.guidance.procedure import Ask
from aurora.levels import Hazard, Urgency
from aurora.triage.assessment import Assessment, Intent

SILENCES_BEFORE_ALERT = 3
SILENCES_BEFORE_HAND_OFF = 6
"""In a row; after as many more the control room is dialled again."""
SETTLED_BY = ("noted", "cannot_answer", "drill_noted")
"""What Aurora says to an everyday matter, as it does not to a mere "hello?"."""

MENU = {
    "1": ("fire", Hazard.FIRE),
    "2": ("toxic_gas", Hazard.TOXIC_GAS),
    "3": ("medical", Hazard.MEDICAL),
    "4": ("violence", Hazard.VIOLENCE),
    "5": ("emergency", Hazard.OTHER),
}
"""The keypad menu: key to procedure and hazard. Gas by key counts as toxic: its way out is right
for a flammable gas too."""


def wait(dialogue: Dialogue, call: Call, now: datetime) -> Turn:
    """Take a silent turn: ask again, offer the keypad, then alert; say nothing twice.

    A call that was ended stays so: only what a caller does goes on with it.
    """
    turn = dialogue.open_turn(call, now)
    if call.ended_at is not None:
        # By an operator, or in a turn whose sound was cut: the line may still be open.
        dialogue.say(turn, "goodbye")
        turn.action = Action.END
        return turn
    call.silences += 1
    turn.events.append(Event("silence", now, {"in_a_row": call.silences}))
    if _is_hiding(call):
        call.is_menu_open = False  # its next key is an answer again, or shows that they are there
    if begin_pending(dialogue, turn, now):
        return turn
    if call.silences < SILENCES_BEFORE_ALERT:
        _prompt(dialogue, turn)
    elif call.urgency.is_emergency or not _is_settled(call):
        _keep_the_line(dialogue, turn, now)
    else:
        dialogue.say(turn, "goodbye")
        turn.action = Action.END
        turn.events += dialogue.end(call, EndReason.SILENCE, now)
    return turn


def _is_settled(call: Call) -> bool:
    """Whether an everyday matter was heard and answered, so that silence may mean goodbye."""
    return any(phrase in call.guidance.taken for phrase in SETTLED_BY)


def _prompt(dialogue: Dialogue, turn: Turn) -> None:
    call = turn.call
    is_guided = call.guidance.procedure is not None
    if dialogue.guide.is_keeping_count(turn.situation):
        turn.sentences += dialogue.guide.waiting(turn.situation)
    elif call.is_quiet and not call.is_menu_open:
        _offer_keys(dialogue, turn)
    elif call.silences == 1 and is_guided:
        turn.sentences += dialogue.guide.waiting(turn.situation)
    elif call.takes_keys:
        _explain_keys(dialogue, turn)
    elif call.silences > 1:
        press_one = dialogue.guide.phrases.fresh(turn.situation, "press_one")
        turn.sentences += [press_one] if press_one else dialogue.guide.waiting(turn.situation)
    else:
        dialogue.ask_to_repeat(turn)


def _offer_keys(dialogue: Dialogue, turn: Turn) -> None:
    """A few words to a caller who must not be heard: which key answers, or that any will do."""
    names = ["keypad_yes_no"] if _is_asked(dialogue, turn.call) else []
    phrases = dialogue.guide.phrases
    hint = phrases.fresh(turn.situation, *names) if names else None
    spoken = hint or phrases.fresh(turn.situation, "quiet_silence")
    turn.sentences += [spoken] if spoken else dialogue.guide.waiting(turn.situation)


def _explain_keys(dialogue: Dialogue, turn: Turn) -> None:
    """Tell a caller who cannot speak what the keys mean now."""
    call = turn.call
    if _is_asked(dialogue, call) and not call.is_menu_open:
        dialogue.say(turn, "keypad_yes_no")
    elif call.is_menu_open or not call.guidance.procedure:
        call.is_menu_open = True
        dialogue.say(turn, "keypad_menu")
    else:
        turn.sentences += dialogue.guide.waiting(turn.situation)


def _keep_the_line(dialogue: Dialogue, turn: Turn, now: datetime) -> None:
    """A silent caller may be unable to speak: people are told and the line stays open."""
    call = turn.call
    is_at_work = dialogue.guide.is_keeping_count(turn.situation)
    # Whoever must not be heard, or has both hands on somebody's chest, is not missing.
    if call.urgency.is_emergency and not (call.is_quiet or is_at_work):
        lose(turn, Lost.SILENCE, now)
    # What cannot be understood is at least urgent; nothing was heard at all.
    dialogue.raise_urgency(turn, Urgency.URGENT, "silence", now)
    _tell_people(dialogue, turn, now)
    phrases = dialogue.guide.phrases
    if call.silences % SILENCES_BEFORE_HAND_OFF == 0 and not is_at_work:
        search(turn, set(dialogue.site.roles), now)
        dialogue.say(turn, "hand_off")
        dialogue.hand_off(turn, now)
    elif call.is_quiet and not is_at_work:
        _offer_keys(dialogue, turn)
    elif call.guidance.procedure:
        turn.sentences += dialogue.guide.waiting(turn.situation)
    else:
        still_silent = phrases.unsaid(turn.situation, "still_silent")
        turn.sentences += [still_silent] if still_silent else dialogue.guide.waiting(turn.situation)


def _tell_people(dialogue: Dialogue, turn: Turn, now: datetime) -> None:
    request(turn, ["control_room"], now)
    dialogue.alert(turn, now)


def press(dialogue: Dialogue, call: Call, digit: str, now: datetime) -> Turn:
    """Take a key: 1 for a caller who cannot speak, the menu, then 1 for yes and 2 for no, or any
    to show that somebody is there."""
    turn = dialogue.open_turn(call, now)
    turn.heard = Message("user", f"[key {digit}]", now, call.urgency.value, {"digit": digit})
    was_silent, call.silences = call.silences > 0, 0
    call.exchanges += 1
    find(turn, "key", now)
    is_asked = _is_asked(dialogue, call)
    if digit == "0":
        dialogue.say(turn, "hand_off")
        dialogue.hand_off(turn, now)
    elif call.is_menu_open:
        _choose(dialogue, turn, digit, now)
    elif digit in "12" and is_asked and (call.takes_keys or not was_silent):
        _answer(dialogue, turn, Intent.YES if digit == "1" else Intent.NO, now)
    elif begin_pending(dialogue, turn, now):
        pass  # whoever can only press keys is told what to do before what the keys mean
    elif _is_presence(call, digit) and not is_asked:
        _answer(dialogue, turn, Intent.DONE, now)
    elif _wants_menu(call, digit, is_asked=is_asked):
        _open_menu(dialogue, turn, now)
    elif call.takes_keys and is_asked:
        dialogue.say(turn, "keypad_yes_no")
    else:
        dialogue.say(turn, "keypad_again")
    return turn


def _is_asked(dialogue: Dialogue, call: Call) -> bool:
    """Whether a yes or no is waited for: a key says no more than that."""
    if call.place.unconfirmed_zone_id is not None:
        return True
    awaiting = call.guidance.awaiting
    procedure = dialogue.guide.library.running(call.guidance, call.language)
    items = procedure.then if procedure else []
    needs_words = any(
        isinstance(item, Ask) and item.fact == awaiting and not item.is_yes_no for item in items
    )
    return awaiting is not None and not needs_words


def _is_hiding(call: Call) -> bool:
    """Whether a caller who must not be heard is being guided: a wrong key may call them out."""
    return call.is_quiet and call.guidance.procedure is not None


def _is_presence(call: Call, digit: str) -> bool:
    """Whether a key without an open question only shows that the caller is there.

    Who was told that 1 is yes and 2 is no presses them again to be sure; who hides was told that
    any key will do. Neither asked for a menu, whose 1 and 2 would send them out.
    """
    is_guided = call.takes_keys and call.guidance.procedure is not None
    return is_guided and (digit in "12" or (_is_hiding(call) and digit != "9"))


def _wants_menu(call: Call, digit: str, *, is_asked: bool) -> bool:
    """Key 1; from a caller who cannot speak also 9, and any key while no question is open."""
    return digit == "1" or (call.takes_keys and (digit == "9" or not is_asked))


def _open_menu(dialogue: Dialogue, turn: Turn, now: datetime) -> None:
    turn.call.is_keypad_only = True
    dialogue.take_as_mute(turn, now)
    dialogue.say(turn, "keypad_menu")


def _choose(dialogue: Dialogue, turn: Turn, digit: str, now: datetime) -> None:
    call = turn.call
    if digit not in MENU:
        dialogue.say(turn, "keypad_menu" if digit == "9" else "keypad_again")
        return
    procedure_id, hazard = MENU[digit]
    call.is_menu_open = False
    if not dialogue.guide.may_start(turn.situation, procedure_id):
        # What runs is worse, or is this very procedure: it goes on, its question asked again.
        _answer(dialogue, turn, Intent.DONE, now)
        return
    call.hazard = hazard
    turn.situation = dialogue.situation(call, now)
    if digit == "4" and "quiet_ready" not in call.guidance.taken:
        dialogue.say(turn, "quiet_ready")
    dialogue.apply(turn, dialogue.guide.start(turn.situation, procedure_id), now)


def _answer(dialogue: Dialogue, turn: Turn, intent: Intent, now: datetime) -> None:
    call = turn.call
    answer = Assessment(
        urgency=Urgency.ASSISTIVE,
        hazard=Hazard.NONE,
        procedure=None,
        language=call.language,
        confidence=1.0,
        intent=intent,
    )
    talk = place_call(call.place, answer) if call.place.unconfirmed_zone_id else ZoneTalk.NOTHING
    turn.situation = dialogue.situation(call, now)
    dialogue.apply(turn, dialogue.guide.plan(turn.situation, answer, "", talk), now)
