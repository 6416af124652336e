"""A text approved in the middle of a call is for procedures that begin after it."""

from dataclasses import replace

from aurora.guidance.library import Library
from aurora.guidance.load import Text, amended, digest_of
from aurora.guidance.procedure import Approval
from aurora.site.load import DEFAULT_SITE
from tests.line import example_library, example_site
from tests.unit.guidance.line import Line, procedure

FIRE = (DEFAULT_SITE / "procedures/en/fire.yaml").read_text()
NEW = FIRE.replace("version: 1", "version: 2").replace(
    "Get out now. Pull the alarm as you leave. No lifts.", "Leave now. Pull the alarm."
)
APPROVED = Approval(state="approved", by="Bo", role="admin", on="2026-03-02")


def test_a_call_goes_on_with_the_text_that_it_began():
    old = procedure("bleeding")
    shorter = procedure(
        "bleeding", version=2, first_line="New first.", then=[*old.then[1:], old.then[0]]
    )
    line = Line(old)
    library = line.runner._library
    line.start()
    first_step = line.hear()
    library.put_in_force(
        Library(
            {("bleeding", "en"): shorter},
            library.phrases,
            "en",
            earlier={old.reference: old, shorter.reference: shorter},
        )
    )
    second_step = line.hear()

    untouched = Line(old)
    untouched.start()
    assert [first_step, second_step] == [untouched.hear(), untouched.hear()]
    assert Line(shorter).start().startswith("New first.")
    assert library.procedure("bleeding", "en") is shorter


def test_an_approved_text_lies_over_the_file_and_is_approved_whatever_it_says_of_itself():
    lying = NEW.replace("state: draft", "state: approved\n  by: Me\n  role: x\n  on: y")
    library = amended(example_library(), [Text("fire", "en", lying, APPROVED)], example_site())
    fire = library.procedures["fire", "en"]

    assert fire.first_line == "Leave now. Pull the alarm."
    assert fire.approval == APPROVED
    assert library.digest(fire) == digest_of(lying)
    assert library.procedures["fire", "de"] == example_library().procedures["fire", "de"]


def test_a_text_that_was_in_force_can_still_be_told_to_the_end():
    texts = [Text("fire", "en", NEW, APPROVED, is_in_force=False)]
    library = amended(example_library(), texts, example_site())

    assert library.procedures["fire", "en"].reference == "fire.en@1"
    assert library.earlier["fire.en@2"].first_line == "Leave now. Pull the alarm."


def test_the_library_that_was_amended_stays_as_it_was():
    base = replace(example_library())
    amended(base, [Text("fire", "en", NEW, APPROVED)], example_site())

    assert base.procedures["fire", "en"].reference == "fire.en@1"
