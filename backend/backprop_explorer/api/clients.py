"""Who asks: the address at the other end of the connection, or the one that a trusted proxy names."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

HEADER = "x-forwarded-for"
NOBODY = "none"
"""Who asks through something that has no addresses."""
_PREFIX = 64
"""The bits of an IPv6 address that name a network; the others its owner chooses."""
_LONGEST = 64

Address = IPv4Address | IPv6Address


class Clients:
    """Around the app: gives each request the address of its client, which is that of the connection.

    Where that is a trusted proxy's, it is the last one in X-Forwarded-For that is none. Anybody else may write what
    they like into this header: it is not looked at.
    """

    def __init__(self, app: ASGIApp, trusted: Iterable[str] = ()) -> None:
        self.app = app
        self._trusted = [ip_network(one, strict=False) for one in trusted]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._trusted and scope.get("client"):
            peer, port = scope["client"][:2]
            scope = {**scope, "client": (self._named(peer, Headers(scope=scope).getlist(HEADER)), port)}
        await self.app(scope, receive, send)

    def _named(self, peer: str, given: list[str]) -> str:
        hops = [part.strip() for part in ",".join(given).split(",")] if given else []
        while hops and self._is_trusted(peer):
            named = _address(hops.pop())
            if named is None:  # the proxy does not say, so the request is its own
                break
            peer = str(named)
        return peer

    def _is_trusted(self, peer: str) -> bool:
        address = _address(peer)
        return address is not None and any(_within(address, network) for network in self._trusted)


def counted_as(client: tuple[str, int] | None) -> str:
    """What the requests of that client are counted under: its address, of IPv6 the network of 64 bits, since each of
    its addresses belongs to whoever has the network."""
    address = _address(client[0]) if client else None
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address) >> _PREFIX << _PREFIX, _PREFIX)))
    return str(address or NOBODY)


def _address(text: str) -> Address | None:
    """An address as proxies write it, perhaps with a port; one of IPv4 in the clothes of IPv6 is one of IPv4."""
    bare = text[1:].partition("]")[0] if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare[:_LONGEST].partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _within(address: Address, network: IPv4Network | IPv6Network) -> bool:
    return address.version == network.version and address in network
