"""Who is to be counted: the site's people and whoever signed in; nobody is taken for another.

Two entries of one person leave one of them missing, and somebody asks. One entry for two persons
would let one of them be forgotten, so nothing is put together by its name.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aurora.accounts.link import Link, account_key, contact_key, worker_key
from aurora.site.model import Contact, LocalText, Site


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


def expected(
    sites: Sequence[Site], links: Iterable[Link], signed_in: Sequence[SignedIn]
) -> list[Expected]:
    """Return everybody once.

    sites: as it is now, then as it was earlier in the muster: nobody leaves an open roll because
    somebody edits the site meanwhile.
    """
    of_the_site: dict[str, Expected] = {}
    for site in sites:
        for one in _of_the_site(site):
            of_the_site.setdefault(one.key, one)
    known = {one.key for site in sites for one in claimable(site)}
    granted = {link.account_id: link for link in links if link.is_granted}
    return [*of_the_site.values(), *_others(signed_in, granted, known)]


def role_names(sites: Sequence[Site]) -> Mapping[str, LocalText]:
    """Return what the roles of everybody expected are called, as the newest of the sites says."""
    return {role: name for site in reversed(sites) for role, name in site.roles.items()}


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


def _others(
    signed_in: Sequence[SignedIn], granted: Mapping[str, Link], known: set[str]
) -> Iterator[Expected]:
    for one in signed_in:
        link = granted.get(one.account_id)
        if link is None:
            yield Expected(account_key(one.account_id), one.name)
        elif link.person_key not in known:
            # Taken out of the site's people, and here all the same.
            yield Expected(link.person_key, one.name)


def _expected(contact: Contact) -> Expected:
    return Expected(contact_key(contact.id), contact.name, contact.roles[0])
