"""What the measured callers say aloud: clear recordings of a folder, or sentences rendered here."""

import itertools
import json
from pathlib import Path

from aurora.rehearsal.caller_speech import MANIFEST, Utterance, read_recordings, utterance
from aurora.speech.speak import NanoVoice

FOLDER = Path(__file__).parents[1] / "../shared/evals/speech"
RENDERED = (
    "There is smoke coming out of zone B.",
    "I can smell gas in zone A.",
    "His hand is caught in the machine.",
    "A man fell from the ladder and he is not breathing.",
    "Acid went into her eyes.",
    "There is a fire in zone D.",
)


def clear_recordings(folder: Path, count: int) -> tuple[str, list[Utterance]]:
    """Return where they are from, and so many: evenly from the folder, some twice if need be."""
    if not (folder / MANIFEST).is_file():
        voice = NanoVoice()
        rendered = [utterance(voice.render(w, "en"), w, words=w, language="en") for w in RENDERED]
        return "rendered by py-nanotts", _so_many(rendered, count)
    entries = map(json.loads, (folder / MANIFEST).read_text("utf-8").splitlines())
    clear = {entry["file"] for entry in entries if entry.get("noise", "none") == "none"}
    found = [one for one in read_recordings(folder) if one.name in clear]
    return f"{folder.resolve()}, clear ones", _so_many(found, count)


def _so_many(recordings: list[Utterance], count: int) -> list[Utterance]:
    if count >= len(recordings):
        return list(itertools.islice(itertools.cycle(recordings), count))
    return [recordings[n * len(recordings) // count] for n in range(count)]
