"""TwiML of a call that alerts somebody: the brief twice, and keys; a voicemail answers nothing."""

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from aurora.escalation.answer_words import AnswerWords, Yes
from aurora.site.model import Voice

MAX_TWIML_CHARS = 4_000
"""What a REST request may carry (Twilio's error 32018)."""
MAX_BRIEF_CHARS = 700
"""Twice within that, however much of it has to be escaped as five characters."""
KEY_TIMEOUT_S = 8
MOST_ROUNDS = 2
"""Readings without a key before the line lets go: somebody else must be rung."""
BEGIN = '<?xml version="1.0" encoding="UTF-8"?><Response>'
END = "</Response>"


@dataclass(frozen=True, slots=True)
class AlertCall:
    """What is said on one call, in one language."""

    voice: Voice
    words: AnswerWords
    yes: Yes
    brief: str
    may_arrive: bool = False
    """Whoever accepted may say that they are there."""

    def opening(self, action: str) -> str:
        """Return what a call begins with, and what key 9 repeats; `action` takes the key."""
        keys = self._keys
        brief = cut_to_fit(self.brief)
        readings = f'{self._say(brief, keys)}<Pause length="1"/>{self._say(brief, keys)}'
        # A breath before it: the telephone is still on its way to the ear.
        return f'{BEGIN}<Pause length="1"/>{self._gather(readings, action)}{END}'

    def told(self) -> str:
        """Return a call that asks for no answer: an update, a stand-down."""
        said = self._say(cut_to_fit(self.brief))
        return f'{BEGIN}<Pause length="1"/>{said}<Pause length="1"/>{said}<Hangup/>{END}'

    def once_more(self, action: str) -> str:
        """Ask somebody who was taken for a machine to press 1 again: a recording cannot."""
        return f"{BEGIN}{self._gather(self._say(self.words.once_more), action)}{END}"

    def no_such_key(self, action: str) -> str:
        said = self._say(self.words.no_such_key, self._keys)
        return f"{BEGIN}{self._gather(said, action)}{END}"

    def closing(self, *sentences: str) -> str:
        return f"{BEGIN}{self._say(*sentences)}<Hangup/>{END}"

    def brief_only(self, number: str) -> str:
        """Return the call of a line that Twilio cannot reach: no key would arrive."""
        instead = self.words.phone_instead.format(number=spoken_number(number))
        said = self._say(cut_to_fit(self.brief), instead)
        return f'{BEGIN}<Pause length="1"/>{said}<Pause length="1"/>{said}<Hangup/>{END}'

    @property
    def _keys(self) -> str:
        keys = self.words.keys[self.yes]
        return f"{self.words.arrived_key} {keys}" if self.may_arrive else keys

    def _gather(self, inside: str, action: str) -> str:
        return gather_key(inside, action)

    def _say(self, *sentences: str) -> str:
        return say(self.voice, *sentences)


def say(voice: Voice, *sentences: str) -> str:
    """Return sentences spoken one after another."""
    spoken = f"voice={quoteattr(voice.voice)} language={quoteattr(voice.locale)}"
    return f"<Say {spoken}>{escape(_printable(' '.join(sentences)))}</Say>"


def gather_key(inside: str, action: str) -> str:
    """Return what takes one key while it speaks; `action` is asked when none comes, too."""
    return (
        f'<Gather input="dtmf" numDigits="1" timeout="{KEY_TIMEOUT_S}" finishOnKey=""'
        f' action={quoteattr(action)} method="POST" actionOnEmptyResult="true">'
        f"{inside}</Gather>"
    )


def cut_to_fit(brief: str) -> str:
    """Shorten a brief so that its escaped form fits, at a word where it has any."""
    words = brief.split()
    while len(words) > 1 and len(escape(" ".join(words))) > MAX_BRIEF_CHARS:
        words.pop()
    text = " ".join(words)
    while len(escape(text)) > MAX_BRIEF_CHARS:
        text = text[:-1]
    return text


def _printable(text: str) -> str:
    """Fold spaces; leave out what XML 1.0 cannot carry."""
    return "".join(character for character in " ".join(text.split()) if character.isprintable())


def spoken_number(number: str) -> str:
    """Digit by digit, or a voice would read millions."""
    return " ".join(number)
