"""What callers say while a procedure runs, by what they mean: the `heard` of all procedures."""

from aurora.guidance.procedure import Procedure
from aurora.guidance.remarks import Remarks
from aurora.site.load import DEFAULT_SITE
from aurora.site.yaml_file import read_yaml
from aurora.triage.text import canonical


def read_meanings() -> dict[str, list[str]]:
    """Return canonical sentences by meaning, over all languages and procedures of the package.

    One meaning is one reply id, or the shared remark that the reply answers: the same id means the
    same thing in every procedure and language.
    """
    found: dict[str, set[str]] = {}
    for path in sorted(DEFAULT_SITE.glob("remarks/*.yaml")):
        for name, remark in read_yaml(path, Remarks).remarks.items():
            found.setdefault(name, set()).update(map(canonical, remark.heard))
    for path in sorted(DEFAULT_SITE.glob("procedures/*/*.yaml")):
        for reply in read_yaml(path, Procedure).replies:
            name = reply.to[0] if len(reply.to) == 1 else reply.id
            found.setdefault(name, set()).update(map(canonical, reply.heard))
    return {name: sorted(lines) for name, lines in sorted(found.items()) if len(lines) > 1}
