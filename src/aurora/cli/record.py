"""The commands about records: whether an exported one is as it was written, and the index."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from aurora.cli.output import tell
from aurora.errors import RecordsError, SettingsError

app = typer.Typer(help="Records of calls.", no_args_is_help=True)


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="The JSON record of a call, from the console.")],
    from_elsewhere: Annotated[
        bool,
        typer.Option("--from-elsewhere", help="Another installation's: its hashes are looked at."),
    ] = False,
) -> None:
    """Say whether a record is as it was exported, and whether this installation exported it.

    Fails where either is not so, as far as this machine can tell. Anybody can make hashes anew:
    they show damage, and only the seal, with the key, or the audit trail shows who wrote a file.
    """
    from aurora.records.call_record import MOST_BYTES, check_document

    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
        found = check_document(content, _known_key())
    except OSError as error:
        raise RecordsError(f"{file}: {error.strerror}; give a file that can be read") from error
    except RecordsError as error:
        raise RecordsError(f"{file}: {error}") from error
    for problem in found.problems:
        tell(f"{file}: NOT INTACT: {problem}")
    if found.problems:
        raise typer.Exit(1)
    if found.is_sealed_here is False and not from_elsewhere:
        tell(
            f"{file}: NOT SEALED HERE: its hashes fit, and this installation's key did not seal it"
        )
        tell("For a record of another installation, or of another key: --from-elsewhere.")
        raise typer.Exit(1)
    whose = {
        True: "sealed by this installation",
        False: "not sealed by this installation, so that it says nothing of who wrote it",
        None: "its seal cannot be checked here: this installation has no key",
    }
    lines = (
        f"{file}: intact: call {found.call_id}"
        if found.is_sealed_here
        else f"{file}: its hashes fit: call {found.call_id}",
        f"sha256 {found.sha256}; compare it with the audit trail of the installation it is from",
        whose[found.is_sealed_here],
    )
    for line in lines:
        tell(line)


@app.command()
def check() -> None:
    """Say whether calls and audit trail are as they were sealed; fails where they are not."""
    from aurora.records.audit import AuditTrail
    from aurora.records.head_note import HeadNote
    from aurora.records.seals import Checked, Seals
    from aurora.records.sql import SqlRecords
    from aurora.settings import load_settings
    from aurora.wiring.reach import key_of

    def now() -> datetime:
        return datetime.now(UTC)

    async def work() -> Checked:
        settings = load_settings()
        data_dir = settings.records.data_dir
        records = await SqlRecords.open(settings.records.url, data_dir)
        try:
            note = HeadNote(data_dir, key_of(settings))
            return await Seals(records.beside, AuditTrail(records.beside, now), note, now).check()
        finally:
            await records.close()

    found = asyncio.run(work())
    for problem in found.problems:
        tell(f"NOT INTACT: {problem}")
    for said in found.told:
        tell(f"the trail says: {said}")
    if not found.is_end_known:
        tell("this machine has no note of the trail's end: rows taken from there do not show")
    if found.problems:
        raise typer.Exit(1)
    tell(f"{found.sealed:,} calls and the audit trail are as they were sealed")


@app.command()
def reindex() -> None:
    """Make the index that calls are found by anew, from the record. Stop the line first."""
    from aurora.records.engines import database_url
    from aurora.records.sql import SqlRecords
    from aurora.records.sqlite_use import is_in_use
    from aurora.settings import load_settings

    settings = load_settings().records
    target = database_url(settings.url, settings.data_dir)
    if target.drivername == "sqlite" and is_in_use(Path(target.database or "")):
        # One transaction to its end: no call could be put on the record meanwhile.
        tell(f"{target.database} is open in a running line: stop that first")
        raise typer.Exit(1)

    async def work() -> int:
        records = await SqlRecords.open(settings.url, settings.data_dir)
        try:
            return await records.reindex()
        finally:
            await records.close()

    tell(f"{asyncio.run(work()):,} calls are found by their words again")


def _known_key() -> bytes | None:
    """This installation's key, if it has one; none is made for a look."""
    from aurora.records.signing_key import FILE
    from aurora.settings import load_settings
    from aurora.wiring.reach import key_of

    try:
        settings = load_settings()
    except SettingsError:
        return None  # hashes can be checked on any machine
    has_key = settings.alerts.signing_key or (settings.records.data_dir / FILE).exists()
    return key_of(settings) if has_key else None
