"""Who gets in: the API by token or from this machine, the webhooks by Twilio's signature."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from aurora.accounts.person import Role
from aurora.lines.access import FORWARDING_HEADERS, require_this_machine
from aurora.lines.problems import Problem
from aurora.serve import MOST_CONNECTIONS, listen, server_config
from tests.application import application
from tests.signing_in import signed_in

WORDS = {"speech": "There is a fire in Zone B"}
GUARDED = [
    ("GET", "/api/active-calls"),
    ("GET", "/api/call/call_1"),
    ("POST", "/api/call/call_1/end"),
    ("POST", "/api/call/call_1/urgency"),
    ("GET", "/api/conditions"),
    ("PUT", "/api/wind"),
    ("PUT", "/api/zones/b/exits/b_east"),
    ("GET", "/api/drills"),
    ("POST", "/api/drills"),
    ("DELETE", "/api/drills/1"),
    ("GET", "/api/performance-metrics"),
    ("GET", "/api/emergency-stats"),
    ("POST", "/api/process-speech"),
    ("GET", "/metrics"),
]

OF_PROXIES = (
    *("X-Forwarded", "Forwarded-For", "X-Original-Host", "X-Envoy-External-Address"),
    *("X-Forwarded-SSL", "X-Forwarded-Prefix", "X-Forwarded-By", "CDN-Loop", "CF-Ray"),
    *("X-Azure-ClientIP", "Fastly-Client-IP", "X-Amzn-Trace-Id", "X-Cluster-Client-IP"),
    *("True-Client-IP", "X-AppEngine-User-IP", "ngrok-skip-browser-warning", "X-Vercel-Id"),
)


@pytest.fixture
def env() -> dict[str, str]:
    return {"AURORA_API_TOKEN": "correct-horse-battery-staple"}


async def test_without_its_token_nothing_of_the_api_answers(monkeypatch, tmp_path, env):
    async with application(monkeypatch, tmp_path, env) as (client, _):
        for method, path in GUARDED:
            answer = await client.request(method, path, json=WORDS)
            wrong = await client.request(
                method, path, json=WORDS, headers={"Authorization": "Bearer wrong"}
            )
            assert (answer.status_code, wrong.status_code) == (401, 401), (method, path)
            assert answer.headers["content-type"] == "application/problem+json", (method, path)


async def test_the_token_opens_the_api_from_anywhere(monkeypatch, tmp_path, env):
    headers = {"Authorization": f"Bearer {env['AURORA_API_TOKEN']}", "X-Forwarded-For": "1.2.3.4"}
    async with application(monkeypatch, tmp_path, env, peer="203.0.113.9") as (client, _):
        answer = await client.post("/api/process-speech", json=WORDS, headers=headers)

    assert answer.status_code == 200


async def test_without_a_token_set_only_this_machine_gets_in(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, peer="10.0.0.7") as (client, _):
        for method, path in GUARDED:
            answer = await client.request(method, path, json=WORDS)
            assert answer.status_code == 403, (method, path)


async def test_a_forwarded_request_is_not_from_this_machine(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, _):
        for header in FORWARDING_HEADERS:
            answer = await client.get("/api/active-calls", headers={header: "127.0.0.1"})
            assert answer.status_code == 403, header


async def test_a_page_from_elsewhere_cannot_ask_through_the_local_browser(monkeypatch, tmp_path):
    foreign = ({"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"})
    async with application(monkeypatch, tmp_path) as (client, _):
        for headers in foreign:
            answer = await client.post("/api/process-speech", json=WORDS, headers=headers)
            assert answer.status_code == 403, headers


async def test_no_header_of_a_proxy_passes_for_this_machine(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, _):
        for header in OF_PROXIES:
            answer = await client.get("/api/active-calls", headers={header: "1"})
            assert answer.status_code == 403, header


@pytest.mark.parametrize(("version", "is_let_in"), [("1.1", True), ("1.0", False)])
async def test_the_http_of_old_proxies_is_not_from_this_machine(version, is_let_in):
    headers = [(b"host", b"localhost:5000"), (b"user-agent", b"curl/8"), (b"accept", b"*/*")]
    request = Request(
        {"type": "http", "http_version": version, "headers": headers, "client": ("127.0.0.1", 4)}
    )
    if is_let_in:
        require_this_machine(request, "")
    else:
        with pytest.raises(Problem):
            require_this_machine(request, "")


@asynccontextmanager
async def served() -> AsyncIterator[int]:
    """Answer 204 to everything, served as the line is; yields the port."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(status_code=204)(scope, receive, send)

    config = server_config(app)
    config.lifespan = "off"
    server = uvicorn.Server(config)
    with listen("127.0.0.1", 0) as listener:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        yield listener.getsockname()[1]
        server.should_exit = True
        await serving


async def status_of(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return (await reader.readline())[9:12]
    except ConnectionError:
        return b""
    finally:
        writer.transport.abort()


async def test_headers_are_bounded_before_anybody_is_asked_who_they_are():
    start = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
    async with served() as port:
        small = await status_of(port, start + b"X-A: 1\r\n\r\n")
        one = await status_of(port, start + b"X-A: " + b"a" * 4_000_000 + b"\r\n\r\n")
        many = await status_of(port, start + b"X-A: 1\r\n" * 500_000 + b"\r\n")

    assert small == b"204"
    assert one in (b"400", b"431", b"")
    assert many in (b"400", b"431", b"")


def test_the_server_takes_a_bounded_number_of_connections():
    async def app(scope: Scope, receive: Receive, send: Send) -> None: ...

    assert server_config(app).limit_concurrency == MOST_CONNECTIONS


async def test_health_tells_strangers_the_state_and_no_details(monkeypatch, tmp_path, env):
    async with application(monkeypatch, tmp_path, env, peer="10.0.0.7") as (client, _):
        stranger = await client.get("/health")
        known = await client.get(
            "/health", headers={"Authorization": f"Bearer {env['AURORA_API_TOKEN']}"}
        )

    assert set(stranger.json()) == {"status"}
    assert "database" in known.json()["components"]


async def test_the_home_page_runs_no_foreign_script(monkeypatch, tmp_path: Path):
    async with application(monkeypatch, tmp_path) as (client, _):
        page = await client.get("/")
        style = await client.get("/static/home.css")
        secret = await client.get("/static/..%2F..%2Fapp.py")
        endless = await client.get(f"/static/{'a' * 300}")

    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "Aurora is online" in page.text
    assert style.status_code == 200
    assert (secret.status_code, endless.status_code) == (404, 404)


async def test_the_home_page_speaks_the_reader_s_language_and_leads_to_the_console(
    monkeypatch, tmp_path: Path
):
    async with application(monkeypatch, tmp_path) as (client, _):
        pages = [
            await client.get("/", headers={"Accept-Language": language})
            for language in ("de-AT", "es", "fr-CA", "pl")
        ]

    told = ("Aurora ist erreichbar", "Aurora está en línea", "Aurora est en ligne", "is online")
    for page, words in zip(pages, told, strict=True):
        assert words in page.text
        assert 'href="/console"' in page.text
        assert 'href="tel:112"' in page.text


async def test_no_answer_is_kept_guessed_at_or_used_by_other_sites(monkeypatch, tmp_path):
    paths = ("/", "/health", "/call", "/ack/forged", "/console/sign-in", "/nowhere", "/metrics")
    async with application(monkeypatch, tmp_path) as (client, _):
        for path in paths:
            headers = (await client.get(path)).headers
            assert headers["cache-control"] == "no-store", path
            assert headers["x-content-type-options"] == "nosniff", path
            assert headers["cross-origin-resource-policy"] == "same-origin", path


async def test_a_part_of_a_page_is_as_strict_as_the_page(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        headers = await signed_in(parts, Role.OPERATOR)
        told = (await client.post("/api/process-speech", json=WORDS)).json()
        form = await client.get(f"/console/calls/{told['call_id']}/forms/note", headers=headers)

    assert form.status_code == 200
    assert "default-src 'none'" in form.headers["content-security-policy"]
    assert form.headers["cache-control"] == "no-store"
