import asyncio
import threading

import numpy as np
import pytest

from aurora.errors import VoiceUnavailable
from aurora.speech import rendered
from aurora.speech.codec import mulaw_encode
from aurora.speech.rendered import RenderedLines

LINES = [("Leave now.", "en"), ("Salga ahora.", "es")]


class Voice:
    """Says a text as that many samples, and remembers what it was asked."""

    def __init__(self, identity="voice 1"):
        self.identity, self.asked, self.failures, self.is_closed = identity, [], 0, False
        self.may_speak = threading.Event()
        self.may_speak.set()
        self.was_asked = threading.Event()

    def render(self, text, language):
        self.asked.append((text, language))
        self.was_asked.set()
        assert self.may_speak.wait(5)
        if self.failures:
            self.failures -= 1
            raise VoiceUnavailable("late")
        return np.full(len(text), 1000, dtype=np.int16)

    def close(self):
        self.is_closed = True


def sound(text):
    return mulaw_encode(np.full(len(text), 1000, dtype=np.int16))


@pytest.fixture
def make(tmp_path):
    made = []

    def lines(voice=None, **arguments):
        made.append(RenderedLines(voice or Voice(), tmp_path / "lines", **arguments))
        return made[-1]

    yield lines
    for one in made:
        one.close()


def prepared(lines, wanted=LINES):
    lines.prepare(wanted)
    assert lines.wait_prepared(5)
    return lines


def test_prepared_lines_are_ready_without_the_voice(make):
    voice = Voice()
    lines = prepared(make(voice))
    assert voice.asked == LINES
    assert lines.get(*LINES[0]) == sound("Leave now.")
    assert lines.get("Leave now.", "es") is None
    assert lines.figures() == {"wanted": 2, "ready": 2, "bytes": 22}


def test_the_next_start_reads_them_from_disk(make):
    prepared(make())
    voice = Voice()
    assert prepared(make(voice)).get(*LINES[1]) == sound("Salga ahora.")
    assert voice.asked == []


def test_another_voice_or_rate_is_rendered_anew(make):
    prepared(make())
    voice = Voice("voice 1 slower")
    prepared(make(voice))
    assert voice.asked == LINES


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:10],
        lambda content: content[:-1],
        lambda content: content[:-1] + b"\x00",
        lambda content: b"\x00" + content[1:],
    ],
    ids=["empty", "header cut", "cut", "last byte changed", "digest changed"],
)
def test_damaged_files_are_rendered_again_and_mended(make, tmp_path, damage):
    prepared(make())
    for path in (tmp_path / "lines").iterdir():
        path.write_bytes(damage(path.read_bytes()))
    voice = Voice()
    assert prepared(make(voice)).get(*LINES[0]) == sound("Leave now.")
    assert voice.asked == LINES
    unneeded = Voice()
    prepared(make(unneeded))
    assert unneeded.asked == []


def test_what_a_killed_process_left_half_written_is_removed(make, tmp_path):
    (tmp_path / "lines").mkdir()
    (tmp_path / "lines" / "abc.part").write_bytes(b"half")
    prepared(make())
    assert {path.suffix for path in (tmp_path / "lines").iterdir()} == {".mulaw"}


def test_a_folder_that_cannot_be_written_costs_only_the_next_start(make, tmp_path):
    (tmp_path / "lines").write_text("a file where the folder should be")
    assert prepared(make()).get(*LINES[0]) == sound("Leave now.")


def test_a_line_that_fails_is_tried_again(make):
    voice = Voice()
    voice.failures = 1
    prepared(make(voice))
    assert voice.asked == [*LINES, LINES[0]]


def test_a_voice_that_stays_dead_leaves_the_lines_unready(make):
    voice = Voice()
    voice.failures = 99
    lines = make(voice)
    lines.prepare(LINES)
    assert not lines.wait_prepared(5)
    assert lines.get(*LINES[0]) is None


def test_the_quiet_voice_prepares_and_is_closed_when_it_is_through(make):
    live, quiet = Voice(), Voice()
    prepared(make(live, quiet_voice=quiet))
    assert (live.asked, quiet.asked) == ([], LINES)
    assert quiet.is_closed
    assert not live.is_closed


async def test_other_sentences_are_rendered_once_and_kept(make):
    voice = Voice()
    lines = make(voice)
    assert await lines.render("Good.", "en") == sound("Good.")
    assert await lines.render("Good.", "en") == sound("Good.")
    assert lines.get("Good.", "en") == sound("Good.")
    assert voice.asked == [("Good.", "en")]


async def test_two_callers_who_need_the_same_sentence_share_one_rendering(make):
    voice = Voice()
    lines = make(voice)
    assert (
        await asyncio.gather(*(lines.render("Good.", "en") for _ in range(5)))
        == [sound("Good.")] * 5
    )
    assert len(voice.asked) == 1


async def test_a_caller_who_hangs_up_silences_no_other(make):
    voice = Voice()
    voice.may_speak.clear()
    lines = make(voice)
    first = asyncio.create_task(lines.render("Good.", "en"))
    second = asyncio.create_task(lines.render("Good.", "en"))
    await asyncio.sleep(0)
    first.cancel()
    voice.may_speak.set()
    assert await second == sound("Good.")


async def test_a_failed_rendering_is_told_and_the_next_try_succeeds(make):
    voice = Voice()
    voice.failures = 1
    lines = make(voice)
    with pytest.raises(VoiceUnavailable):
        await lines.render("Good.", "en")
    assert await lines.render("Good.", "en") == sound("Good.")


async def test_preparing_waits_while_a_caller_waits(make):
    live, quiet = Voice(), Voice()
    live.may_speak.clear()
    lines = make(live, quiet_voice=quiet)
    urgent = asyncio.create_task(lines.render("Good.", "en"))
    assert await asyncio.to_thread(live.was_asked.wait, 5)
    lines.prepare(LINES)
    assert not lines.wait_prepared(0.05)
    assert quiet.asked == []
    live.may_speak.set()
    assert await urgent == sound("Good.")
    assert await asyncio.to_thread(lines.wait_prepared, 5)


async def test_memory_is_bounded_and_keeps_what_was_used_last(make, monkeypatch):
    monkeypatch.setattr(rendered, "MOST_PASSING_BYTES", 30)
    lines = make()
    for text in ("ten bytes1", "ten bytes2", "ten bytes3"):
        await lines.render(text, "en")
    lines.get("ten bytes1", "en")
    await lines.render("ten bytes4", "en")
    kept = [n for n in range(1, 5) if lines.get(f"ten bytes{n}", "en") is not None]
    assert kept == [1, 3, 4]
    assert lines.figures()["bytes"] <= 30


def test_more_lines_than_memory_may_hold_stay_on_disk(make, monkeypatch):
    monkeypatch.setattr(rendered, "MOST_FIXED_BYTES", 15)
    lines = make()
    lines.prepare(LINES)
    assert not lines.wait_prepared(5)
    assert lines.figures() == {"wanted": 2, "ready": 1, "bytes": 10}


OPENINGS = [("Get out now.", "en"), ("Emergency line.", "en")]


def test_what_calls_begin_with_comes_first_and_by_the_voice_of_the_calls(make):
    live, quiet = Voice(), Voice()
    lines = make(live, quiet_voice=quiet)
    lines.prepare([*LINES, *OPENINGS], OPENINGS)
    assert lines.wait_prepared(5)
    assert lines.wait_for_openings(0)
    assert (live.asked, quiet.asked) == (OPENINGS, LINES)
    assert lines.figures()["wanted"] == 4


def test_calls_can_begin_while_the_other_sentences_are_still_being_made(make):
    live, quiet = Voice(), Voice()
    quiet.may_speak.clear()
    lines = make(live, quiet_voice=quiet)
    lines.prepare(LINES, OPENINGS)
    assert lines.wait_for_openings(5)
    assert lines.unready_openings == 0
    assert lines.get(*LINES[0]) is None
    quiet.may_speak.set()


def test_calls_cannot_begin_before_the_last_of_their_sentences_is_made(make):
    live = Voice()
    live.may_speak.clear()
    lines = make(live)
    lines.prepare(LINES, OPENINGS)
    assert live.was_asked.wait(5)
    assert not lines.wait_for_openings(0)
    assert lines.unready_openings == 2
    live.may_speak.set()
    assert lines.wait_for_openings(5)


def test_what_calls_begin_with_is_never_given_up(make, monkeypatch):
    monkeypatch.setattr(rendered, "FIRST_REST_S", 0.001)
    live = Voice()
    live.failures = 5 * rendered.TRIES * len(OPENINGS)
    lines = make(live, quiet_voice=Voice())
    lines.prepare(LINES, OPENINGS)
    assert lines.wait_for_openings(5)
    assert lines.wait_prepared(5)


def test_whoever_waits_for_a_dead_voice_is_let_go_when_it_is_closed(make):
    live = Voice()
    live.failures = 999
    lines = make(live, quiet_voice=Voice())
    lines.prepare(LINES, OPENINGS)
    lines.close()
    assert not lines.wait_for_openings(5)
