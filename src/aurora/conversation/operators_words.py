"""What people at the console have said to a caller: kept until a turn says it, word for word."""

from datetime import datetime

from aurora.conversation.call import Call, OperatorsWords
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.foresight import FIRST_LINE
from aurora.conversation.pending import begin_pending, is_pending
from aurora.conversation.record import Event
from aurora.conversation.turn import Action, Turn
from aurora.guidance.spoken import Spoken

OPERATOR = "operator"
"""The source of an operator's own words, before their name."""
WHISPER = "whisper"
"""The source of a question that an operator had Aurora ask."""


def keep(call: Call, words: OperatorsWords) -> list[Event]:
    """Have these words said with the next turn, whichever begins it."""
    call.operators_words.append(words)
    kind = "whispered" if words.is_aurora else "operator_typed"
    return [Event(kind, words.at, {"by": words.by, "text": words.text})]


def say_them(dialogue: Dialogue, call: Call, now: datetime) -> Turn:
    """Take a turn that only says what is kept; the line asks for it when words are waiting."""
    turn = dialogue.open_turn(call, now)
    begin_pending(dialogue, turn, now)
    return turn


def put_in(dialogue: Dialogue, turn: Turn) -> None:
    """Put what is kept into a turn: an operator's words first, their questions last.

    An emergency's first line goes before everything; a call that ends here is no place for either.
    """
    call = turn.call
    if not is_due(call) or turn.action is Action.END:
        return
    phrases = dialogue.guide.phrases
    due = [phrases.say(turn.situation, name) for name in call.phrases_due]
    said = [_spoken(dialogue, turn, words) for words in call.operators_words if not words.is_aurora]
    asked = [
        Spoken(one.text, f"{WHISPER}:{one.by}") for one in call.operators_words if one.is_aurora
    ]
    opens = turn.sentences[:1] if turn.sentences and turn.sentences[0].name == FIRST_LINE else []
    turn.sentences = [*opens, *due, *said, *turn.sentences[len(opens) :], *asked]
    call.operators_words, call.phrases_due = [], []


def is_due(call: Call) -> bool:
    """Whether something is kept for the caller."""
    return bool(call.operators_words or call.phrases_due or is_pending(call))


def is_of_people(sentence: Spoken) -> bool:
    """Whether people at the console say it, who see it as said."""
    return sentence.source.partition(":")[0] in (OPERATOR, WHISPER)


def _spoken(dialogue: Dialogue, turn: Turn, words: OperatorsWords) -> Spoken:
    marked = dialogue.guide.phrases.say(turn.situation, "operator_says", words=words.text)
    return Spoken(marked.text, f"{OPERATOR}:{words.by}")
