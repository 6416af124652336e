"""The commands for accounts and the audit trail, for a site whose admins cannot sign in."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from aurora.accounts.person import Person, Role
from aurora.cli.output import Host, Port, log_to_stderr, out, tell
from aurora.errors import AccountRefused

if TYPE_CHECKING:
    from aurora.accounts.account import Account
    from aurora.console.accounts.parts import AccountParts

users_app = typer.Typer(help="Who may sign in at the console.", no_args_is_help=True)
audit_app = typer.Typer(help="What was done, and by whom.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="As it stands on the record.")]
HERE = Person("", "command line", Role.ADMIN, address="this machine")
"""Whoever may run this may read the database anyway."""


@users_app.command("add")
def users_add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.OPERATOR,
    host: Host = "127.0.0.1",
    port: Port = 5000,
) -> None:
    """Add an account and print the link by which its owner chooses a password."""
    from aurora.accounts.account import Account, checked_name
    from aurora.accounts.secret import new_id

    async def add(parts: "AccountParts") -> None:
        account = Account(new_id(), checked_name(name), role, parts.clock())
        await parts.accounts.add(account)
        details = {"name": account.name, "role": role.value}
        await parts.audit.note(HERE, "account.added", account.id, details)
        await _print_link(parts, account, f"http://{host}:{port}")

    _run(add)


@users_app.command("list")
def users_list() -> None:
    """Name every account, its role and how it signs in."""

    async def show(parts: "AccountParts") -> None:
        table = Table("name", "role", "signs in with", "second step", "state", box=None)
        unreadable = {one.id for one in await parts.accounts.unreadable_second_steps()}
        for one in await parts.accounts.all():
            way = "provider" if one.subject else "password" if one.password else "link not used"
            step = "on" if one.totp_key else "off"
            step = "cannot be read" if one.id in unreadable else step
            state = "disabled" if one.is_disabled else ""
            table.add_row(one.name, one.role.value, way, step, state)
        out.print(table)
        if unreadable:
            tell("A second step that cannot be read was sealed with another signing key: give this")
            tell("machine that key again, or run aurora users reset NAME --second-step.")

    _run(show)


@users_app.command("reset")
def users_reset(
    name: Name,
    second_step: Annotated[
        bool, typer.Option("--second-step", help="End the second step as well.")
    ] = False,
    host: Host = "127.0.0.1",
    port: Port = 5000,
) -> None:
    """Print a link for a new password; using it signs the account out everywhere."""

    async def reset(parts: "AccountParts") -> None:
        account = await _named(parts, name)
        if account.is_disabled:
            raise AccountRefused(
                "name",
                f"{name} is disabled, so no link would open: aurora users enable comes first",
            )
        if second_step:
            await parts.accounts.set_second_step(account, None, 0, [])
            await parts.audit.note(HERE, "second_step.removed", account.id, {"name": account.name})
        await parts.audit.note(HERE, "account.link", account.id, {"name": account.name})
        await _print_link(parts, account, f"http://{host}:{port}")

    _run(reset)


@users_app.command("disable")
def users_disable(name: Name) -> None:
    """Shut an account out, at once and everywhere; it stays on the record."""

    async def disable(parts: "AccountParts") -> None:
        account = await _named(parts, name)
        await parts.accounts.change(account.id, is_disabled=True)
        await parts.sessions.end_all(account.id)
        await parts.audit.note(HERE, "account.disabled", account.id, {"name": account.name})
        tell(f"{account.name}: disabled, and signed out everywhere")

    _run(disable)


@users_app.command("enable")
def users_enable(name: Name) -> None:
    """Let an account in again."""

    async def enable(parts: "AccountParts") -> None:
        account = await _named(parts, name)
        await parts.accounts.change(account.id, is_disabled=False)
        await parts.audit.note(HERE, "account.enabled", account.id, {"name": account.name})
        tell(f"{account.name}: may sign in again")

    _run(enable)


@audit_app.command("check")
def audit_check(
    known: Annotated[
        str | None, typer.Option(help="A hash printed earlier, which has to be in the trail.")
    ] = None,
) -> None:
    """Walk along the whole audit trail; fails where a row was changed, removed or put in."""
    from aurora.accounts.audit import BEGINNING
    from aurora.records.head_note import HeadNote
    from aurora.settings import load_settings

    async def check(parts: "AccountParts") -> None:
        noted = HeadNote(load_settings().records.data_dir, parts.key).read()
        end = known or (noted.hash if noted else BEGINNING)
        found = await parts.audit.check(end)
        if found.broken_at is not None:
            tell(f"row {found.broken_at} is not as it was written; those before it are")
            raise typer.Exit(1)
        if not found.has_known:
            tell(f"{found.count} rows follow on each other, but {end} is not among them")
            if known is None:
                tell(
                    "This machine noted it as the trail's end: what came after it, and it, is gone."
                )
            raise typer.Exit(1)
        tell(f"{found.count} rows, each as it was written; the last: {found.head}")
        tell("Note that hash elsewhere: --known HASH shows later that nothing up to it is gone.")

    _run(check)


@audit_app.command("accept-break")
def audit_accept_break(
    by: Annotated[str, typer.Option(help="Your name, as it shall stand on the trail.")],
    reason: Annotated[str, typer.Option(help="Why what is gone is gone.")],
) -> None:
    """Take the audit trail as it is where its end is gone, by name and with the reason, for good.

    For a backup that was restored, a database that failed over, or a new signing key. Run
    aurora record check first and keep what it says. With two machines, run it on each that says so.
    """
    from aurora.records.head_note import HeadNote
    from aurora.records.trail_end import TrailEnd
    from aurora.settings import load_settings

    who, why = by.strip(), reason.strip()
    if not who or not why:
        raise typer.BadParameter("--by and --reason: give a name and why; the trail keeps both")

    async def accept(parts: "AccountParts") -> None:
        note = HeadNote(load_settings().records.data_dir, parts.key)
        person = Person("", who, Role.ADMIN, address="this machine")
        missing = await TrailEnd(parts.audit, note, parts.clock).accept(person, why)
        if missing is None:
            tell("the trail holds all that this machine noted: nothing was accepted")
            raise typer.Exit(1)
        tell(f"accepted by {who}, on the trail: {missing.words}")
        tell("The trail's end is noted anew. What is gone stays gone.")

    _run(accept)


def _run(work: "Callable[[AccountParts], Coroutine[Any, Any, None]]") -> None:
    log_to_stderr()

    async def run() -> None:
        async with _opened() as parts:
            await work(parts)

    asyncio.run(run())


@asynccontextmanager
async def _opened() -> "AsyncIterator[AccountParts]":
    # Loaded by these commands alone: others need neither web stack nor database.
    from aurora.console.accounts.parts import open_accounts
    from aurora.records.sql import SqlRecords
    from aurora.settings import load_settings
    from aurora.wiring.reach import key_of

    settings = load_settings()
    records = await SqlRecords.open(settings.records.url, settings.records.data_dir)
    try:
        key, public_url = key_of(settings), settings.twilio.public_url
        parts = open_accounts(records.beside, key, public_url, lambda: datetime.now(UTC))
        await parts.accounts.seal_second_steps()
        yield parts
    finally:
        await records.close()


async def _named(parts: "AccountParts", name: str) -> "Account":
    account = await parts.accounts.named(name)
    if account is None:
        raise AccountRefused("name", f"{name}: no such account; see aurora users list")
    return account


async def _print_link(parts: "AccountParts", account: "Account", local_url: str) -> None:
    link = await parts.links.make(account.id)
    tell(f"{account.name} chooses a password here, once and within a day:")
    tell(f"{parts.public_url or local_url}{link}")
