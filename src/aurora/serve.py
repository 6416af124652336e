"""Start the line, print what is true of it, and answer until stopped."""

import asyncio
import gc
import os
import socket
import sys
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import structlog
import uvicorn
from rich.console import Console
from rich.markup import escape
from starlette.types import ASGIApp

from aurora.app import create_app
from aurora.arenas import bound_arenas
from aurora.console.accounts.links import SetUp
from aurora.console.health import Component, State
from aurora.errors import SettingsError
from aurora.lines.bounded_http import BoundedHttp, BoundedSocket
from aurora.lines.web_socket import LONGEST_MESSAGE
from aurora.parts import open_parts
from aurora.rooms import Rooms
from aurora.settings import Settings, load_settings
from aurora.wiring.review import open_approved

MARKS = {
    State.OK: "[green]ok[/]",
    State.OFF: "[dim]off[/]",
    State.DEGRADED: "[yellow]degraded[/]",
    State.FAILED: "[bold red]FAILED[/]",
}
DEFAULT_PORT = 5000
"""What every command that rings a line assumes."""
MOST_CONNECTIONS = 1_000
"""Beyond them whoever has said nothing for the longest makes room, and a request is answered 503
where all are at work; fewer than a process may have files open."""

WARMING_SWITCH_S = 0.0005
"""A turn changes threads many times; at the usual 5 ms each, warming made a call wait 0.2 s."""

log = structlog.get_logger()


async def run(host: str, port: int, out: Console) -> None:
    """Serve until a signal; raises AuroraError before listening when something is wrong."""
    bound_arenas()
    # What is kept holds callers' words, also where a library makes the file.
    os.umask(0o077)
    settings = load_settings()
    local_url = f"http://{_local_name(host)}:{port}"
    with listen(host, port) as listener:
        rooms = await open_approved(settings)
        await _serve(settings, rooms, listener, local_url, out)


async def _serve(
    settings: Settings, rooms: Rooms, listener: socket.socket, local_url: str, out: Console
) -> None:
    async with open_parts(settings, rooms, local_url=local_url) as parts:
        config = server_config(create_app(parts))
        # What is loaded stays loaded: a full collection over it would stop a call for 0.1 s.
        gc.collect()
        gc.freeze()
        gc.enable()
        async with asyncio.TaskGroup() as tasks:
            # Calls from pages elsewhere are expected where they have a code.
            if settings.twilio.line == "stream" or settings.access.call_code is not None:
                parts.speech.begin()
            await parts.start_alerting()
            report(out, await parts.health(), local_url)
            await report_set_up(out, parts.accounts.set_up, local_url)
            parts_to_warm = {
                "triage": rooms.triage.warm,
                "handbook": rooms.handbook.warm,
                "console": parts.board.frame.warm,
            }
            tasks.create_task(warm(parts_to_warm))
            await uvicorn.Server(config).serve(sockets=[listener])


def server_config(app: ASGIApp) -> uvicorn.Config:
    """Return how the application is served: bounded before anybody has said who they are."""
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        # A forwarded address is the sender's to write: the peer is who connected.
        proxy_headers=False,
        server_header=False,
        http=BoundedHttp,
        ws=BoundedSocket,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=75,
        ws_max_size=LONGEST_MESSAGE,
        # Sound does not get smaller by it, and it costs a frame as much as hearing it.
        ws_per_message_deflate=False,
    )


async def warm(parts: Mapping[str, Callable[[], None]]) -> None:
    """Warm each part in turn beside the calls; /health says what a part lacks until then."""
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(WARMING_SWITCH_S)
    try:
        for name, load in parts.items():
            try:
                await asyncio.to_thread(load)
            # Whatever is wrong with a file or a library must not stop a line that answers calls.
            except Exception:
                log.exception("part_not_warm", part=name)
    finally:
        sys.setswitchinterval(usual_s)


def _local_name(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 - named, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def listen(host: str, port: int) -> socket.socket:
    """Return a bound socket; raises SettingsError where the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise SettingsError(
            f"cannot listen on {host}:{port} ({os.strerror(error.errno or 0)}); "
            "stop what uses it, or choose another --host or --port"
        ) from error
    # Connections inherit it; asyncio does not set it on sockets made elsewhere. Without it the
    # body of each answer may wait 40 ms for the acknowledgement of its headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


async def report_set_up(out: Console, set_up: SetUp, local_url: str) -> None:
    """Print the way to the first account, while there is none; the log has it as well."""
    path = await set_up.address()
    if path is not None:
        link = f"{local_url}{path}"
        log.warning("console_not_set_up", link=link)
        out.print("\nNobody can sign in at the console yet. Make the first administrator here:")
        out.print(f"  [bold]{link}[/]", highlight=False, soft_wrap=True)


def report(out: Console, components: list[Component], local_url: str) -> None:
    """Print the start-up report: one line a part, each asked of the part itself."""
    out.print("[bold]Aurora[/], the emergency line of an industrial site")
    width = max(len(component.name) for component in components)
    for component in components:
        name = component.name.ljust(width)
        out.print(
            f"  {name}  {MARKS[component.state]}  {escape(component.detail)}",
            highlight=False,
            soft_wrap=True,
        )
    out.print(f"\nListening on [bold]{local_url}[/]; try it there, or in another terminal:")
    port = urlsplit(local_url).port
    elsewhere = "" if port == DEFAULT_PORT else f"--port {port} "
    # As it was started: a newcomer's shell knows no `aurora`.
    command = f'{sys.argv[0]} call {elsewhere}"There\'s smoke in zone A"'
    out.print(f"  {escape(command)}", highlight=False, soft_wrap=True)
