"""Start the line, print what is true of it, and answer until stopped."""

import asyncio
import gc

import uvicorn
from rich.console import Console

from aurora.app import create_app, open_parts
from aurora.console.health import Component, State
from aurora.rooms import open_rooms
from aurora.settings import load_settings

MARKS = {
    State.OK: "[green]ok[/]",
    State.OFF: "[dim]off[/]",
    State.DEGRADED: "[yellow]degraded[/]",
    State.FAILED: "[bold red]FAILED[/]",
}
LONGEST_REQUEST_LINE = 8_192


async def run(host: str, port: int, out: Console) -> None:
    """Serve until a signal; raises AuroraError before listening when something is wrong."""
    settings = load_settings()
    local_url = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"  # noqa: S104
    rooms = open_rooms(settings)
    async with open_parts(settings, rooms, local_url=local_url) as parts:
        config = uvicorn.Config(
            create_app(parts),
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            # A forwarded address is the sender's to write: the peer is who connected.
            proxy_headers=False,
            server_header=False,
            h11_max_incomplete_event_size=LONGEST_REQUEST_LINE,
            timeout_keep_alive=75,
        )
        # What is loaded stays loaded: a full collection over it would stop a call for 0.1 s.
        gc.collect()
        gc.freeze()
        report(out, await parts.health(), local_url)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(asyncio.to_thread(rooms.triage.language_model.load))
            await uvicorn.Server(config).serve()


def report(out: Console, components: list[Component], local_url: str) -> None:
    """Print the start-up report: one line a part, each asked of the part itself."""
    out.print("[bold]Aurora[/], the emergency line of an industrial site")
    width = max(len(component.name) for component in components)
    for component in components:
        name = component.name.ljust(width)
        out.print(
            f"  {name}  {MARKS[component.state]}  {component.detail}",
            highlight=False,
            soft_wrap=True,
        )
    out.print(f"\nListening on [bold]{local_url}[/]; try it there, or in another terminal:")
    out.print('  aurora call "There\'s smoke in zone A"', highlight=False)
