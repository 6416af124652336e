"""The command that walks the call tree through a running line, and says who was not reached."""

import asyncio
from typing import Annotated, Any

import typer
from rich.table import Table

from aurora.cli.output import Host, Port, log_to_stderr, out
from aurora.errors import AuroraError

POLL_S = 1.0
ANSWERS_WITHIN_S = 15.0

app = typer.Typer(help="How people are reached.", no_args_is_help=True)


class LineRefused(AuroraError):
    """The line cannot be reached, or did not take the request; the text says what to do."""


@app.command("test")
def walk(
    by: Annotated[str, typer.Option(help="Your name, for the record.")],
    role: Annotated[
        list[str] | None, typer.Option(help="Only who holds this role; may be given again.")
    ] = None,
    wait: Annotated[
        float, typer.Option(min=1, max=3600, help="Seconds to wait for confirmations.")
    ] = 300.0,
    host: Host = "127.0.0.1",
    port: Port = 5000,
) -> None:
    """Ask everybody, by every way, to confirm a TEST; fails when somebody needed is unreachable.

    Goes through a running line: answers come in there.
    """
    log_to_stderr()
    asked = {"by": by, "roles": role or [], "wait_s": wait}
    found = asyncio.run(_walk(f"http://{host}:{port}/api/escalation/tests", asked))
    _print(found)
    if not found["is_passed"]:
        raise typer.Exit(1)


async def _walk(url: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Begin a test and wait for its end; raises LineRefused."""
    import httpx2  # a third of a second; other commands need none of it

    from aurora.settings import load_settings

    token = load_settings().access.api_token
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
    try:
        async with httpx2.AsyncClient(
            headers=headers, timeout=ANSWERS_WITHIN_S, trust_env=False
        ) as client:
            begun = _taken(await client.post(url, json=asked))
            out.print(f"{begun['id']}: sent; waiting for confirmations", highlight=False)
            while True:
                await asyncio.sleep(POLL_S)
                answer = await client.get(f"{url}/{begun['id']}")
                if answer.status_code == 404:
                    continue  # it has not begun yet
                found = _taken(answer)
                if found["ended_at"] is not None:
                    return found
    except httpx2.TransportError as error:
        raise LineRefused(f"{url}: {error}; start the line with `aurora serve`") from error


def _taken(answer: Any) -> dict[str, Any]:
    if not answer.is_success:
        raise LineRefused(f"{answer.url} answered {answer.status_code}: {answer.text[:300]}")
    taken: dict[str, Any] = answer.json()
    return taken


def _print(found: dict[str, Any]) -> None:
    table = Table(title=f"Test of the call tree, {found['id']}", title_justify="left")
    for column in ("who", "needed in a critical call", "reached", "after", "by each way"):
        table.add_column(column)
    for one in sorted(found["people"], key=lambda one: (one["is_reached"], one["contact"])):
        ways = ", ".join(f"{way['channel']}: {way['result']}" for way in one["routes"])
        reached = "NOT REACHED" if not one["is_reached"] else f"by {one['by']}, {one['answer']}"
        after = "" if one["after_s"] is None else f"{one['after_s']:.0f} s"
        needed = "yes" if one["is_critical"] else ""
        table.add_row(f"{one['name']} ({one['contact']})", needed, reached, after, ways)
    out.print(table)
    if found["not_tested"]:
        out.print(f"Outside the site, not tested: {', '.join(found['not_tested'])}")
    verdict = "passed" if found["is_passed"] else "FAILED: somebody needed cannot be reached"
    out.print(verdict, highlight=False)
