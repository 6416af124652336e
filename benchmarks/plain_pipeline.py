"""The plain way to answer by voice: the line's own parts one after another, nothing ahead."""

import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from aurora.conversation.ring import Ring
from aurora.conversation.switchboard import Switchboard
from aurora.conversation.turn import Turn
from aurora.lines.site_terms import site_terms
from aurora.records.memory import MemoryRecords
from aurora.rehearsal.caller_speech import SILENT_FRAME, Utterance
from aurora.rooms import Rooms
from aurora.speech.codec import FRAME, FRAME_S, Pcm, mulaw_decode
from aurora.speech.endpointing import Endpointing, TurnEnded, TurnTaking
from aurora.speech.site_words import SiteWords
from aurora.speech.transcribe import SecondOpinion, Transcriber, WhisperTranscriber
from aurora.speech.voice_activity import SileroActivity, SileroModel
from aurora.speech.voice_process import VoiceProcess
from aurora.speech.weights import Weights, choose_weights

SILENCE_S = 0.81
MODEL = "base"


@dataclass(frozen=True, slots=True)
class PlainAnswer:
    """Milliseconds of each step; the first from the last speech frame."""

    end_of_turn_ms: float
    text_ms: float
    answer_ms: float
    voice_ms: float
    first_line: str

    @property
    def total_ms(self) -> float:
        return self.end_of_turn_ms + self.text_ms + self.answer_ms + self.voice_ms


class PlainPipeline:
    """One caller after another; close it when done."""

    def __init__(self, rooms: Rooms, models_dir: Path) -> None:
        self._rooms = rooms
        self._choice = choose_weights(MODEL, models_dir)
        self._models = {one.name: _whole_window(one) for one in self._choice.weights}
        self._words = SiteWords(site_terms(rooms.site))
        self._silero = SileroModel()
        self._voice = VoiceProcess(1.0)
        self._voice.render("Ready.", "en")

    def close(self) -> None:
        self._voice.close()

    async def answer(self, utterance: Utterance) -> PlainAnswer:
        """Wait, transcribe, answer and speak; the wait is counted in sound, not sat through."""
        language = utterance.language or "en"
        heard, end_of_turn_ms = self._turn(utterance)
        times = [time.perf_counter()]
        words = self._transcribed(heard, language)
        times.append(time.perf_counter())
        first_line = await self._answered(words, language)
        times.append(time.perf_counter())
        self._voice.render(first_line, language)
        times.append(time.perf_counter())
        text, answer, voice = (float(step) for step in np.diff(times) * 1000)
        return PlainAnswer(end_of_turn_ms, text, answer, voice, first_line)

    def _turn(self, utterance: Utterance) -> tuple[Pcm, float]:
        """Return the sound until the end of the turn, and how long that was after speech."""
        activity = SileroActivity(self._silero)
        turns = TurnTaking(Endpointing(silence_s=SILENCE_S), activity.window_s)
        silence = [SILENT_FRAME] * round(2 * SILENCE_S / FRAME_S)
        sound = mulaw_decode(b"".join([*utterance.frames, *silence]))
        at = 0.0
        for start in range(0, len(sound), FRAME):
            for is_speech in activity.feed(sound[start : start + FRAME]):
                at += activity.window_s
                if any(isinstance(event, TurnEnded) for event in turns.feed(at, is_speech, "", "")):
                    heard = sound[: start + FRAME]
                    return heard, max(0.0, at - utterance.speech_s) * 1000
        return sound, len(sound) / FRAME * FRAME_S * 1000

    def _transcribed(self, sound: Pcm, language: str) -> str:
        first, *others = (self._models[one.name] for one in self._choice.for_finals(language))
        whisper: Transcriber = SecondOpinion(first, others[0]) if others else first
        heard = whisper.transcribe(sound, language, is_partial=False)
        return self._words.correct(heard.text, language, heard.word_confidences).text

    async def _answered(self, words: str, language: str) -> str:
        switchboard = Switchboard(self._rooms.dialogue, MemoryRecords())
        await switchboard.ring(Ring("gather", provider_id="plain", language=language), _opening)
        return await switchboard.hear("plain", words, _opening)


def _whole_window(weights: Weights) -> WhisperTranscriber:
    # A model of an unknown name is given Whisper's own window of 30 s.
    return WhisperTranscriber(replace(weights, name=f"{weights.name}, whole window"))


def _opening(turn: Turn) -> str:
    return turn.sentences[0].text if turn.sentences else ""
