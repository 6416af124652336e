"""Where alerts may be pushed to: addresses that come from browsers, so from anybody."""

import pytest

from aurora.errors import ChannelFault
from aurora.escalation.channels.push_services import PushServices, origin_of

FCM = "https://fcm.googleapis.com/fcm/send/abc:def"


def leading_to(*addresses: str):
    async def resolve(host: str, port: int) -> list[str]:
        return list(addresses)

    return resolve


@pytest.mark.parametrize(
    "endpoint",
    [
        FCM,
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
        "https://web.push.apple.com/QGx",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYAAA",
    ],
)
async def test_the_services_of_the_browsers_are_known(endpoint):
    to = await PushServices(resolve=leading_to("8.8.8.8")).destination(endpoint)
    assert (to.scheme, to.port, to.addresses) == ("https", 443, ("8.8.8.8",))


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com:8443/fcm/send/abc",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilpush.apple.com.example/x",
        "https://evil-notify.windows.com/x",
        "https://push.apple.com/x",
        "https://user@fcm.googleapis.com/x",
        "https://fcm.googleapis.com@evil.example/x",
        "https://evil.example/#fcm.googleapis.com",
        "https://evil.example\\@fcm.googleapis.com/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "gopher://fcm.googleapis.com/x",
        "",
        "https://[",
        f"{FCM}{'x' * 1_000}",
    ],
)
def test_what_only_looks_like_one_is_refused(endpoint):
    with pytest.raises(ChannelFault) as fault:
        PushServices().check(endpoint)
    assert (fault.value.reason, fault.value.is_final) == ("push_service_unknown", True)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.5", "192.168.1.1", "100.64.0.1", "::1", "fd00::1", "fe80::1"]
)
async def test_a_known_name_that_leads_into_the_plants_network_is_refused(address):
    services = PushServices(resolve=leading_to("8.8.8.8", address))
    with pytest.raises(ChannelFault) as fault:
        await services.destination(FCM)
    assert fault.value.reason == "address_not_allowed"


async def test_a_service_of_the_settings_may_stand_in_the_plants_network():
    services = PushServices(["https://push.plant.example"], leading_to("10.0.0.5"))
    to = await services.destination("https://push.plant.example/push/1")
    assert to.addresses == ("10.0.0.5",)


def test_a_service_of_the_settings_is_known_by_scheme_host_and_port():
    services = PushServices(["https://push.plant.example:8443"])
    services.check("https://push.plant.example:8443/1")
    for other in ("http://push.plant.example:8443/1", "https://push.plant.example/1"):
        with pytest.raises(ChannelFault):
            services.check(other)


def test_the_origin_is_what_the_sender_signs_for():
    assert origin_of(FCM) == "https://fcm.googleapis.com"
