"""Where signed requests may go: by the addresses behind a name, however they are written."""

import pytest

from aurora.errors import ChannelFault
from aurora.escalation.channels.addresses import Addresses, destination


def resolving_to(*addresses: str):
    async def resolve(host: str, port: int) -> list[str]:
        return list(addresses)

    return resolve


@pytest.mark.parametrize(
    "address",
    ["10.0.0.7", "172.16.3.4", "192.168.1.9", "127.0.0.1", "::1", "fd00::7", "::ffff:10.0.0.7"],
)
async def test_the_plants_own_network_and_this_machine_need_no_tls(address):
    to = await destination("http://siren.plant/cap", resolving_to(address))

    assert to.addresses == (address,)
    assert to.host_header == "siren.plant"


@pytest.mark.parametrize("address", ["::ffff:169.254.169.254", "::ffff:0.0.0.0", "fe80::1%eth0"])
async def test_no_way_of_writing_it_lets_a_forbidden_address_in(address):
    with pytest.raises(ChannelFault, match="address_not_allowed"):
        await destination("https://siren.plant/cap", resolving_to(address))


async def test_a_name_that_leads_nowhere_is_not_allowed():
    with pytest.raises(ChannelFault, match="address_not_allowed"):
        await destination("https://siren.plant/cap", resolving_to())


@pytest.mark.parametrize(
    ("url", "host_header", "at"),
    [
        ("https://a.example", "a.example", "https://203.0.113.7:443/"),
        ("https://a.example:8443/x?y=%20z", "a.example:8443", "https://203.0.113.7:8443/x?y=%20z"),
        ("https://bücher.example/", "xn--bcher-kva.example", "https://203.0.113.7:443/"),
    ],
)
async def test_the_request_goes_to_the_address_under_the_name(url, host_header, at):
    # 203.0.113.0/24 is set aside for documents.
    to = await destination(url, resolving_to("203.0.113.7"))

    assert to.host_header == host_header
    assert to.url_at(to.addresses[0]) == at


async def test_an_address_of_ipv6_keeps_its_brackets():
    to = await destination("https://[2001:db8::1]:8443/x", resolving_to("2001:db8::1"))

    assert to.host_header == "[2001:db8::1]:8443"
    assert to.url_at("2001:db8::1") == "https://[2001:db8::1]:8443/x"


def test_a_name_stands_for_its_url_and_a_url_for_itself():
    addresses = Addresses({"desk": "https://desk.example/t0ken"})

    assert addresses.url_of("desk") == "https://desk.example/t0ken"
    assert addresses.url_of("https://other.example/") == "https://other.example/"
    with pytest.raises(ChannelFault, match="no_such_address"):
        addresses.url_of("siren")
