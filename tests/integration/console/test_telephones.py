"""Telephones at the console: who registers which, who is whom, an alert answered from one."""

import re

import pytest

from aurora.accounts.person import Role
from aurora.escalation.incident import Answer
from tests.integration.console.phone_room import Room, phone_room
from tests.reached_line import until


@pytest.fixture
async def room(monkeypatch, tmp_path):
    async with phone_room(monkeypatch, tmp_path) as opened:
        yield opened


async def test_an_emergency_reaches_a_linked_telephone_and_is_answered_from_the_notification(
    room: Room,
):
    ada = await room.linked("Ada", "contact:safety_officer")
    await ada.register()
    await room.parts.start_alerting()
    await room.client.post("/api/process-speech", json={"speech": "There's smoke in zone A"})
    await until(ada.shown)

    (shown, *_) = ada.shown()
    fields = {"answer": "accept", "form": str(shown["form"])}
    answered = await room.client.post(str(shown["answer"]), data=fields)
    again = await room.client.post(str(shown["answer"]), data=fields)
    [incident] = await room.parts.answers.incidents()

    assert shown["buttons"] == {"accept": "I am coming", "decline": "I cannot"}
    assert (answered.status_code, again.status_code) == (303, 303)
    assert incident.answer_of("safety_officer") is Answer.ACCEPT
    assert len(incident.acknowledgements) == 1
    page = await ada.get(str(shown["page"]))
    assert page.status_code == 200
    assert "Recorded: you are coming." in page.text


async def test_only_who_was_alerted_answers_and_only_for_themselves(room: Room):
    ada = await room.linked("Ada", "contact:safety_officer")
    await ada.register()
    eve = await room.somebody("Eve", Role.OPERATOR)
    worker = await room.linked("Sam", "worker:+12025550151")
    await room.parts.start_alerting()
    await room.client.post("/api/process-speech", json={"speech": "There's smoke in zone A"})
    await until(ada.shown)
    [incident] = await room.parts.answers.incidents()
    fields = {"answer": "accept", "form": "0123456789abcdef", "contact": "safety_officer"}
    address = f"/console/incidents/{incident.id}/answer"

    assert (await eve.post(address, **fields)).status_code == 403
    assert (await worker.post(address, **fields)).status_code == 403
    lapsed = await ada.post(address, **{**fields, "answer": "lapsed"})
    assert lapsed.status_code == 422


async def test_who_one_is_has_to_be_granted_and_the_page_says_so(room: Room):
    eve = await room.somebody("Eve")
    await eve.register()
    asked = await eve.post("/console/phone/person", person="contact:medic")
    page = await eve.get("/console/phone")
    account = await room.parts.accounts.accounts.named("Eve")
    granted = await eve.post(
        f"/console/phone/links/{account.id}", person="contact:medic", decision="grant"
    )

    assert asked.status_code == 303
    assert "An admin has to grant it first" in page.text
    assert granted.status_code == 403
    assert await room.parts.reach.phones.of_contact("medic") == []


async def test_an_admin_grants_what_they_saw_and_nothing_else(room: Room):
    eve, admin = await room.somebody("Eve"), await room.somebody("Grace", Role.ADMIN)
    account = await room.parts.accounts.accounts.named("Eve")
    await eve.post("/console/phone/person", person="contact:gate")
    await eve.post("/console/phone/person", person="contact:medic")
    decided = await admin.post(
        f"/console/phone/links/{account.id}", person="contact:gate", decision="grant"
    )

    assert decided.status_code == 409
    assert (await eve.post("/console/phone/person", person="contact:nobody")).status_code == 422


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://127.0.0.1:9/push",
        "https://169.254.169.254/latest/meta-data",
        "https://evil.example/push",
        "https://fcm.googleapis.com.evil.example/push",
        "https://user@fcm.googleapis.com/push",
        "file:///etc/passwd",
        "",
        "x" * 2_000,
    ],
)
async def test_an_address_that_is_no_push_services_is_refused_and_never_asked(room: Room, endpoint):
    eve = await room.somebody("Eve")
    refused = await eve.register(endpoint=endpoint)

    assert refused.status_code == 422
    assert refused.json()["field"] == "endpoint"
    assert room.service.pushed == []


async def test_keys_that_are_none_are_refused(room: Room):
    eve = await room.somebody("Eve")
    refused = await eve.register(keys={"p256dh": "AAAA", "auth": "AAAA"})

    assert (refused.status_code, refused.json()["field"]) == (422, "keys")


async def test_somebody_elses_address_cannot_be_taken_over(room: Room):
    ada, eve = await room.somebody("Ada"), await room.somebody("Eve")
    endpoint = f"{room.push_url}/push/Ada"
    assert (await ada.register()).status_code == 201
    taken = await eve.register(endpoint=endpoint)

    assert taken.status_code == 409


async def test_a_flood_of_registrations_is_stopped(room: Room):
    eve = await room.somebody("Eve")
    answers = [
        (await eve.register(endpoint=f"{room.push_url}/push/{number}")).status_code
        for number in range(15)
    ]
    account = await room.parts.accounts.accounts.named("Eve")

    assert answers.count(429) == 5
    assert len(await room.parts.reach.phones.of_account(account.id)) <= 5


async def test_a_test_alert_appears_on_ones_own_telephones_alone(room: Room):
    ada, eve = await room.somebody("Ada"), await room.somebody("Eve")
    await ada.register()
    await eve.register()
    tried = await ada.send("/console/phone/test", {})

    assert tried.json() == {"taken": 1, "phones": 1}
    assert [one["title"] for one in ada.shown()] == ["Test: alerts reach this telephone"]
    assert eve.shown() == []


async def test_a_telephone_is_forgotten_by_its_owner(room: Room):
    ada = await room.somebody("Ada")
    phone = (await ada.register()).json()["id"]
    gone = await room.client.delete(f"/console/phone/subscriptions/{phone}", headers=ada.headers)
    page = await ada.get("/console/phone")

    assert gone.status_code == 204
    assert f'data-forget="{phone}"' not in page.text


async def test_what_a_device_is_called_cannot_become_part_of_the_page(room: Room):
    eve = await room.somebody("Eve")
    await eve.register(device="<script>alert(1)</script>")
    page = await eve.get("/console/phone")

    assert "<script>alert(1)" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


async def test_what_a_phone_needs_to_install_it_is_open_and_says_nothing_more(room: Room):
    manifest = await room.client.get("/manifest.webmanifest")
    worker = await room.client.get("/console/service-worker.js")
    offline = await room.client.get("/console/offline", headers={"accept-language": "de"})

    assert manifest.headers["content-type"].startswith("application/manifest+json")
    for icon in manifest.json()["icons"]:
        found = await room.client.get(icon["src"])
        assert found.headers["content-type"] == "image/png"
    assert worker.headers["service-worker-allowed"] == manifest.json()["scope"] == "/console"
    assert worker.headers["content-type"].startswith("text/javascript")
    assert 'href="tel:112"' in offline.text
    assert "Dieses Telefon ist offline" in offline.text
    assert '<meta name="csrf" content="">' in offline.text


async def test_what_the_worker_shelves_exists(room: Room):
    worker = (await room.client.get("/console/service-worker.js")).text
    for address in re.findall(r'"(/(?:static|console)/[\w./-]+)"', worker):
        assert (await room.client.get(address)).status_code == 200, address
