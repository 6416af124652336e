"""The places that a model may be: a twin in memory, a stand-in server, an address that is mute."""

import errno
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, closing

import pytest
import pytest_asyncio

from aurora.rehearsal.model_server import ModelServer, serving
from aurora.rehearsal.scripted_model import ScriptedModel
from tests.contract.language_model.place import NAME, Place, opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stand_in() -> AsyncIterator[Place]:
    app = ModelServer()
    # One client for all tests: whatever it went through, it must be as good as new.
    async with serving(app) as url, opened(url) as model:
        yield Place(model, app, url)


@pytest.fixture
def server(stand_in: Place) -> Place:
    assert stand_in.server is not None
    stand_in.server.requests.clear()
    stand_in.server.is_web_page, stand_in.server.api_key = False, None
    stand_in.server.models = (NAME,)
    return stand_in


@pytest.fixture(params=["twin", "server"])
def place(request: pytest.FixtureRequest, server: Place) -> Place:
    return Place(ScriptedModel()) if request.param == "twin" else server


@pytest.fixture
def mute_address() -> Iterator[str]:
    """An address that accepts a connection and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


@pytest.fixture
def nobodys_address() -> Iterator[str]:
    """An address where nothing listens, kept from everybody else who looks for a free port."""
    with closing(socket.socket()) as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}/v1"


@pytest.fixture
def black_hole() -> Iterator[str]:
    """An address that swallows every attempt to connect: its queue is full."""
    with ExitStack() as stack:
        listener = stack.enter_context(closing(socket.socket()))
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            caller = stack.enter_context(closing(socket.socket()))
            caller.setblocking(False)
            assert caller.connect_ex(listener.getsockname()) in (0, errno.EINPROGRESS)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
