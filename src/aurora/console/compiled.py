"""Keep compiled templates, so that each is compiled once for all languages; never read a file."""

from functools import cache
from types import CodeType

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class CompiledTemplates(BytecodeCache):
    """The code of each template by its name and file; code of another text of it does not count."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._known.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._known[bucket.key] = (bucket.checksum, bucket.code)


@cache
def compiled_templates() -> CompiledTemplates:
    """Return those of this process: compiling all takes half a second, and none is like another
    for another line or language, as words and times are put in when a page is rendered."""
    return CompiledTemplates()
