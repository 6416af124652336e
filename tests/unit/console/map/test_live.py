"""The map as it is shown: the site's names are text, and the list says what the drawing says."""

from datetime import UTC, datetime, timedelta

from aurora.accounts.person import Role
from aurora.conditions.conditions import BlockedExit, Conditions, Wind
from aurora.console.frame import Frame
from aurora.console.map.drawing import of_site
from aurora.console.map.layout import layout
from aurora.console.map.view import Happening, MapView, map_view
from aurora.escalation.incident import Incident, IncidentState
from aurora.levels import Hazard, Urgency
from aurora.site.model import Site
from tests.console_door import somebody
from tests.line import example_site

NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ATTACK = "</text><script>alert(1)</script>"


def incident(zone_id: str | None, urgency: Urgency, **changes: object) -> Incident:
    made = Incident("inc_1", "CDFGHJ", urgency, NOW, NOW, Hazard.FIRE, zone_id)
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def view(
    *incidents: Incident, site: Site | None = None, conditions: Conditions | None = None
) -> MapView:
    site = site or example_site()
    happening = Happening(incidents, [])
    known = conditions or Conditions()
    return map_view(site, layout(site, of_site(site)), happening, known, NOW, "en")


def shown(seen: MapView, site: Site | None = None) -> str:
    frame = Frame(site or example_site(), somebody(Role.VIEWER))
    return frame.render("en", "map/live.html", map=seen, picture=None, path="/console/map")


def test_names_in_the_sites_file_are_text_on_the_map():
    site = example_site()
    zone = site.zones[0].model_copy(update={"name": ATTACK, "description": ATTACK})
    point = site.muster_points[0].model_copy(update={"name": ATTACK})
    site = site.model_copy(
        update={"zones": [zone, *site.zones[1:]], "muster_points": [point, *site.muster_points[1:]]}
    )

    page = shown(view(site=site), site)

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_words_of_callers_and_reasons_are_text_on_the_map():
    blocked = BlockedExit("a", "a_north", ATTACK, ATTACK, NOW, LATER)
    nowhere = incident(None, Urgency.URGENT, place_said=ATTACK)

    page = shown(view(nowhere, conditions=Conditions(Wind(10, ATTACK, LATER), (blocked,))))

    assert "<script>" not in page


def test_a_zone_shows_the_worst_of_its_live_incidents():
    seen = view(
        incident("a", Urgency.URGENT),
        incident("a", Urgency.CRITICAL),
        incident("b", Urgency.CRITICAL, state=IncidentState.RESOLVED),
    )

    worst = {zone.id: zone.worst for zone in seen.zones}
    assert (worst["a"], worst["b"]) == ("critical", "")
    assert "×2" in shown(seen)


def test_an_incident_whose_place_is_unknown_is_in_the_list():
    seen = view(incident(None, Urgency.CRITICAL), incident("gone", Urgency.URGENT))

    assert [mark.urgency for mark in seen.elsewhere] == ["critical", "urgent"]
    assert "Place unknown" in shown(seen)


def test_the_wind_turns_with_the_plan():
    site = example_site()
    site = site.model_copy(update={"plan": site.plan.model_copy(update={"north": 90})})

    wind = view(site=site, conditions=Conditions(Wind(300, "Ada", LATER))).wind

    assert (wind.degrees, wind.bearing, wind.point) == (300, 30, "north-west")


def test_a_blocked_exit_is_marked_in_drawing_and_list():
    blocked = BlockedExit("a", "a_north", "Ada", "smoke", NOW, LATER)

    page = shown(view(conditions=Conditions(blocked=(blocked,))))

    assert page.count('class="exit blocked"') == 2  # on the sheet and in its key
    assert "smoke, Ada" in page
