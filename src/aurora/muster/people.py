"""Who is to be counted: the site's people and whoever signed in; nobody is taken for another.

Two entries of one person leave one of them missing, and somebody asks. One entry for two persons
would let one of them be forgotten, so nothing is put together by its name.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aurora.accounts.link import Link, account_key, contact_key, worker_key
from aurora.site.model import Contact, Site


@dataclass(frozen=True, slots=True)
class Expected:
    """One person to be counted."""

    key: str
    name: str
    role: str | None = None
    """Of the site's roles."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An account that is in use."""

    account_id: str
    name: str


def expected(site: Site, links: Iterable[Link], signed_in: Sequence[SignedIn]) -> list[Expected]:
    """Return everybody once."""
    granted = {link.account_id for link in links if link.is_granted}
    return [*_of_the_site(site), *_others(signed_in, granted)]


def key_of(account_id: str, links: Iterable[Link]) -> str:
    """Return as whom an account is counted."""
    own = (link for link in links if link.account_id == account_id and link.is_granted)
    link = next(own, None)
    return link.person_key if link else account_key(account_id)


def claimable(site: Site) -> list[Expected]:
    """Return whom an account may be said to be; desks and outside contacts too, since they are
    paged."""
    contacts = [_expected(contact) for contact in site.contacts]
    return [*contacts, *_workers(site)]


def _of_the_site(site: Site) -> Iterator[Expected]:
    for contact in site.contacts:
        # A desk is a place, and who is outside is not on the site.
        if not contact.is_desk and not contact.is_outside:
            yield _expected(contact)
    yield from _workers(site)


def _workers(site: Site) -> Iterator[Expected]:
    """Those who are no contact as well: a telephone is one person's."""
    numbers = {contact.phone for contact in site.contacts}
    for worker in site.workers:
        if worker.phone not in numbers:
            yield Expected(worker_key(worker.phone), worker.name)


def _others(signed_in: Sequence[SignedIn], granted: set[str]) -> Iterator[Expected]:
    for one in signed_in:
        if one.account_id not in granted:
            yield Expected(account_key(one.account_id), one.name)


def _expected(contact: Contact) -> Expected:
    return Expected(contact_key(contact.id), contact.name, contact.roles[0])
