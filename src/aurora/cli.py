"""The command line: serve the line or a kiosk, call it, triage and rehearse, check a site."""

import asyncio
import contextlib
import gc
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from aurora import __version__, cli_accounts, cli_calls, cli_record
from aurora.cli_escalation import escalation_app
from aurora.cli_output import Host, Port, err, log_to_stderr, out
from aurora.errors import AuroraError, HandbookError

if TYPE_CHECKING:
    from aurora.guidance.handbook.passage import Document
    from aurora.guidance.handbook.shelf import Shelf
    from aurora.site.model import Language

app = typer.Typer(
    help="Aurora, the emergency line of an industrial site.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
site_app = typer.Typer(help="A plant's own data.", no_args_is_help=True)
app.add_typer(site_app, name="site")
handbook_app = typer.Typer(help="What everyday questions are answered from.", no_args_is_help=True)
app.add_typer(handbook_app, name="handbook")
app.add_typer(cli_accounts.users_app, name="users")
app.add_typer(cli_accounts.audit_app, name="audit")
app.add_typer(cli_record.app, name="record")
app.add_typer(escalation_app, name="escalation")
app.command()(cli_calls.call)
app.command()(cli_calls.simulate)


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

        log_to_stderr()
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

    log_to_stderr()
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


@site_app.command("check")
def site_check(
    path: Annotated[Path | None, typer.Argument(help="A site.yaml or its directory.")] = None,
) -> None:
    """Check a site's files; every problem names file, line, field and fix."""
    from aurora.guidance.handbook.handbook import packaged_documents
    from aurora.guidance.load import load_library
    from aurora.site import duty_check
    from aurora.site.load import load_site, locate
    from aurora.site.yaml_file import located

    paths = locate(path)
    site = load_site(paths)
    library = load_library(paths, site, site.languages[0])
    documents = packaged_documents(paths, site.languages)
    out.print(
        f"{paths.site}: {site.name} is in order: {len(site.zones)} zones, "
        f"{len(site.contacts)} contacts, {len(library.procedures)} procedures "
        f"({len(library.drafts)} drafts), {len(documents)} handbook documents "
        f"in {', '.join(site.languages)}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    for note in duty_check.notes(site):
        out.print(f"{located(paths.site, note)}", markup=False, highlight=False, soft_wrap=True)


@handbook_app.command("add")
def handbook_add(
    files: Annotated[list[Path], typer.Argument(help="PDF, .docx, Markdown or text.")],
    language: Annotated[
        str | None, typer.Option(help="en, es, fr or de; told from the words if left out.")
    ] = None,
    title: Annotated[
        str | None, typer.Option(help="As it is to be spoken; for one file at a time.")
    ] = None,
) -> None:
    """Take documents in; a running line answers from them within seconds."""
    from aurora.guidance.handbook.read import read_document

    if title is not None and len(files) > 1:
        raise HandbookError("--title: give one file at a time with it")
    shelf, packaged, languages = _handbook_shelf()
    now = datetime.now(UTC).replace(microsecond=0)
    is_whole = True
    for path in files:
        try:
            document = read_document(path, language=language, title=title, added_at=now)
            shelf.add(document, packaged)
        except HandbookError as error:
            is_whole = False
            err.print(f"[bold red]aurora:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
            continue
        count = f"passages: {len(document.sections)}, language: {document.language}"
        _tell(f"{document.id}: {document.title} ({count})")
        if document.language not in languages:
            _tell(f"{document.id}: nobody is answered in {document.language} on this line")
    if not is_whole:
        raise typer.Exit(1)


@handbook_app.command("list")
def handbook_list() -> None:
    """Name every document, the packaged and the added."""
    shelf, packaged, _ = _handbook_shelf()
    added, problems = shelf.read()
    for document in [*packaged, *added]:
        when = f"{document.added_at:%Y-%m-%d}" if document.added_at else "packaged"
        count = f"passages: {len(document.sections)}"
        _tell(f"{document.id}  {document.language}  {when}  {count}  {document.title}")
    for problem in problems:
        err.print(escape(problem), highlight=False, soft_wrap=True)


@handbook_app.command("remove")
def handbook_remove(
    document_id: Annotated[str, typer.Argument(metavar="ID", help="As `handbook list` shows it.")],
) -> None:
    """Let go of an added document."""
    shelf, packaged, _ = _handbook_shelf()
    if any(document.id == document_id for document in packaged):
        raise HandbookError(f"{document_id}: comes with the site; remove its file there")
    shelf.remove(document_id)
    _tell(f"{document_id}: removed")


@handbook_app.command("search")
def handbook_search(
    words: Annotated[str, typer.Argument(help="A question as a caller asks it.")],
    language: Annotated[
        str | None, typer.Option(help="en, es, fr or de; the line's first if left out.")
    ] = None,
) -> None:
    """Show what would be read out, and the next best passages."""
    from aurora.guidance.handbook.handbook import Handbook

    shelf, packaged, languages = _handbook_shelf()
    language = language or languages[0]
    handbook = Handbook(packaged, shelf)
    handbook.warm([language])
    reading = handbook.ask(words, language)
    if reading is None:
        _tell("nothing in the handbook answers that")
        raise typer.Exit(1)
    _tell(reading.words or "(too long to be read out)")
    for found in handbook.search(words, language):
        passage = found.passage
        place = f"{passage.document}, {passage.heading}"
        page = f", page {passage.page}" if passage.page else ""
        _tell(f"  {found.score:5.1f}  {place}{page}  [{passage.reference}]")


def _handbook_shelf() -> "tuple[Shelf, list[Document], list[Language]]":
    """The uploaded documents, the packaged ones, and the line's languages."""
    from aurora.guidance.handbook.handbook import packaged_documents
    from aurora.guidance.handbook.shelf import shelf_in
    from aurora.rooms import with_languages
    from aurora.settings import load_settings
    from aurora.site.load import load_site, locate

    settings = load_settings()
    paths = locate(settings.site.path)
    languages = with_languages(load_site(paths), settings).languages
    return shelf_in(settings.records.data_dir), packaged_documents(paths, languages), languages


def _tell(line: str) -> None:
    out.print(line, markup=False, highlight=False, soft_wrap=True)
