"""The command that walks the call tree through a running line, and says who was not reached."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from aurora.cli.output import Host, Port, log_to_stderr, out, tell
from aurora.errors import AuroraError

if TYPE_CHECKING:
    import httpx2

POLL_S = 1.0
ANSWERS_WITHIN_S = 15.0
BEGINS_WITHIN_S = 60.0
"""Of a test that the line took; until then it knows of none by this name."""
REPORTED_WITHIN_S = 120.0
"""After the wait for confirmations: the line may be restarted meanwhile."""

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
    found = asyncio.run(_through_line(f"http://{host}:{port}/api/escalation/tests", asked))
    _print(found)
    if not found["is_passed"]:
        raise typer.Exit(1)


async def _through_line(url: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Walk the tree through the line at an address; raises LineRefused."""
    import httpx2  # a third of a second; other commands need none of it

    from aurora.settings import load_settings

    token = load_settings().access.api_token
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
    async with httpx2.AsyncClient(
        headers=headers, timeout=ANSWERS_WITHIN_S, trust_env=False
    ) as client:
        return await walk_tree(client, url, asked)


async def walk_tree(
    client: "httpx2.AsyncClient", url: str, asked: dict[str, Any]
) -> dict[str, Any]:
    """Begin a test and wait for its end; raises LineRefused, saying where the report will be."""
    import httpx2

    try:
        begun = _taken(await client.post(url, json=asked))
    except httpx2.TransportError as error:
        raise LineRefused(f"{url}: {error}; start the line with `aurora serve`") from error
    out.print(f"{begun['id']}: sent; waiting for confirmations", highlight=False)
    try:
        async with asyncio.timeout(asked["wait_s"] + REPORTED_WITHIN_S):
            return await _report(client, f"{url}/{begun['id']}")
    except TimeoutError:
        raise LineRefused(
            f"{begun['id']} is not reported as ended: it goes on in the line, if that runs, "
            f"and its report will be at {url}/{begun['id']}"
        ) from None


async def _report(client: "httpx2.AsyncClient", address: str) -> dict[str, Any]:
    """Ask until the test has ended: a line that is not there for a moment goes on with it after."""
    import httpx2

    loop = asyncio.get_running_loop()
    begins_by, is_away = loop.time() + BEGINS_WITHIN_S, False
    while True:
        await asyncio.sleep(POLL_S)
        try:
            answer = await client.get(address)
        except httpx2.TransportError as error:
            was_away, is_away = is_away, True
            if not was_away:
                tell(f"the line does not answer ({error}); still asking")
            continue
        is_away = False
        if answer.status_code == 404:
            if loop.time() < begins_by:
                continue
            raise LineRefused(f"{address}: the test has not begun; look at the line's log")
        if answer.status_code < 500 and (found := _taken(answer))["ended_at"] is not None:
            return found


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
