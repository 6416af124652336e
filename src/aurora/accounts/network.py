"""Which addresses are one visitor's, as far as an address can tell; pure."""

from ipaddress import IPv4Address, ip_address, ip_network

_IPV6_BITS = 64
"""What one house or one rented machine gets: it has more addresses than could be counted."""


def network_of(address: str) -> str:
    """Return what tries are counted by: an IPv4 address, or the /64 that an IPv6 one is in."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((found, _IPV6_BITS), strict=False))
