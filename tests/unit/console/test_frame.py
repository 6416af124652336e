from jinja2 import DictLoader, Environment, Template

from aurora.accounts.person import Role
from aurora.console.compiled import CompiledTemplates
from aurora.console.frame import Frame
from tests.console_door import somebody
from tests.line import example_site


def _environment(cache: CompiledTemplates, words: str, said: str = "") -> Environment:
    loader = DictLoader({"page": words})
    environment = Environment(loader=loader, bytecode_cache=cache, autoescape=True)
    environment.filters["said"] = lambda word: said + word
    return environment


def test_a_template_that_another_environment_compiled_has_this_ones_words(monkeypatch):
    cache = CompiledTemplates()
    compiled_texts = []
    compile_ = Environment.compile
    monkeypatch.setattr(
        Environment, "compile", lambda *a, **k: compiled_texts.append(a) or compile_(*a, **k)
    )
    pages = [
        _environment(cache, "{{ name | said }}", said).get_template("page").render(name="Ada")
        for said in ("hello ", "hallo ")
    ]

    assert pages == ["hello Ada", "hallo Ada"]
    assert len(compiled_texts) == 1


def test_other_words_under_the_same_name_are_compiled_anew():
    cache = CompiledTemplates()
    pages: list[Template] = [
        _environment(cache, words).get_template("page") for words in ("before", "after")
    ]

    assert [page.render() for page in pages] == ["before", "after"]


def test_after_warming_no_page_waits_for_a_template(monkeypatch):
    frame = Frame(example_site(), somebody(Role.VIEWER))
    frame.warm()
    monkeypatch.setattr(Environment, "compile", None)
    monkeypatch.setattr(CompiledTemplates, "load_bytecode", None)

    page = frame.render("de", "phone/offline.html", person=None, here="/", places=[], csrf_token="")

    assert 'lang="de"' in page
