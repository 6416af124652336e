"""The command line: commands that serve and rehearse here, the other groups put beside them."""

import asyncio
import contextlib
import gc
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from aurora import __version__
from aurora.cli import accounts, calls, escalation, handbook, record, site
from aurora.cli.output import Host, Port, err, log_to_stderr, out
from aurora.errors import AuroraError

app = typer.Typer(
    help="Aurora, the emergency line of an industrial site.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(site.app, name="site")
app.add_typer(handbook.app, name="handbook")
app.add_typer(accounts.users_app, name="users")
app.add_typer(accounts.audit_app, name="audit")
app.add_typer(record.app, name="record")
app.add_typer(escalation.app, name="escalation")
app.command()(calls.call)
app.command()(calls.simulate)


class Wake(StrEnum):
    """What begins a call at a kiosk."""

    SPEECH = "speech"
    KEY = "key"


def main() -> None:
    """Run the command line; an expected error is one plain message, not a traceback."""
    try:
        app()
    except AuroraError as error:
        message = escape(str(error))
        err.print(f"[bold red]aurora:[/] {message}", highlight=False, soft_wrap=True)
        sys.exit(1)


@app.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if show:
        out.print(__version__)
        raise typer.Exit


@app.command()
def serve(host: Host = "127.0.0.1", port: Port = 5000) -> None:
    """Answer calls until stopped."""
    # What loads now is kept: looking for garbage in it takes half a second of the start. `run`
    # collects once when all is loaded, and from then on as usual.
    gc.disable()
    try:
        from aurora.serve import run  # a second to load; other commands need no web stack
        from aurora.settings import load_settings

        log_to_stderr(load_settings().log.level)
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(run(host, port, out))
    finally:
        gc.enable()


@app.command()
def kiosk(
    microphone: Annotated[
        str | None, typer.Option("--input", help="Microphone: its number or part of its name.")
    ] = None,
    loudspeaker: Annotated[
        str | None, typer.Option("--output", help="Loudspeaker: its number or part of its name.")
    ] = None,
    half_duplex: Annotated[
        bool, typer.Option(help="Do not listen while speaking: for a loudspeaker near by.")
    ] = False,
    wake: Annotated[
        Wake | None, typer.Option(help="What begins a call: speech, or a key in a loud place.")
    ] = None,
    wav_in: Annotated[
        Path | None, typer.Option(help="A recording in place of the microphone.")
    ] = None,
    wav_out: Annotated[
        Path | None, typer.Option(help="A file in place of the loudspeaker.")
    ] = None,
    list_devices: Annotated[
        bool, typer.Option("--list-devices", help="Name the sound devices, and end.")
    ] = False,
    level_test: Annotated[
        bool, typer.Option("--level-test", help="Judge loudspeaker and microphone, and end.")
    ] = False,
) -> None:
    """Serve callers who stand at this machine, with its microphone and loudspeaker."""
    from aurora import kiosk as standing  # loads the whole line; other commands need none of it
    from aurora.settings import load_settings

    log_to_stderr(load_settings().log.level)
    asked = standing.Asked(
        microphone, loudspeaker, wav_in, wav_out, half_duplex, wake.value if wake else None
    )
    if list_devices:
        standing.list_devices(out)
    elif level_test:
        if not asyncio.run(standing.test_level(asked, out)):
            raise typer.Exit(1)
    else:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(standing.run_kiosk(asked, out))


@app.command()
def triage(
    file: Annotated[
        Path | None, typer.Argument(help="JSON lines; standard input if left out.")
    ] = None,
) -> None:
    """Rate utterances: {id, text[, lang]} a line in, {id, urgency, hazard, ...} a line out."""
    from aurora.rehearsal.triage_lines import rate_file

    log_to_stderr()
    if not rate_file(file, sys.stdin, sys.stdout):
        raise typer.Exit(1)


@app.command()
def rehearse(
    scenarios: Annotated[Path, typer.Argument(help="A YAML file of scenarios.")],
) -> None:
    """Run scripted calls through the real conversation, one JSON line a turn."""
    from aurora.rehearsal.scenarios import rehearse_file

    log_to_stderr()
    asyncio.run(rehearse_file(scenarios, sys.stdout))
