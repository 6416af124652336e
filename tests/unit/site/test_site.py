"""A site's own files: what is wrong in them is named, and they replace the packaged ones."""

from pathlib import Path

import pytest

from aurora.errors import SiteError
from aurora.guidance.library import PRECEDENCE
from aurora.guidance.load import load_library
from aurora.site.load import DEFAULT_SITE, load_site, locate
from aurora.site.model import Site, spoken
from tests.line import example_site

WORKS = """\
id: works
name: Works
timezone: Europe/Madrid
languages: [en]
emergency_number: "112"
zones:
  - id: a
    name: Zone A
    description: press hall
    exits:
      - {id: a_north, name: the north door}
    muster_point: yard
  - id: b
    name: Zone B
    description: store
    exits:
      - {id: b_east, name: the east door}
    muster_point: yard
muster_points:
  - {id: yard, name: the yard}
roles:
  supervisor: the supervisor
contacts:
  - id: desk
    name: Desk
    roles: [supervisor]
    phone: "+12025550100"
control_room: desk
escalation:
  critical: [supervisor]
  urgent: [supervisor]
  normal: []
  assistive: []
voices:
  en: {voice: Polly.Joanna, locale: en-US}
"""


def complaints(tmp_path: Path, content: str) -> list[str]:
    (tmp_path / "site.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(SiteError) as error:
        load_site(locate(tmp_path))
    return str(error.value).replace(f"{tmp_path}/", "").splitlines()


def changed(old: str, new: str) -> str:
    assert WORKS.count(old) == 1
    return WORKS.replace(old, new)


def test_a_small_site_is_in_order(tmp_path):
    (tmp_path / "site.yaml").write_text(WORKS)

    site = load_site(locate(tmp_path))

    assert [zone.id for zone in site.zones] == ["a", "b"]
    assert site.contact(site.control_room).phone == "+12025550100"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("name: Works\n", "", "site.yaml:1: name: missing; add it"),
        (
            "    description: store\n",
            "    descripton: store\n",
            "site.yaml:13: zones.1.description: missing; add it\n"
            "site.yaml:15: zones.1.descripton: no such field; check the spelling or remove it",
        ),
        (
            "name: Zone B\n    description: store\n    exits:\n"
            "      - {id: b_east, name: the east door}\n    muster_point: yard",
            "name: Zone B\n    description: store\n    exits:\n"
            "      - {id: b_east, name: the east door}\n    muster_point: garden",
            "site.yaml:18: zones.b.muster_point: no muster point 'garden'; "
            "add it or name one of ['yard']",
        ),
        (
            "roles: [supervisor]",
            "roles: [supervisor, medic]",
            "site.yaml:26: contacts.desk.roles: no role 'medic'; add it under roles",
        ),
        (
            "  urgent: [supervisor]",
            "  urgent: [fire]",
            "site.yaml:31: escalation.urgent: no role 'fire'; add it under roles",
        ),
        (
            "  normal: []\n",
            "",
            "site.yaml:29: escalation.normal: missing; give a list of roles (it may be empty)",
        ),
        (
            "control_room: desk",
            "control_room: tower",
            "site.yaml:28: control_room: no contact 'tower'; add it under contacts",
        ),
        (
            "control_room: desk",
            "control_room: desk\nemergency_line: dispatch",
            "site.yaml:29: emergency_line: no contact 'dispatch' with a phone; "
            "add it under contacts, or leave the line out",
        ),
        (
            'phone: "+12025550100"',
            "phone: 555 0100",
            "site.yaml:27: contacts.0.phone: "
            "not a telephone number; write it as +<country code><number>",
        ),
        (
            "timezone: Europe/Madrid",
            "timezone: Europe/Madird",
            "site.yaml:3: timezone: no such time zone; give an IANA name such as Europe/Madrid",
        ),
        (
            "timezone: Europe/Madrid",
            "timezone: ../etc/passwd",
            "site.yaml:3: timezone: no such time zone; give an IANA name such as Europe/Madrid",
        ),
        (
            "timezone: Europe/Madrid",
            "timezone: Europe",
            "site.yaml:3: timezone: no such time zone; give an IANA name such as Europe/Madrid",
        ),
        (
            "languages: [en]",
            "languages: [en, es]",
            "site.yaml:34: voices.es: missing; every language of the site needs a voice",
        ),
        (
            "  - id: b\n",
            "  - id: a\n",
            "site.yaml:6: zones: id 'a' is used twice; give each its own",
        ),
        (
            "name: Works\n",
            "name: Works\nname: Other Works\n",
            "site.yaml:3: not valid YAML: key 'name' is given twice; keep one",
        ),
    ],
)
def test_a_mistake_is_named_by_file_line_field_and_fix(tmp_path, old, new, complaint):
    assert complaints(tmp_path, changed(old, new)) == complaint.splitlines()


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [
        ("languages: [en]", "languages: [en, tlh]", 4, "languages.1"),
        ("languages: [en]", "languages: []", 4, "languages"),
        ("name: Zone A", "name: {tlh: Zone A}", 8, "zones.0.name"),
        ("name: Zone A", "name: [Zone A]", 8, "zones.0.name"),
        ("- id: b\n", "- id: B 2\n", 13, "zones.1.id"),
        (
            "muster_points:\n  - {id: yard, name: the yard}",
            "muster_points: []",
            19,
            "muster_points",
        ),
        ("  supervisor: the supervisor", "  Shift Lead: the lead", 22, "roles"),
        ("  critical: [supervisor]", "  very_critical: [supervisor]", 30, "escalation"),
        ("  critical: [supervisor]", "  critical: supervisor", 30, "escalation.critical"),
        ('emergency_number: "112"', "emergency_number: 112", 5, "emergency_number"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named_by_its_line(tmp_path, old, new, line, field):
    found = complaints(tmp_path, changed(old, new))

    assert any(one.startswith(f"site.yaml:{line}: {field}") for one in found), found


def test_every_dangling_name_is_found_at_once(tmp_path):
    content = changed("control_room: desk", "control_room: tower").replace(
        "  supervisor: the supervisor", "  other: somebody"
    )
    fields = [line.split(": ")[1] for line in complaints(tmp_path, content)]

    assert fields == [
        "contacts.desk.roles",
        "escalation.critical",
        "escalation.urgent",
        "control_room",
    ]


def test_a_path_without_a_site_is_refused_by_its_name(tmp_path):
    with pytest.raises(SiteError, match=r"site\.yaml: no such file; name a site\.yaml or its dir"):
        locate(tmp_path)


def test_a_site_may_be_named_by_its_file_or_its_directory(tmp_path):
    (tmp_path / "site.yaml").write_text(WORKS)

    assert locate(tmp_path) == locate(tmp_path / "site.yaml")


def own_site(tmp_path: Path) -> Site:
    """A site directory with the packaged plant in English alone: little to load."""
    text = (DEFAULT_SITE / "site.yaml").read_text(encoding="utf-8")
    (tmp_path / "site.yaml").write_text(
        text.replace("languages: [en, es, fr, de]\nemergency", "languages: [en]\nemergency"),
        encoding="utf-8",
    )
    return load_site(locate(tmp_path))


def own_procedure(tmp_path: Path, old: str, new: str, name: str = "heat") -> None:
    folder = tmp_path / "procedures" / "en"
    folder.mkdir(parents=True)
    text = (DEFAULT_SITE / "procedures" / "en" / "heat.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (folder / f"{name}.yaml").write_text(text.replace(old, new), encoding="utf-8")


def test_a_sites_own_procedure_replaces_the_packaged_one_and_no_other(tmp_path):
    site = own_site(tmp_path)
    own_procedure(tmp_path, "version: 1", "version: 7")

    library = load_library(locate(tmp_path), site, "en")

    assert library.procedures["heat", "en"].reference == "heat.en@7"
    packaged = load_library(locate(None), site, "en").procedures
    changed = {key for key, own in library.procedures.items() if own != packaged[key]}
    assert changed == {("heat", "en")}
    assert {procedure_id for procedure_id, _ in library.procedures} == set(PRECEDENCE)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("version: 1", "version: 0", r"en/heat\.yaml:3: version: .*greater than or equal to 1"),
        ("version: 1", "version: 1\nnevr: []", r"en/heat\.yaml:4: nevr: no such field"),
        (
            "urgency: critical\nfirst",
            "urgency: dire\nfirst",
            r"en/heat\.yaml:\d+: urgency: .*'critical'",
        ),
        ("state: draft", "state: approved", r"en/heat\.yaml:\d+: approval: .*by, role and on"),
        ("language: en", "language: es", r"heat\.yaml: .*must match the file's place"),
    ],
)
def test_a_broken_procedure_is_named_by_its_file(tmp_path, old, new, complaint):
    site = own_site(tmp_path)
    own_procedure(tmp_path, old, new)

    with pytest.raises(SiteError, match=complaint):
        load_library(locate(tmp_path), site, "en")


def test_a_procedure_may_not_alert_a_role_the_site_lacks(tmp_path):
    site = own_site(tmp_path).model_copy(update={"roles": {"supervisor": "x"}})

    with pytest.raises(SiteError, match=r"fire\.en@1: alert: the site has no role 'fire'"):
        load_library(locate(tmp_path), site, "en")


def test_a_primary_language_without_phrases_is_refused(tmp_path):
    site = own_site(tmp_path)

    with pytest.raises(SiteError, match=r"phrases/it\.yaml: missing"):
        load_library(locate(tmp_path), site, "it")


def test_a_text_is_spoken_in_the_callers_language_else_english_else_any():
    assert spoken("Zone A", "fr") == "Zone A"
    assert spoken({"en": "the yard", "fr": "la cour"}, "fr") == "la cour"
    assert spoken({"en": "the yard", "fr": "la cour"}, "de") == "the yard"
    assert spoken({"fr": "la cour"}, "de") == "la cour"


def test_a_worker_is_known_by_telephone_and_nobody_is_known_by_none():
    assert example_site().worker("+12025550152").name == "Ana Ejemplo"
    assert example_site().worker("+12025550199") is None
    assert example_site().worker(None) is None
