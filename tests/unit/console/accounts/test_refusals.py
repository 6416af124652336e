"""Why an account cannot be as asked is said in every language of the console."""

import ast
import inspect
from types import ModuleType

import pytest

from aurora.accounts import account, api_token, password
from aurora.console.accounts import me, me_second_step
from aurora.console.words import CONSOLE_LANGUAGES, words_in
from aurora.records import accounts

MODULES = (account, api_token, password, me, me_second_step, accounts)
OTHERS = [language for language in CONSOLE_LANGUAGES if language != "en"]


def refusals(module: ModuleType) -> list[str]:
    """Return the text of every AccountRefused that a module raises, its numbers filled in."""
    texts = []
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "AccountRefused":
            text = node.args[1]
            if not (isinstance(text, ast.Call) and getattr(text.func, "id", "") == "str"):
                texts.append(eval(ast.unparse(text), vars(module)))  # noqa: S307 - our own source
    return texts


@pytest.mark.parametrize("language", OTHERS)
def test_every_refusal_is_said_in_every_language(language) -> None:
    texts = [text for module in MODULES for text in refusals(module)]

    assert len(texts) >= 10
    assert [text for text in texts if text not in words_in(language)._known] == []
