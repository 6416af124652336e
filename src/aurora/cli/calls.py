"""The commands that call a running line: one call shown, or many at once measured."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from aurora.cli.output import Host, Port, log_to_stderr, out


class Line(StrEnum):
    """What the telephone line may answer with besides Gather."""

    STREAM = "stream"
    RELAY = "relay"


def call(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="What the caller says, a turn each; after the recordings."),
    ] = None,
    wav: Annotated[
        list[Path] | None, typer.Option(help="A recording the caller plays; any WAV file.")
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="Write what was heard of Aurora to this WAV file.")
    ] = None,
    language: Annotated[
        str, typer.Option(help="In which typed words are spoken, where they have to be.")
    ] = "en",
    host: Host = "127.0.0.1",
    port: Port = 5000,
    number: Annotated[str, typer.Option("--from", help="The caller's number.")] = "+12025550151",
) -> None:
    """Place a call on a running line through the Twilio protocol, and print both sides."""
    from aurora.rehearsal.caller_speech import Utterance, read_recordings, spoken_words
    from aurora.rehearsal.placed_call import place

    log_to_stderr()
    recordings = [one for path in wav or [] for one in read_recordings(path)]
    turns: list[str | Utterance] = [*recordings, *(words or [])]
    if not turns:
        raise typer.BadParameter("give words to say, or --wav FILE")
    voice, url = spoken_words(language), f"http://{host}:{port}"
    if not asyncio.run(place(url, number, turns, out, voice=voice, record_to=record)):
        raise typer.Exit(1)


def simulate(
    recordings: Annotated[Path, typer.Argument(help="A WAV file, or a folder of them.")],
    calls: Annotated[int, typer.Option(min=1, max=200, help="At once.")] = 1,
    line: Annotated[Line, typer.Option(help="What the line is to answer with.")] = Line.STREAM,
    loss: Annotated[
        float, typer.Option(min=0, max=100, help="Percent of the callers' frames lost.")
    ] = 0.0,
    jitter: Annotated[float, typer.Option(min=0, max=2000, help="Milliseconds at most.")] = 0.0,
    seconds: Annotated[
        float, typer.Option(min=1, max=3600, help="No call is begun after so long.")
    ] = 120.0,
    host: Host = "127.0.0.1",
    port: Port = 5000,
) -> None:
    """Let many callers ring a line of this machine at once, and print how they were answered.

    To the line these are calls like any other: it records them and tells people. Give it a line
    of its own.
    """
    from aurora.rehearsal.simulation_run import run_simulation

    log_to_stderr()
    asked = (recordings, calls, line.value, loss / 100, jitter / 1000, seconds)
    if not asyncio.run(run_simulation(f"http://{host}:{port}", *asked, out)):
        raise typer.Exit(1)
