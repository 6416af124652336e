"""Check a model's sentence against the site's data and the procedure before it may be spoken."""

from aurora.guidance.library import Library
from aurora.guidance.procedure import Procedure
from aurora.guidance.spoken import Situation
from aurora.site.model import Site


class Grounding:
    """Refuses every sentence that says more than the site and the procedure do."""

    def __init__(self, site: Site, library: Library) -> None:
        self._site = site
        self._library = library

    def refuse(
        self, sentence: str, situation: Situation, procedure: Procedure | None
    ) -> str | None:
        """Return a short stable word for why the sentence may not be spoken, or None."""
        raise NotImplementedError
