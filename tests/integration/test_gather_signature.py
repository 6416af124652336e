"""A webhook is taken only from whoever holds the token, for the address it was signed for."""

import base64

import pytest
from twilio.request_validator import RequestValidator

from tests.application import application
from tests.integration.webhooks import CALL, PUBLIC, SIGNED, TOKEN, post, verbs


async def test_a_public_address_with_a_path_keeps_it(monkeypatch, tmp_path):
    prefixed = {**SIGNED, "AURORA_PUBLIC_URL": f"{PUBLIC}/aurora"}
    async with application(monkeypatch, tmp_path, prefixed) as (client, _):
        signature = RequestValidator(TOKEN).compute_signature(
            f"{PUBLIC}/aurora/incoming-call", CALL
        )
        root = verbs(
            await client.post(
                "/incoming-call", data=CALL, headers={"X-Twilio-Signature": signature}
            )
        )

    assert not root.find("Gather").get("action").startswith("/")


@pytest.mark.parametrize(
    "tamper",
    [
        lambda fields, headers: headers.pop("X-Twilio-Signature"),
        lambda fields, headers: headers.update({"X-Twilio-Signature": "A" * 28}),
        lambda fields, headers: headers.update({"X-Twilio-Signature": base64.b64encode(b"x" * 20)}),
        lambda fields, headers: fields.update({"SpeechResult": "all clear"}),
        lambda fields, headers: fields.pop("From"),
    ],
)
async def test_forged_unsigned_and_altered_webhooks_are_refused(tamper, monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        for path in ("/incoming-call", "/process-speech", "/call-status", "/hangup", "/"):
            fields = dict(CALL)
            signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}{path}", fields)
            headers = {"X-Twilio-Signature": signature}
            tamper(fields, headers)
            answer = await client.post(path, data=fields, headers=headers)
            assert answer.status_code == 403, path
        calls = await parts.records.calls()

    assert calls == []


async def test_a_signature_for_another_address_is_refused(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, _):
        local = RequestValidator(TOKEN).compute_signature(
            "http://127.0.0.1:5000/incoming-call", CALL
        )
        headers = {"X-Twilio-Signature": local, "X-Forwarded-Host": "line.example.com"}
        answer = await client.post("/incoming-call", data=CALL, headers=headers)

    assert answer.status_code == 403


async def test_a_json_body_hash_is_refused_not_a_crash(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, _):
        answer = await post(client, "/incoming-call?bodySHA256=abc", CALL)

    assert answer.status_code == 403


async def test_without_a_token_only_this_machine_may_call(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, _):
        here = await client.post("/incoming-call", data=CALL)
        tunnel = await client.post(
            "/incoming-call", data=CALL, headers={"X-Forwarded-For": "54.1.2.3"}
        )

    assert (here.status_code, tunnel.status_code) == (200, 403)


async def test_empty_fields_are_part_of_the_signature(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, _):
        answer = await post(client, "/incoming-call", {**CALL, "CallerName": "", "FromCity": ""})

    assert answer.status_code == 200
