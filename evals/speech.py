"""Measure recognition: words, hazards and zones, before and after site words are put right."""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from aurora.levels import Hazard
from aurora.lines.site_terms import site_terms
from aurora.site.load import load_site, locate
from aurora.speech.site_words import SiteWords
from aurora.speech.sounds import load_sounds
from aurora.speech.transcribe import SecondOpinion, Transcriber, Transcript, WhisperTranscriber
from aurora.speech.weights import WeightsChoice, choose_weights
from aurora.triage.assess import Triage
from aurora.triage.assessment import Assessment
from aurora.triage.places import CONFIRM_BELOW
from evals.misheard import bare, word_errors
from evals.rating import packaged_triage
from evals.spoken import Spoken, read_folder, speak_own_lines
from evals.table import WIDTH

SOUNDS = load_sounds()
COLUMNS = ("", "n", "WER", "put right", "hazard", "put right", "or repeat", "zone", "put right")
MORE = ("wrong zone", "unasked", "refused", "CPU s")

out = Console(width=WIDTH)


@dataclass(frozen=True, slots=True)
class Heard:
    """One recording, what was made of it, and what triage makes of that and of what was said."""

    spoken: Spoken
    transcript: Transcript
    right: str
    """The text with the site's words put right."""
    is_zone_read_back: bool
    meant: Assessment
    raw: Assessment
    after: Assessment
    cpu_s: float

    @property
    def has_hazard(self) -> bool:
        return self.meant.urgency.is_emergency and self.meant.hazard is not Hazard.NONE

    def is_hazard(self, found: Assessment) -> bool:
        return found.urgency.is_emergency and found.hazard is self.meant.hazard

    @property
    def has_zone(self) -> bool:
        return _zone(self.meant) is not None

    def is_zone(self, found: Assessment) -> bool:
        return _zone(found) == _zone(self.meant)

    @property
    def is_wrong_zone(self) -> bool:
        return _zone(self.after) not in (None, _zone(self.meant))

    @property
    def is_unasked(self) -> bool:
        """Another zone, taken without reading it back."""
        place = self.after.place
        is_sure = place is not None and place.confidence >= CONFIRM_BELOW
        return self.is_wrong_zone and is_sure and not self.is_zone_read_back


class Ears:
    """What the line uses: models, the site's words, triage."""

    def __init__(self, choice: WeightsChoice) -> None:
        self._choice = choice
        self._models: dict[str, Transcriber] = {
            weights.name: WhisperTranscriber(weights) for weights in choice.weights
        }
        self._words = SiteWords(site_terms(load_site(locate(None))))
        self._triage: Triage = packaged_triage()

    def hear(self, spoken: Spoken) -> Heard:
        language = spoken.language
        first, *others = (self._models[one.name] for one in self._choice.for_finals(language))
        transcriber = SecondOpinion(first, others[0]) if others else first
        started = time.process_time()
        transcript = transcriber.transcribe(spoken.pcm, language, is_partial=False)
        corrected = self._words.correct(transcript.text, language, transcript.word_confidences)
        cpu_s = time.process_time() - started
        texts = (spoken.text, transcript.text, corrected.text)
        meant, raw, after = (
            self._triage.assess(text, language=language).assessment for text in texts
        )
        return Heard(
            spoken,
            transcript,
            corrected.text,
            corrected.has_doubtful_zone,
            meant,
            raw,
            after,
            cpu_s,
        )


def _zone(found: Assessment) -> str | None:
    return found.place.zone_id if found.place else None


def main(
    folder: Annotated[Path | None, typer.Argument(help="With a manifest.jsonl.")] = None,
    *,
    model: Annotated[str, typer.Option(help="As WHISPER_MODEL.")] = "base",
    models: Annotated[Path, typer.Option(help="Where joined weights are kept.")] = Path(
        "data/models"
    ),
    show_changes: Annotated[bool, typer.Option("--changes", help="List what was changed.")] = False,
) -> None:
    ears = Ears(choose_weights(model, models))
    heard = [ears.hear(spoken) for spoken in (read_folder(folder) if folder else speak_own_lines())]
    if show_changes:
        _print_changes(heard)
    _print_table(heard)


def _print_table(heard: Iterable[Heard]) -> None:
    groups: dict[str, list[Heard]] = defaultdict(list)
    for one in heard:
        noise = "clean" if one.spoken.noise == "none" else one.spoken.noise
        groups[f"{one.spoken.language} {noise}"].append(one)
    table = Table(*COLUMNS, *MORE, box=None, header_style="bold")
    for name, group in sorted(groups.items()):
        table.add_row(name, *_row(group))
    out.print(table)


def _row(group: Sequence[Heard]) -> list[str]:
    hazards = [one for one in group if one.has_hazard]
    zones = [one for one in group if one.has_zone]
    repeated = [one.is_hazard(one.after) or one.transcript.reject is not None for one in hazards]
    return [
        str(len(group)),
        _percent_wrong(group, [one.transcript.text for one in group]),
        _percent_wrong(group, [one.right for one in group]),
        _share([one.is_hazard(one.raw) for one in hazards]),
        _share([one.is_hazard(one.after) for one in hazards]),
        _share(repeated),
        _share([one.is_zone(one.raw) for one in zones]),
        _share([one.is_zone(one.after) for one in zones]),
        str(sum(one.is_wrong_zone for one in group)),
        str(sum(one.is_unasked for one in group)),
        str(sum(one.transcript.reject is not None for one in group)),
        f"{sum(one.cpu_s for one in group) / len(group):.2f}",
    ]


def _percent_wrong(group: Sequence[Heard], texts: Sequence[str]) -> str:
    wrong = of = 0.0
    for one, text in zip(group, texts, strict=True):
        language = one.spoken.language
        said = _plain(one.spoken.text, language)
        of += len(said.split())
        wrong += word_errors(said, _plain(text, language)) * len(said.split())
    return f"{100 * wrong / of:.1f} %"


def _plain(text: str, language: str) -> str:
    """Without capitals and stops; numbers written or spelt are the same words."""
    number = SOUNDS[language].number
    return " ".join(number(word) or word for word in bare(text).split())


def _share(hits: Sequence[bool]) -> str:
    return f"{sum(hits)}/{len(hits)}" if hits else "-"


def _print_changes(heard: Iterable[Heard]) -> None:
    for one in heard:
        if one.right != one.transcript.text:
            out.print(
                f"{one.spoken.text} | {one.transcript.text} | {one.right}",
                markup=False,
                highlight=False,
            )


if __name__ == "__main__":
    typer.run(main)
