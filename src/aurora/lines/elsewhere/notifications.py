"""Messages between machines that share a PostgreSQL: its notifications; nothing is stored."""

import asyncio
from collections.abc import Callable
from zlib import crc32

import asyncpg
import structlog

log = structlog.get_logger()

AGAIN_AFTER_S = 1.0
CONNECT_WITHIN_S = 5.0
PUT_WITHIN_S = 1.0


class Notifications:
    """One connection of its own, made anew whenever it breaks; meanwhile messages are lost."""

    most_bytes = 7_900
    """PostgreSQL takes less than 8,000."""

    def __init__(self, url: str, site: str) -> None:
        """url: as AURORA_DATABASE_URL has it."""
        self._url = "postgresql" + url[url.index("://") :].replace("?ssl=", "?sslmode=")
        self._channel = f"aurora_{crc32(site.encode()):08x}"
        self._connection: asyncpg.Connection | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._is_open = asyncio.Event()

    async def open(self, take: Callable[[bytes], None]) -> None:
        self._keeping = asyncio.create_task(self._keep(take))

    async def put(self, message: bytes) -> None:
        if self._connection is None:
            return
        try:
            await self._connection.execute(
                "select pg_notify($1, $2)", self._channel, message.decode(), timeout=PUT_WITHIN_S
            )
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("message_not_sent", error=str(error))

    async def close(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)

    async def _keep(self, take: Callable[[bytes], None]) -> None:
        while True:
            try:
                await self._listen(take)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("machines_not_heard", error=str(error))
            await asyncio.sleep(AGAIN_AFTER_S)

    async def _listen(self, take: Callable[[bytes], None]) -> None:
        """Listen until the connection breaks."""
        broken = asyncio.Event()
        # Nothing here is kept, so no commit waits for the disk.
        connection = await asyncpg.connect(
            self._url,
            timeout=CONNECT_WITHIN_S,
            server_settings={"synchronous_commit": "off"},
        )
        try:
            connection.add_termination_listener(lambda _: broken.set())
            await connection.add_listener(
                self._channel, lambda *heard: take(str(heard[-1]).encode())
            )
            self._connection = connection
            await broken.wait()
        finally:
            self._connection = None
            connection.terminate()
