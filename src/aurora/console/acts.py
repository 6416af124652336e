"""What operators do to an incident or a call: each act answered, refused or put on the trail."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Protocol

import structlog
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from aurora.accounts.person import Person
from aurora.console.frame import Frame
from aurora.console.refusals import refusal
from aurora.errors import AuroraError, NotConfirmed
from aurora.lines.problems import Problem
from aurora.records.audit import AuditTrail
from aurora.site.model import Site

log = structlog.get_logger()

Reason = Annotated[str, Field(min_length=3, max_length=500)]


class Seen(BaseModel):
    """What every act carries."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    seen: Annotated[int, Field(ge=0)]
    """How many acts of operators the page showed when this one was decided."""


class Subject(Protocol):
    """What was acted on."""

    @property
    def id(self) -> str: ...


class OperatorActs:
    """Does what an operator asks, and puts it on the audit trail."""

    def __init__(
        self, frame: Frame, site: Site, audit: AuditTrail, look: Callable[[], None]
    ) -> None:
        """look: has every board look at once, whatever came of an act."""
        self._frame = frame
        self._site = site
        self._audit = audit
        self._look = look

    async def done(
        self,
        request: Request,
        person: Person,
        act: Awaitable[Subject],
        name: str,
        details: Mapping[str, Any] | None = None,
    ) -> Response:
        """Await the act; name: as the audit trail has it. Raises Problem when it was refused."""
        try:
            subject = await act
        except NotConfirmed as error:
            unsure = {**(details or {}), "is_confirmed": False}
            await self._audit.note(person, name, error.subject, unsure)
            raise self.refused(request, person, error) from error
        except AuroraError as error:
            raise self.refused(request, person, error) from error
        finally:
            self._look()
        await self._audit.note(person, name, subject.id, details)
        return Response(status_code=204)

    def refused(self, request: Request, person: Person, error: AuroraError) -> Problem:
        """Return a refusal in the words of whoever asked."""
        log.info("act_refused", by=person.name, path=request.url.path, reason=str(error))
        return refusal(error, self._frame.language(request, person), self._site.timezone)
