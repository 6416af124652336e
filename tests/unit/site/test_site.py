"""A site's own files: what is wrong in them is named, and they replace the packaged ones."""

import re
from pathlib import Path
from string import Formatter

import pytest

from aurora.errors import SiteError
from aurora.guidance.library import PRECEDENCE, load_library
from aurora.guidance.phrases import ChildPhrases, Phrases
from aurora.guidance.procedure import Ask, Procedure
from aurora.site.load import DEFAULT_SITE, load_site, locate
from aurora.site.model import LANGUAGES, Site, spoken
from tests.line import example_library, example_site

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
    assert {key for key, own in library.procedures.items() if own.version != 1} == {("heat", "en")}
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


# The packaged site ---------------------------------------------------------------------------


def procedures(language: str) -> list[Procedure]:
    packaged = example_library().procedures.values()
    return [procedure for procedure in packaged if procedure.language == language]


def sentences(procedure: Procedure) -> list[str]:
    """Every sentence a procedure can speak."""
    found = [procedure.first_line, *procedure.comfort]
    for item in procedure.then:
        found += [item.ask if isinstance(item, Ask) else item.do, item.again]
        if isinstance(item, Ask):
            found += [branch.say for branch in (item.if_yes, item.if_no) if branch and branch.say]
    return found + [line for reply in procedure.replies for line in reply.say]


def test_the_packaged_site_has_zones_a_to_f_in_four_languages():
    site = example_site()

    assert [zone.id for zone in site.zones] == list("abcdef")
    assert tuple(site.languages) == LANGUAGES
    for zone in site.zones:
        assert set(zone.aliases) == set(LANGUAGES)
        texts = [zone.name, zone.description, *(feature.name for feature in zone.exits)]
        assert [text for text in texts if set(text) != set(LANGUAGES)] == []


def test_no_zone_of_the_packaged_site_shares_an_alias_with_another():
    for language in LANGUAGES:
        aliases = [alias for zone in example_site().zones for alias in zone.aliases[language]]
        assert len(aliases) == len(set(aliases))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_procedure_is_there_in_every_language(language):
    assert {procedure.procedure for procedure in procedures(language)} == set(PRECEDENCE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_procedure_waits_for_is_asked_in_every_language(language):
    unasked = [
        procedure.reference
        for procedure in procedures(language)
        if procedure.hold_until
        and not any(isinstance(i, Ask) and i.fact in procedure.hold_until for i in procedure.then)
    ]
    assert unasked == []


def test_a_fact_is_of_one_kind_in_every_language():
    kinds: dict[str, set[bool]] = {}
    for procedure in example_library().procedures.values():
        for item in procedure.then:
            if isinstance(item, Ask):
                kinds.setdefault(item.fact, set()).add(item.is_yes_no)

    assert [fact for fact, found in kinds.items() if len(found) > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_and_step_has_other_words_for_the_second_time(language):
    same = [
        (procedure.reference, item.again)
        for procedure in procedures(language)
        for item in procedure.then
        if item.again.lower() == (item.ask if isinstance(item, Ask) else item.do).lower()
    ]
    assert same == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_asks_and_a_step_does_not(language):
    wrong = []
    for procedure in procedures(language):
        for item in procedure.then:
            words = item.ask if isinstance(item, Ask) else item.do
            if ("?" in words) is not isinstance(item, Ask):
                wrong.append((procedure.reference, words))
    assert wrong == []


NEGATED = {
    "en": r"\b(?:no|not|never|nobody|nothing|don't|without|hands off|nor|before|until|only)\b",
    "es": r"\b(?:no|nunca|nadie|nada|sin|ni|jamás|solo|hasta|antes)\b",
    "fr": r"\b(?:ne|n'|pas|jamais|personne|rien|sans|ni|aucune?|seul\w*|avant)(?:\b|(?<='))",
    "de": r"\b(?:nicht|nie|niemals|niemand|nichts|keine?[rnms]?|ohne|weder|nur|erst|bevor|bis)\b",
}
"""What must stand in a sentence that names what its procedure forbids."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_packaged_sentence_says_what_its_procedure_forbids_unless_negated(language):
    said = []
    for procedure in procedures(language):
        never = [re.compile(pattern, re.IGNORECASE) for pattern in procedure.never]
        for sentence in sentences(procedure):
            for clause in re.split(r"[.;:!?]\s*", sentence):
                matched = [pattern.pattern for pattern in never if pattern.search(clause)]
                if matched and not re.search(NEGATED[language], clause, re.IGNORECASE):
                    said.append((procedure.reference, sentence, matched[0]))
    assert said == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_packaged_sentence_promises_help_or_safety(language):
    promise = {
        "en": r"help is (?:coming|on)|on (?:its|their|the) way|you are safe|will be (?:fine|okay)",
        "es": r"(?<!si )la ayuda (?:llega|viene)|en camino|está a salvo|todo irá bien",
        "fr": r"les secours (?:arrivent|sont en route)|vous êtes en sécurité|tout ira bien",
        "de": r"hilfe (?:kommt|ist unterwegs)|sie sind (?:in sicherheit|sicher)\b",
    }[language]
    said = [
        (procedure.reference, sentence)
        for procedure in procedures(language)
        for sentence in sentences(procedure)
        if re.search(promise, sentence.lower())
    ]
    assert said == []


# Phrases -------------------------------------------------------------------------------------

SLOTS = {
    "handbook_source": {"title", "heading"},
    "handbook_source_page": {"title", "heading", "page"},
    "handbook_title": {"title"},
    "muster_is": {"zone", "place"},
    "exit_is": {"zone", "exit"},
    "exits_are": {"zone", "exit", "other_exit"},
    "none_listed": {"zone"},
    "name_the_zone": {"zones"},
    "emergency_number_is": {"number"},
    "control_room_desk_is": {"desk", "number"},
    "greeting": {"site"},
    "ask_zone": {"zones"},
    "unknown_zone": {"zones"},
    "confirm_zone": {"zone"},
    "zone_noted": {"zone"},
    "zone_corrected": {"zone"},
    "leave_by": {"zone", "exit"},
    "leave_by_either": {"zone", "exit", "other_exit"},
    "leave_upwind": {"zone", "exit", "wind"},
    "exits_blocked": {"zone"},
    "go_to_muster": {"muster_point"},
    "aed_is": {"place"},
    "eyewash_is": {"place"},
    "shower_is": {"place"},
    "aed_unlisted": {"zone"},
    "eyewash_unlisted": {"zone"},
    "shower_unlisted": {"zone"},
    "only_in": {"tongue"},
    "time_check": {"time"},
    "wrong_number": {"site"},
    "control_room_is": {"number"},
    "alerted": {"whom"},
    "confirmed_coming": {"who"},
    "confirmed": {"who"},
    "no_longer_confirmed": {"who"},
    "not_reached": {"whom"},
    "call_yourself": {"number"},
}
"""What a phrase may be given, as the phrases' own documentation has it."""
MAY_LEAVE_OUT = {"ask_zone"}
"""Only some variants name the slot."""
FILLED = {
    "site": "Example Works",
    "zone": "Zone B",
    "zones": "Zone A, Zone B",
    "exit": "the east gate",
    "other_exit": "the west gate",
    "wind": "west",
    "muster_point": "the east lawn",
    "place": "at the east gate",
    "time": "12:00:00",
    "number": "112",
    "tongue": "English",
    "title": "Hot work",
    "heading": "The fire watch",
    "page": "7",
    "desk": "Control room desk",
    "who": "the site medic",
    "whom": "the site medic",
}


def variants(phrases: Phrases, name: str) -> list[str]:
    own = phrases.child if name.startswith("child.") else phrases
    lines = getattr(own, name.removeprefix("child."))
    return [lines] if isinstance(lines, str) else lines


def phrase_names() -> list[str]:
    not_spoken = ("language", "version", "tongues", "winds", "child")
    own = [name for name in Phrases.model_fields if name not in not_spoken]
    return own + [f"child.{name}" for name in ChildPhrases.model_fields]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", phrase_names())
def test_a_phrase_has_exactly_its_documented_slots(language, name):
    slots = SLOTS.get(name, set())
    for line in variants(example_library().phrases[language], name):
        used = {slot for _, slot, _, _ in Formatter().parse(line) if slot is not None}

        assert used == slots or (name in MAY_LEAVE_OUT and not used), line
        assert "{" not in line.format(**{slot: FILLED[slot] for slot in slots})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phrases_variants_differ(language):
    for name in phrase_names():
        lines = [line.lower() for line in variants(example_library().phrases[language], name)]
        assert len(lines) == len(set(lines)), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_greeting_is_short(language):
    greeting = example_library().phrases[language].greeting.format(site="Works")

    assert len(greeting.split()) < 15


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["ask_zone", "unknown_zone", "confirm_zone", "clarify"])
def test_what_asks_is_a_question_in_some_words(language, name):
    assert any("?" in line for line in variants(example_library().phrases[language], name))


def test_a_text_is_spoken_in_the_callers_language_else_english_else_any():
    assert spoken("Zone A", "fr") == "Zone A"
    assert spoken({"en": "the yard", "fr": "la cour"}, "fr") == "la cour"
    assert spoken({"en": "the yard", "fr": "la cour"}, "de") == "the yard"
    assert spoken({"fr": "la cour"}, "de") == "la cour"


def test_a_worker_is_known_by_telephone_and_nobody_is_known_by_none():
    assert example_site().worker("+12025550152").name == "Ana Ejemplo"
    assert example_site().worker("+12025550199") is None
    assert example_site().worker(None) is None
