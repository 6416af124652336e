"""Where alerts go that are no telephone call: names kept in the settings, and what is allowed."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

from aurora.errors import ChannelFault

IpAddress = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class Addresses:
    """URLs by name: they hold secrets, which have no place in a site's files."""

    def __init__(self, named: Mapping[str, str]) -> None:
        self._named = dict(named)

    def url_of(self, address: str) -> str:
        """Return a URL as it stands, or the one of this name; raises ChannelFault."""
        if ":" in address:
            return address
        url = self._named.get(address)
        if url is None:
            detail = f"AURORA_ALERT_URLS has no {address!r}"
            raise ChannelFault("no_such_address", detail, is_final=True)
        return url


@dataclass(frozen=True, slots=True)
class Destination:
    """A checked URL, and the very addresses that were checked: a name may lead elsewhere later."""

    scheme: str
    host: str
    port: int
    path: str
    """With the query."""
    addresses: tuple[str, ...]

    @property
    def host_header(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"https": 443, "http": 80}[self.scheme]
        return name if self.port == usual else f"{name}:{self.port}"

    def url_at(self, address: str) -> str:
        name = f"[{address}]" if ":" in address else address
        return f"{self.scheme}://{name}:{self.port}{self.path}"


async def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a name, best first; raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


async def destination(url: str, resolve: Resolve = resolve) -> Destination:
    """Return where a URL leads; raises ChannelFault when it may not be used, OSError unresolved.

    Who writes these URLs runs the plant, and sirens stand in its own network: private addresses
    and this machine are allowed, there without TLS too. Never allowed are link-local addresses,
    where clouds keep a machine's credentials, and what is no single machine.
    """
    parts, host = _split(url)
    scheme = parts.scheme
    port = parts.port or (443 if scheme == "https" else 80)
    addresses = tuple(dict.fromkeys(await resolve(host, port)))
    known = [_plain(address) for address in addresses]
    if not known or any(_is_forbidden(address) for address in known):
        raise ChannelFault("address_not_allowed", f"{host} is link-local or none", is_final=True)
    if scheme == "http" and not all(address.is_private for address in known):
        detail = f"{host} is outside this network: use https"
        raise ChannelFault("address_needs_tls", detail, is_final=True)
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    return Destination(scheme, host, port, path, addresses)


def _split(url: str) -> tuple[SplitResult, str]:
    """Return a URL's parts and its host in ASCII; raises ChannelFault."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        is_usable = parts.scheme in ("https", "http") and bool(host) and parts.port != 0
    except ValueError:
        is_usable = False
    # A name and password would go out as a header of ours: these requests are signed instead.
    if not is_usable or "@" in parts.netloc:
        detail = "give https://host/path, or http:// inside the plant's network"
        raise ChannelFault("bad_url", detail, is_final=True)
    return parts, host


def _plain(address: str) -> IpAddress:
    """Return an address; one of IPv4 written as IPv6 is the former, whatever its zone."""
    parsed = ip_address(address.partition("%")[0])
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return mapped or parsed


def _is_forbidden(address: IpAddress) -> bool:
    is_no_machine = address.is_multicast or address.is_unspecified
    is_reserved = address.is_reserved and not address.is_loopback
    return address.is_link_local or is_no_machine or is_reserved
