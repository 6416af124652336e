"""The room's routes put together."""

from fastapi import APIRouter

from aurora.console.phone.incidents import incident_page_routes
from aurora.console.phone.install import install_routes
from aurora.console.phone.links import link_routes
from aurora.console.phone.muster import muster_routes
from aurora.console.phone.muster_acts import muster_act_routes
from aurora.console.phone.my_phone import my_phone_routes
from aurora.console.phone.parts import PhoneParts


def phone_routes(parts: PhoneParts) -> list[APIRouter]:
    """Return all of them."""
    return [
        install_routes(parts.site, parts.frame),
        my_phone_routes(parts),
        link_routes(parts),
        incident_page_routes(parts),
        muster_routes(parts),
        muster_act_routes(parts),
    ]
