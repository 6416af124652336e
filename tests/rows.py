"""Tables of hundreds of words: one test goes through all rows, and tells each that fails.

A test item for each row costs pytest two milliseconds, thousands of rows half of `make check`.
"""

from collections.abc import Callable, Collection
from inspect import signature
from typing import Any


def each_row(
    names: str | tuple[str, ...], rows: Collection[Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test for every row, as `pytest.mark.parametrize` takes names and rows; never none."""
    assert rows, "no rows"

    def over_all(test: Callable[..., None]) -> Callable[..., None]:
        wanted = (names,) if isinstance(names, str) else names

        def run(**others: Any) -> None:
            failures = []
            for row in rows:
                values = (row,) if isinstance(names, str) else row
                given = dict(zip(wanted, values, strict=True))
                try:
                    test(**others, **given)
                except Exception as error:
                    error.add_note(f"with {given}")
                    failures.append(error)
            if failures:
                raise ExceptionGroup(f"{len(failures)} of {len(rows)} rows", failures)

        taken = signature(test)
        left = [one for name, one in taken.parameters.items() if name not in wanted]
        run.__signature__ = taken.replace(parameters=left)  # type: ignore[attr-defined]
        run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
        return run

    return over_all
