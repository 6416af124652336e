"""Tell a caller what is known of those alerted, one piece of news a turn; knows no more."""

from collections.abc import Sequence
from typing import Protocol

from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.turn import Action, Turn
from aurora.escalation.truth import Claim, Statement, who, whom
from aurora.guidance.spoken import Spoken

BETWEEN = ":"


class Informer(Protocol):
    """Who knows how far the alerts of a call got, without waiting."""

    def news(self, call_id: str, told: Sequence[Statement]) -> list[Statement]:
        """Return what is true now and news to a caller who was told these, in the order to say."""

    def standing(self, call_id: str) -> list[Statement]:
        """Return what is true now, whatever was told before; of nothing known, nothing."""


def inform(dialogue: Dialogue, informer: Informer, turn: Turn) -> None:
    """Add the first piece of news to a turn, before the question that ends it."""
    call = turn.call
    if turn.action is not Action.LISTEN or not call.urgency.is_emergency:
        return
    news = informer.news(call.id, told(call))
    if not news:
        return
    statement = news[0]
    names = _names(dialogue, statement, call)
    spoken = dialogue.guide.phrases.say(turn.situation, statement.claim.value, **names)
    questions = turn.sentences[-1:] if turn.sentences and turn.sentences[-1].is_question else []
    turn.sentences[len(turn.sentences) - len(questions) :] = [spoken, *questions]
    call.told_of_alerts.append(BETWEEN.join([statement.claim.value, *statement.roles]))


def untell(call: Call, unheard: Sequence[Spoken]) -> None:
    """Forget that the caller was told what they spoke over: it is news to them again."""
    for sentence in unheard:
        for number in reversed(range(len(call.told_of_alerts))):
            if call.told_of_alerts[number].partition(BETWEEN)[0] == sentence.name:
                del call.told_of_alerts[number]
                break


def standing(dialogue: Dialogue, informer: Informer, call: Call) -> list[str]:
    """Return what a caller who asks is told of those alerted, as sentences of their language."""
    phrases = dialogue.guide.library.phrases_in(call.language)
    return [
        str(getattr(phrases, statement.claim.value)).format(**_names(dialogue, statement, call))
        for statement in informer.standing(call.id)
    ]


def _names(dialogue: Dialogue, statement: Statement, call: Call) -> dict[str, str]:
    return {
        "who": who(dialogue.site, statement.roles, call.language),
        "whom": whom(dialogue.site, statement.roles, call.language),
        "number": dialogue.site.emergency_number,
    }


def told(call: Call) -> list[Statement]:
    """Return what this caller was told before, oldest first."""
    parts = (kept.split(BETWEEN) for kept in call.told_of_alerts)
    return [Statement(Claim(claim), tuple(roles)) for claim, *roles in parts]
