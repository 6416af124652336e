"""What one caller is known to have heard: by the clock, or by the marks that come back."""

import pytest

from aurora.guidance.spoken import Spoken
from aurora.lines.audio.mouth import STILL_NEWS_S, Begun, Mouth
from aurora.speech.playout import Mark

STEP_S = 0.02
SECONDS = {"one": 1.0, "two": 1.0, "three": 1.0, "never ready": None}


class Lines:
    def get(self, text, language):
        return b"\x10" * 8000 if SECONDS[text] else None

    async def render(self, text, language):
        raise AssertionError("only what is ready is said here")


class Listener:
    """Moves the clock, takes what is sent and gives marks back; a page forgets them on `clear`."""

    def __init__(self):
        self.now, self.marks, self.lines, self.failed = 100.0, [], [], []
        self.mouth = Mouth(Lines(), lambda: self.now, lambda: None, self.failed.append)

    def says(self, *texts, **how):
        self.lines += [self.mouth.say(Spoken(text, "test"), "en", **how) for text in texts]
        return self

    def passes(self, seconds, *, echoes=True):
        for _ in range(round(seconds / STEP_S)):
            for item in self.mouth.due(self.now):
                if isinstance(item, Begun):
                    item.line.sent_at = self.now
                elif isinstance(item, Mark):
                    self.marks.append(item.name)
            self.now += STEP_S
            if echoes and not self.mouth.is_busy:
                self.echoes()
        return self

    def echoes(self):
        while self.marks:
            self.mouth.mark_echoed(self.marks.pop(0))

    def unheard(self):
        return [line.sentence.text for line in self.mouth.take_unheard()]


def test_what_was_said_into_a_dead_connection_is_unheard_whatever_the_clock_says():
    listener = Listener().says("one").passes(2.0)
    listener.says("two", "three").passes(5.0, echoes=False)

    assert listener.unheard() == ["two", "three"]
    assert listener.unheard() == []


def test_a_side_that_sends_no_marks_back_is_believed_to_have_heard_by_the_clock():
    listener = Listener().says("one", "two", "three").passes(2.5, echoes=False)

    assert listener.unheard() == ["three"]


def test_a_side_that_sends_none_back_has_understood_what_it_heard_to_sixty_percent():
    assert Listener().says("one").passes(0.7, echoes=False).unheard() == []
    assert Listener().says("one").passes(0.5, echoes=False).unheard() == ["one"]


def test_a_line_half_sent_when_the_connection_died_is_unheard_where_marks_come_back():
    listener = Listener().says("one").passes(2.0)

    assert listener.says("two").passes(0.9, echoes=False).unheard() == ["two"]


def test_a_mark_proves_what_was_said_before_it_though_that_mark_was_forgotten():
    listener = Listener().says("one").passes(1.1, echoes=False)
    listener.mouth.clear()
    listener.marks.clear()
    listener.says("two").passes(1.1)

    assert listener.unheard() == []


def test_the_mark_at_a_lines_beginning_proves_those_before_it_and_not_itself():
    listener = Listener().says("one").passes(1.1, echoes=False).says("two")
    listener.passes(1.1, echoes=False)
    listener.mouth.note_heard(listener.lines[1].name, lambda line, stage: None)

    assert listener.unheard() == ["two"]


@pytest.mark.parametrize(("is_owed", "unheard"), [(True, ["two"]), (False, [])])
def test_what_nobody_heard_for_long_is_still_told_if_it_is_owed(is_owed, unheard):
    listener = Listener().says("one").passes(2.0).says("two", is_owed=is_owed)

    assert listener.passes(STILL_NEWS_S + 2.0, echoes=False).unheard() == unheard
