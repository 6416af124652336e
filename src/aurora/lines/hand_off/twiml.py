"""TwiML that briefs a person, and brings them and a caller into one conference."""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from aurora.escalation.channels.alert_call import (
    BEGIN,
    END,
    cut_to_fit,
    gather_key,
    say,
)
from aurora.lines.hand_off.words import HandOffWords
from aurora.site.model import Voice

EVENTS = "start end join leave"
PAUSE_S = 4
"""Between two sentences to a caller who waits: they must hear that the line is alive."""


def brief(voice: Voice, words: HandOffWords, sentences: Sequence[str], action: str) -> str:
    """Return the brief and the keys; `action` takes the key."""
    told = say(voice, cut_to_fit(" ".join(sentences)), words.keys)
    return f'{BEGIN}<Pause length="1"/>{gather_key(told, action)}{END}'


def ask_again(voice: Voice, words: HandOffWords, action: str) -> str:
    """Return what follows a key that means nothing."""
    return f"{BEGIN}{gather_key(say(voice, words.no_such_key, words.keys), action)}{END}"


def told_first(voice: Voice, sentences: Sequence[str], then: str) -> str:
    """Return what somebody hears before it is asked, at `then`, where they go."""
    told = say(voice, cut_to_fit(" ".join(sentences)))
    return f'{BEGIN}{told}<Redirect method="POST">{escape(then)}</Redirect>{END}'


def closing(voice: Voice, sentence: str) -> str:
    return f"{BEGIN}{say(voice, sentence)}<Hangup/>{END}"


def put_through(voice: Voice, sentence: str, number: str, shown: str) -> str:
    """Return what rings a number for somebody, twice if need be, and tells it them each time."""
    told = say(voice, sentence)
    dial = f"<Dial callerId={quoteattr(shown)}><Number>{escape(number)}</Number></Dial>"
    return f"{BEGIN}{told}{dial}{told}{dial}{told}{END}"


def person_enters(
    voice: Voice,
    sentences: Sequence[str],
    room: str,
    *,
    over: str = "",
    events: str = "",
    ends: bool = True,
) -> str:
    """Return what brings a person into the conference; when they leave, it is over, if it `ends`.

    over: asked when it is; they are hung up without. events: told who comes and goes.
    """
    conference = _conference(room, over, events, begins=True, ends=ends)
    told = say(voice, cut_to_fit(" ".join(sentences))) if sentences else ""
    return f"{BEGIN}{told}{conference}{END}"


def caller_enters(
    voice: Voice, sentences: Sequence[str], room: str, *, back: str, wait: str, events: str
) -> str:
    """Return what brings a caller into it. back: asked when it is over. wait: what they hear alone.

    It begins when the person is there, and a caller who hangs up ends it.
    """
    conference = _conference(room, back, events, begins=False, ends=True, wait=wait)
    return f"{BEGIN}{_said(voice, sentences)}{conference}{END}"


def waiting(voice: Voice, sentences: Sequence[str]) -> str:
    """Return what a caller hears while they wait, which Twilio repeats: words, and no music."""
    pause = f'<Pause length="{PAUSE_S}"/>'
    told = "".join(f"{say(voice, sentence)}{pause}" for sentence in sentences)
    return f"{BEGIN}{told}{END}"


def _said(voice: Voice, sentences: Sequence[str]) -> str:
    return say(voice, *sentences) if sentences else ""


def _conference(
    room: str, action: str, events: str, *, begins: bool, ends: bool, wait: str = ""
) -> str:
    then = f' action={quoteattr(action)} method="POST"' if action else ""
    told = f' statusCallback={quoteattr(events)} statusCallbackEvent="{EVENTS}"' if events else ""
    return (
        f'<Dial{then}><Conference beep="false"'
        f' startConferenceOnEnter="{_word(begins)}" endConferenceOnExit="{_word(ends)}"'
        f' waitUrl={quoteattr(wait)} waitMethod="POST"{told}>{escape(room)}</Conference></Dial>'
    )


def _word(value: bool) -> str:
    return "true" if value else "false"
