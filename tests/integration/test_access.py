"""Who gets in: the API by token or from this machine, the webhooks by Twilio's signature."""

from pathlib import Path

import pytest

from aurora.lines.access import FORWARDING_HEADERS
from tests.application import application

WORDS = {"speech": "There is a fire in Zone B"}
GUARDED = [
    ("GET", "/api/active-calls"),
    ("GET", "/api/call/call_1"),
    ("POST", "/api/call/call_1/end"),
    ("GET", "/api/performance-metrics"),
    ("GET", "/api/emergency-stats"),
    ("POST", "/api/process-speech"),
    ("GET", "/metrics"),
]


@pytest.fixture
def env() -> dict[str, str]:
    return {"AURORA_API_TOKEN": "correct-horse-battery-staple"}


@pytest.mark.parametrize(("method", "path"), GUARDED)
async def test_without_its_token_nothing_of_the_api_answers(
    method, path, monkeypatch, tmp_path, env
):
    async with application(monkeypatch, tmp_path, env) as (client, _):
        answer = await client.request(method, path, json=WORDS)
        wrong = await client.request(
            method, path, json=WORDS, headers={"Authorization": "Bearer wrong"}
        )

    assert (answer.status_code, wrong.status_code) == (401, 401)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_token_opens_the_api_from_anywhere(monkeypatch, tmp_path, env):
    headers = {"Authorization": f"Bearer {env['AURORA_API_TOKEN']}", "X-Forwarded-For": "1.2.3.4"}
    async with application(monkeypatch, tmp_path, env, peer="203.0.113.9") as (client, _):
        answer = await client.post("/api/process-speech", json=WORDS, headers=headers)

    assert answer.status_code == 200


@pytest.mark.parametrize(("method", "path"), GUARDED)
async def test_without_a_token_set_only_this_machine_gets_in(method, path, monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, peer="10.0.0.7") as (client, _):
        answer = await client.request(method, path, json=WORDS)

    assert answer.status_code == 403


@pytest.mark.parametrize("header", FORWARDING_HEADERS)
async def test_a_forwarded_request_is_not_from_this_machine(header, monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, _):
        answer = await client.get("/api/active-calls", headers={header: "127.0.0.1"})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}]
)
async def test_a_page_from_elsewhere_cannot_ask_through_the_local_browser(
    headers, monkeypatch, tmp_path
):
    async with application(monkeypatch, tmp_path) as (client, _):
        answer = await client.post("/api/process-speech", json=WORDS, headers=headers)

    assert answer.status_code == 403


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

    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "Aurora is online" in page.text
    assert style.status_code == 200
    assert secret.status_code == 404
