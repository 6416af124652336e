"""Why an act was refused, in the operator's language: who was first, or what stands in the way."""

from aurora.console.times import Times
from aurora.console.words import _, words_in
from aurora.errors import AuroraError, NotPossible, Overtaken, RecordsError
from aurora.lines.problems import Problem
from aurora.site.model import Language

WAS_FIRST = {
    "taken": _("%(who)s took it at %(time)s. Look again before you act."),
    "answered": _("%(who)s entered an answer at %(time)s. Look again before you act."),
    "shelved": _("%(who)s shelved it at %(time)s. Look again before you act."),
    "unshelved": _("%(who)s put it back at %(time)s. Look again before you act."),
    "resolved": _("%(who)s closed it at %(time)s."),
    "merged": _("It became part of another incident. Look again before you act."),
    "alerted_again": _("%(who)s alerted everybody again at %(time)s. Look again before you act."),
    "zone": _("%(who)s changed the zone at %(time)s. Look again before you act."),
    "ended": _("%(who)s ended the call at %(time)s."),
    "critical": _("%(who)s set it to critical at %(time)s. Look again before you act."),
    "urgent": _("%(who)s set it to urgent at %(time)s. Look again before you act."),
    "normal": _("%(who)s set it to normal at %(time)s. Look again before you act."),
    "assistive": _("%(who)s set it to assistive at %(time)s. Look again before you act."),
}
ANY = _("%(who)s acted at %(time)s. Look again before you act.")
NOT_POSSIBLE = {
    "over": _("It is closed already; nothing was changed."),
    "not_accepted": _("Nobody has accepted it. A critical one can be shelved once somebody has."),
    "needs_reason": _("Say why it is lowered: the record keeps the reason."),
    "too_long": _("Shelve it for 8 hours at most."),
    "not_paged": _("This person was not alerted for it."),
    "nobody_to_alert": _("There is nobody to alert for it."),
}
NOT_STORED = _("It could not be stored, so nothing has changed. Try again.")
UNKNOWN = _("There is no such call or incident.")
TITLE = _("Nothing was changed")


def refusal(error: AuroraError, language: Language, timezone: str) -> Problem:
    """Return the problem to answer with: 409, 404 or 503."""
    say = words_in(language).gettext
    title = say(TITLE)
    if isinstance(error, Overtaken):
        time = Times(language, timezone).clock(error.at)
        detail = say(WAS_FIRST.get(error.what, ANY)) % {"who": error.by, "time": time}
        return Problem(409, title, detail)
    if isinstance(error, NotPossible):
        return Problem(409, title, say(NOT_POSSIBLE.get(error.reason, UNKNOWN)))
    if isinstance(error, RecordsError):
        return Problem(503, title, say(NOT_STORED))
    return Problem(404, title, say(UNKNOWN))
