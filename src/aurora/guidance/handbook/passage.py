"""A document of the handbook and its passages, as kept on disk and as searched."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from aurora.site.model import Language

MOST_SECTIONS = 5_000
"""About 2,000 pages; more is a library, and search would hold up the line's start."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Section(_Strict):
    """Some sentences under one heading."""

    heading: Annotated[str, Field(max_length=120)]
    """Empty before the first heading."""
    text: Annotated[str, Field(min_length=1, max_length=20_000)]
    asked: Annotated[str, Field(max_length=1_000)] = ""
    """Other words people ask for it with; searched, never spoken."""
    page: Annotated[int, Field(ge=1)] | None = None
    """Only a PDF knows its pages."""


class Document(_Strict):
    """One text, packaged with the site or uploaded."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)]
    title: Annotated[str, Field(min_length=1, max_length=80)]
    language: Language
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """Of the file as it came."""
    name: str
    """The file's own name."""
    added_at: datetime | None = None
    """None for a packaged document."""
    added_by: str | None = None
    """Who added it at the console; None where that is not known."""
    sections: Annotated[list[Section], Field(min_length=1, max_length=MOST_SECTIONS)]

    def passages(self) -> Iterator["Passage"]:
        """Give every section what it needs to be quoted alone."""
        for number, section in enumerate(self.sections, start=1):
            yield Passage(
                document=self.title,
                heading=section.heading,
                page=section.page,
                language=self.language,
                text=section.text,
                asked=section.asked,
                sha256=self.sha256,
                reference=f"handbook.{self.language}@{self.sha256[:8]}:{self.id}-{number}",
            )


@dataclass(frozen=True, slots=True)
class Passage:
    """What is quoted: words of a document, with where they stand."""

    document: str
    """The document's title."""
    heading: str
    page: int | None
    language: str
    text: str
    asked: str
    sha256: str
    reference: str
    """For the record; nothing a document says can change its form."""
