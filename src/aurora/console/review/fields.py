"""A console form's fields, larger than a machine's request; refusals as problems with words."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request

from aurora.console.words import _, words_in
from aurora.lines.body import parse_form, read_body
from aurora.lines.problems import Problem, unprocessable
from aurora.review.rules import Refusal, Refused
from aurora.site.model import Language

MOST_BYTES = 2_000_000
MOST_FIELDS = 20_000
MOST_REASON = 500


REFUSALS = {
    Refusal.NOT_A_DRAFT: _("This version is not a draft any more; reload the page."),
    Refusal.NOT_IN_REVIEW: _("This version is not in review any more; reload the page."),
    Refusal.NOT_OPEN: _("This version is decided already; reload the page."),
    Refusal.CHANGED_MEANWHILE: _(
        "Somebody changed the text while you had it open. Reload the page and look again."
    ),
    Refusal.UNCHANGED: _("Nothing is different from the text in force."),
    Refusal.OWN_DRAFT: _("You wrote in this draft, so somebody else has to approve it."),
    Refusal.NOT_CHECKED: _("Run the checks first; these words have not been rehearsed."),
    Refusal.CHECKS_FAILED: _("The checks found problems; they have to be mended first."),
    Refusal.OVERTAKEN: _(
        "Another text came into force after this draft was begun. Withdraw it and draft the "
        "change again over the text in force."
    ),
    Refusal.ANOTHER_IS_OPEN: _("There is an open draft already; decide that one first."),
    Refusal.NEVER_APPROVED: _("This version was never approved, so it cannot be put back."),
    Refusal.IN_FORCE_ALREADY: _("This text is in force already."),
    Refusal.DISAGREES: _(
        "It does not fit what is in force beside it. Change all languages together, or mend this:"
    ),
    Refusal.NO_REASON: _("Give a reason; it stays on the record."),
    Refusal.NOT_ALLOWED: _("This is for administrators."),
}


def problem_of(refused: Refused, language: Language) -> Problem:
    """Return a refusal in the reader's words."""
    words = words_in(language).gettext(REFUSALS[refused.refusal])
    if refused.refusal is Refusal.DISAGREES:
        words = f"{words} {refused.detail}"
    return Problem(409, "Refused", words, refused.refusal.value)


async def form_of(request: Request) -> dict[str, str]:
    """Return a form's fields, the last of a name; raises Problem."""
    return dict(await pairs_of(request))


async def pairs_of(request: Request) -> list[tuple[str, str]]:
    """Return a form's fields in order."""
    return parse_form(await read_body(request, MOST_BYTES), MOST_FIELDS)


def reason_in(form: dict[str, str]) -> str:
    reason = " ".join(form.get("reason", "").split())
    if len(reason) > MOST_REASON:
        raise unprocessable(
            "Give a reason of at most %(most)s characters.", "reason", most=MOST_REASON
        )
    return reason


def moment_in(text: str, zone: ZoneInfo) -> datetime | None:
    """Return what a datetime-local field holds, in the site's zone; None when it is empty."""
    if not text:
        return None
    try:
        wall = datetime.fromisoformat(text)
    except ValueError as error:
        raise unprocessable("Write a time as 2026-11-26T14:30.", "at") from error
    aware = wall if wall.tzinfo else wall.replace(tzinfo=zone)
    return aware.astimezone(UTC)
