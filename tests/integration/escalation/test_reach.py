"""What a line can reach people by: opened from settings and site, closed whole."""

import base64
from pathlib import Path

import pytest

from aurora.errors import SettingsError
from aurora.escalation.channels.twilio_rest import TwilioRest
from aurora.escalation.plan import ChannelKind
from aurora.rehearsal.loopback import serving
from aurora.rehearsal.twilio_rest_server import TwilioRestServer
from aurora.settings import load_settings
from aurora.site.duty import Channel
from aurora.site.model import Site
from aurora.wiring.reach import off, open_reach, sender_of
from tests.alerts import alert
from tests.application import set_environment
from tests.line import Clock, example_site
from tests.push_service import MemoryPhones

TWILIO = {"TWILIO_AUTH_TOKEN": "t", "TWILIO_PHONE_NUMBER": "+12025550110"}
WEBHOOKS = {"AURORA_WEBHOOK_SECRET": "a long secret of the plant"}


def with_apprise(site: Site) -> Site:
    first = site.contacts[0].model_copy(
        update={"channels": [Channel(kind="apprise", address="chat")]}
    )
    return site.model_copy(update={"contacts": [first, *site.contacts[1:]]})


async def test_without_settings_there_are_the_console_and_registered_telephones(
    monkeypatch, tmp_path
):
    set_environment(monkeypatch, tmp_path, {})
    settings = load_settings()
    reach = open_reach(settings, example_site(), lambda _: None, Clock(), MemoryPhones())
    await reach.close()

    assert set(reach.channels) == {ChannelKind.CONSOLE, ChannelKind.PUSH}
    assert reach.callbacks is None
    assert set(off(settings)) == {"sms, voice", "answers by text, key and link", "webhook, cap"}


async def test_all_channels_open_and_the_real_sdk_sends(monkeypatch, tmp_path):
    server = TwilioRestServer(auth_token="t")
    async with serving(server) as url:
        environment = {
            **TWILIO,
            **WEBHOOKS,
            "TWILIO_ACCOUNT_SID": server.account_sid,
            "TWILIO_API_URL": url,
            "AURORA_PUBLIC_URL": "https://line.example.com",
        }
        set_environment(monkeypatch, tmp_path, environment)
        settings = load_settings()
        site, phones = with_apprise(example_site()), MemoryPhones()
        reach = open_reach(settings, site, lambda _: None, Clock(), phones)
        sent = await reach.channels[ChannelKind.SMS].send(alert())
        await reach.close()

    assert set(reach.channels) == set(ChannelKind)
    assert list(server.messages) == [sent.provider_id]
    assert off(settings) == {}
    assert any(isinstance(one, TwilioRest) for one in reach.opened)


async def test_apprise_is_loaded_only_where_a_contact_uses_it(monkeypatch, tmp_path):
    set_environment(monkeypatch, tmp_path, {})
    site = with_apprise(example_site())
    reach = open_reach(load_settings(), site, lambda _: None, Clock(), MemoryPhones())
    await reach.close()

    assert ChannelKind.APPRISE in reach.channels


async def test_a_link_of_one_start_is_good_after_the_next(monkeypatch, tmp_path):
    from aurora.escalation.acknowledgement import Purpose

    set_environment(monkeypatch, tmp_path, {})
    first = open_reach(load_settings(), example_site(), lambda _: None, Clock(), MemoryPhones())
    second = open_reach(load_settings(), example_site(), lambda _: None, Clock(), MemoryPhones())
    token = first.tokens.make(Purpose.LINK, "incident_1", "medic")

    assert second.tokens.read(Purpose.LINK, token) == ("incident_1", "medic")
    await first.close()
    await second.close()


def test_cap_messages_are_from_the_site_at_the_lines_own_address():
    sender = sender_of(example_site(), "https://line.example.com/aurora")

    assert sender.id == "example_works@line.example.com"
    assert sender_of(example_site(), None).id == "example_works@aurora.invalid"


@pytest.mark.parametrize(
    ("name", "value", "fix"),
    [
        ("AURORA_SIGNING_KEY", "short", "at least 24 characters"),
        ("AURORA_WEBHOOK_SECRET", "short", "at least 24 characters"),
        ("AURORA_WEBHOOK_SECRET", "whsec_not*base64*at*all*at*all", "base 64"),
        ("AURORA_ALERT_URLS", "https://hooks.example/secret", "name=url"),
        ("AURORA_ALERT_URLS", "a b=json://x", "name=url"),
        ("TWILIO_API_URL", "api.twilio.com", "https://"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not_told(
    monkeypatch, tmp_path: Path, name, value, fix
):
    set_environment(monkeypatch, tmp_path, {name: value})
    with pytest.raises(SettingsError) as error:
        load_settings()

    assert name in str(error.value)
    assert fix in str(error.value)
    assert "secret" not in str(error.value).lower().replace(name.lower(), "")


def test_urls_are_known_by_name(monkeypatch, tmp_path):
    key = base64.b64encode(b"k" * 32).decode()
    urls = "chat=slack://A/B/C?x=1 siren=https://siren.plant/cap"
    set_environment(
        monkeypatch,
        tmp_path,
        {"AURORA_ALERT_URLS": urls, "AURORA_WEBHOOK_SECRET": f"whsec_{key}"},
    )
    alerts = load_settings().alerts

    assert {name: url.get_secret_value() for name, url in alerts.urls.items()} == {
        "chat": "slack://A/B/C?x=1",
        "siren": "https://siren.plant/cap",
    }
    assert "slack" not in repr(alerts)
