"""Messages between the processes of one machine: datagrams in the data directory; no server.

Each process has a socket there, and whoever may write the directory may speak: nobody else.
"""

import asyncio
import os
import secrets
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from aurora.private_files import make_private_directory

FOLDER = "bus"
LOOK_EVERY_S = 1.0
"""For processes that came since."""
MOST_READ = 50
"""At once: sound of other calls must not wait behind a flood."""


class Datagrams:
    """A message that finds a socket full is lost to it: sound that waits is worth nothing."""

    most_bytes = 60_000

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER
        self._name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._socket: socket.socket | None = None
        self._directory = -1
        self._others: list[str] = []
        self._looked_at = 0.0

    @staticmethod
    def is_possible() -> bool:
        """Whether this system has such sockets, and a way around their short names."""
        return sys.platform == "linux"

    async def open(self, take: Callable[[bytes], None]) -> None:
        make_private_directory(self._folder)
        self._directory = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        own = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        own.bind(self._address(self._name))
        self._socket = own
        asyncio.get_running_loop().add_reader(own, self._read, own, take)

    async def put(self, message: bytes) -> None:
        if self._socket is None:
            return
        for name in self._known():
            try:
                self._socket.sendto(message, self._address(name))
            except (ConnectionRefusedError, FileNotFoundError):
                self._forget(name)
            except OSError:
                continue  # full: its process has something else to do

    async def close(self) -> None:
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None
            self._forget(self._name)
            os.close(self._directory)

    def _read(self, own: socket.socket, take: Callable[[bytes], None]) -> None:
        for _ in range(MOST_READ):
            try:
                message = own.recv(self.most_bytes)
            except OSError:
                return
            take(message)

    def _known(self) -> list[str]:
        now = time.monotonic()
        if now - self._looked_at >= LOOK_EVERY_S:
            self._looked_at = now
            self._others = [name for name in os.listdir(self._directory) if name != self._name]
        return self._others

    def _forget(self, name: str) -> None:
        """Of a process that was killed, its socket stays behind."""
        self._others = [other for other in self._others if other != name]
        with suppress(OSError):
            os.unlink(name, dir_fd=self._directory)

    def _address(self, name: str) -> str:
        # A socket's name may have 108 bytes, and a data directory's path more.
        return f"/proc/self/fd/{self._directory}/{name}"
