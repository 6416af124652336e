"""Rosters and channels of a site: what is wrong in them is named with file, line, field and fix."""

from datetime import time
from pathlib import Path

import pytest

from aurora.errors import SiteError
from aurora.levels import Urgency
from aurora.site.duty_check import notes
from aurora.site.load import load_site, locate
from aurora.site.model import Contact, Site
from aurora.site.yaml_file import located
from tests.line import example_site

WORKS = """\
id: works
name: Works
timezone: Europe/Madrid
languages: [en]
emergency_number: "112"
zones:
  - {id: a, name: Zone A, description: hall, exits: [{id: n, name: the door}], muster_point: yard}
muster_points:
  - {id: yard, name: the yard}
roles: {supervisor: the supervisor, medical: the medic}
contacts:
  - id: ana
    name: Ana
    roles: [supervisor]
    phone: "+12025550100"
  - id: ben
    name: Ben
    roles: [supervisor, medical]
    phone: "+12025550101"
control_room: ana
escalation: {critical: [supervisor], urgent: [supervisor], normal: [], assistive: []}
voices:
  en: {voice: Polly.Joanna, locale: en-US}
rosters:
  - id: supervisors
    role: supervisor
    shifts:
      - days: [mon, tue, wed, thu, fri, sat, sun]
        from: "06:00"
        to: "18:00"
        contacts: [ana, ben]
      - days: [mon, tue, wed, thu, fri, sat, sun]
        from: "18:00"
        to: "06:00"
        contacts: [ben]
    overrides:
      - from: "2026-12-24 18:00"
        to: "2026-12-26 06:00"
        contacts: [ana]
        reason: Christmas
  - id: ben_away
    contact: ben
    overrides:
      - from: "2026-08-03 00:00"
        to: "2026-08-17 00:00"
        contacts: [ana]
        reason: leave
"""


def read(tmp_path: Path, content: str) -> Site:
    (tmp_path / "site.yaml").write_text(content, encoding="utf-8")
    return load_site(locate(tmp_path))


def complaints(tmp_path: Path, content: str) -> str:
    with pytest.raises(SiteError) as error:
        read(tmp_path, content)
    return str(error.value).replace(f"{tmp_path}/", "")


def changed(old: str, new: str, content: str = WORKS) -> str:
    assert content.count(old) >= 1
    return content.replace(old, new, 1)


def test_a_site_with_rosters_is_in_order(tmp_path):
    site = read(tmp_path, WORKS)

    assert [roster.id for roster in site.rosters] == ["supervisors", "ben_away"]
    assert site.rosters[0].shifts[1].crosses_midnight
    assert list(notes(site)) == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            "contacts: [ana, ben]",
            "contacts: [ana, eve]",
            "site.yaml:31: rosters.supervisors.shifts.0.contacts: no contact 'eve'; "
            "add it under contacts",
        ),
        (
            "contacts: [ana, ben]",
            "contacts: [ana, ana]",
            "site.yaml:31: rosters.supervisors.shifts.0.contacts: 'ana' is named twice; keep one",
        ),
        (
            "        contacts: [ben]\n",
            "",
            "site.yaml:32: rosters.supervisors.shifts.1.contacts: nobody is named; "
            "name who is on duty",
        ),
        (
            "    role: supervisor",
            "    role: medical",
            "site.yaml:31: rosters.supervisors.shifts.0.contacts: 'ana' does not hold 'medical'; "
            "add it to the roles of that contact or name another",
        ),
        (
            "    role: supervisor",
            "    role: fire",
            "site.yaml:26: rosters.supervisors.role: no role 'fire'; "
            "add it under roles or name another",
        ),
        (
            "    contact: ben",
            "    contact: eve",
            "site.yaml:42: rosters.ben_away.contact: no contact 'eve'; "
            "add it under contacts or name another",
        ),
        (
            "    contact: ben",
            "    contact: ben\n    role: medical",
            "site.yaml:41: rosters.1: give either role or contact, not both",
        ),
        (
            "  - id: ben_away\n    contact: ben",
            "  - id: ben_away\n    contact: ben\n    rotation: round_robin",
            "site.yaml:43: rosters.ben_away.rotation: one contact takes no turns; remove it",
        ),
        (
            '        to: "2026-08-17 00:00"\n        contacts: [ana]',
            '        to: "2026-08-17 00:00"\n        contacts: [ben]',
            "site.yaml:46: rosters.ben_away.overrides.0.contacts: "
            "nobody stands in for themselves; name another or leave it empty",
        ),
        (
            "  - id: ben_away\n    contact: ben",
            "  - id: again\n    role: supervisor",
            "site.yaml:41: rosters.again: 'supervisor' has the roster 'supervisors' already; "
            "put both into one",
        ),
        (
            "- id: ben_away",
            "- id: supervisors",
            "site.yaml:24: rosters: id 'supervisors' is used twice; give each its own",
        ),
        (
            'to: "2026-12-26 06:00"',
            'to: "2026-12-24 06:00"',
            "site.yaml:37: rosters.0.overrides.0: ends before it begins; put `to` after `from`",
        ),
        (
            'from: "2026-12-24 18:00"',
            'from: "24 December"',
            "site.yaml:37: rosters.0.overrides.0.from: not a time; write it as "
            '"2026-12-24 18:00", in the site\'s time zone',
        ),
        (
            'from: "2026-12-24 18:00"',
            'from: "2026-12-24T18:00+01:00"',
            "site.yaml:37: rosters.0.overrides.0.from: not a time; write it as "
            '"2026-12-24 18:00", in the site\'s time zone',
        ),
        (
            'from: "06:00"',
            'from: "6 am"',
            "site.yaml:29: rosters.0.shifts.0.from: not a time of day; "
            'write it as "06:00", in the site\'s time zone',
        ),
        (
            "days: [mon, tue, wed, thu, fri, sat, sun]",
            "days: [mon, mon]",
            "site.yaml:28: rosters.supervisors.shifts.0.days: mon is given twice; keep one",
        ),
        (
            "        reason: leave\n",
            "",
            "site.yaml:44: rosters.1.overrides.0.reason: missing; add it",
        ),
        (
            '    phone: "+12025550101"\n',
            "",
            "site.yaml:16: contacts.ben: nothing reaches it; give a phone or channels",
        ),
        (
            '    phone: "+12025550101"\n',
            "    channels: [sms]\n",
            "site.yaml:19: contacts.ben.channels: sms needs a number; give phone or an address",
        ),
        (
            '    phone: "+12025550101"\n',
            '    phone: "+12025550101"\n    channels: [sms, sms]\n',
            "site.yaml:20: contacts.ben.channels: sms is given twice; keep one",
        ),
        (
            '    phone: "+12025550101"\n',
            "    channels: [apprise]\n",
            "site.yaml:19: contacts.1.channels.0: apprise needs an address: a URL, or the name "
            "the settings know it by",
        ),
        (
            '    phone: "+12025550101"\n',
            "    channels: [{kind: voice, address: Ben}]\n",
            "site.yaml:19: contacts.1.channels.0: not a telephone number; "
            "write it as +<country code><number>",
        ),
        (
            '    phone: "+12025550100"\n',
            "    channels: [console]\n",
            "site.yaml:12: contacts.ana.phone: missing; "
            "the control room is dialled when anything fails",
        ),
        (
            "control_room: ana",
            "control_room: ana\npaging: {wait_s: {critical: 0}}",
            "site.yaml:21: paging.wait_s.critical: Input should be greater than 0",
        ),
    ],
)
def test_what_is_wrong_is_named_with_line_field_and_fix(tmp_path, old, new, complaint):
    assert complaint in complaints(tmp_path, changed(old, new)).splitlines()


def test_a_stand_in_holds_one_of_the_roles(tmp_path):
    medic = changed("roles: [supervisor, medical]", "roles: [medical]")
    medic = changed("contacts: [ana, ben]", "contacts: [ana]", medic)
    medic = changed("        contacts: [ben]\n", "        contacts: [ana]\n", medic)

    assert complaints(tmp_path, medic) == (
        "site.yaml:46: rosters.ben_away.overrides.0.contacts: "
        "'ana' holds no role of 'ben'; name one who does"
    )


def test_a_gap_is_pointed_out_and_stops_nothing(tmp_path):
    gap = changed('from: "18:00"\n        to: "06:00"', 'from: "18:00"\n        to: "22:30"')
    site = read(tmp_path, changed("days: [mon, tue, wed, thu, fri, sat, sun]", "days: [sun]", gap))
    (note,) = notes(site)

    assert note.startswith("rosters.supervisors.shifts: nobody is listed mon 22:30 to tue 18:00, ")
    assert "sun 22:30 to mon 18:00" in note
    assert located(tmp_path / "site.yaml", note).startswith(f"{tmp_path}/site.yaml:27: rosters.")


def test_a_role_to_alert_that_nobody_holds_is_pointed_out(tmp_path):
    (note,) = notes(
        read(
            tmp_path,
            changed("critical: [supervisor]", "critical: [medical]").replace(
                "roles: [supervisor, medical]", "roles: [supervisor]"
            ),
        )
    )

    assert note == (
        "escalation.critical: nobody holds 'medical'; the control room is paged for it, "
        "so give a contact the role"
    )


def test_a_time_may_be_written_without_quotes(tmp_path):
    site = read(
        tmp_path, changed('from: "06:00"\n        to: "18:00"', "from: 6:00\n        to: 18:00")
    )

    assert (site.rosters[0].shifts[0].begins, site.rosters[0].shifts[0].ends) == (time(6), time(18))


def test_a_contact_without_a_phone_may_have_other_channels(tmp_path):
    channel = '    channels: [{kind: webhook, address: "https://siren.example/on"}]\n'
    site = read(tmp_path, changed('    phone: "+12025550101"\n', channel))

    assert site.contact("ben").ways(ring_first=True) == [("webhook", "https://siren.example/on")]


def test_the_waits_and_repeats_of_the_site_are_the_agreed_ones():
    paging = example_site().paging

    assert [paging.wait_for(one) for one in (Urgency.CRITICAL, Urgency.URGENT)] == [30, 120]
    assert [paging.repeats_for(one) for one in Urgency] == [0, 0, 1, 2]


def test_the_packaged_site_has_no_notes():
    assert list(notes(example_site())) == []


def test_a_site_survives_being_written_out_and_read_again():
    for mode in ("python", "json"):
        assert Site.model_validate(example_site().model_dump(mode=mode)) == example_site()


def test_a_contact_without_a_telephone_says_so_when_its_number_is_asked_for():
    contact = Contact(id="chat", name="Chat", roles=["supervisor"])

    with pytest.raises(AssertionError, match="chat has no telephone"):
        _ = contact.number
