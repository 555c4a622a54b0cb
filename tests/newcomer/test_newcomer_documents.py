"""What documents lead to is there: links, files, functions."""

import ast
import re

import pytest
from newcomer_documents import ROOT, Document, documents

DOCUMENTS = documents()
TOP = {path.name for path in ROOT.iterdir()}
PATH = re.compile(r"[\w.-]+(/[\w.*-]+)*/?")
PLACE = re.compile(r"([\w/.-]+\.py):([A-Za-z_][\w.]*)")
# A name with a number in its place, as in a row that does not exist yet.
PATTERN = "NN"


def by_name(document):
    return document.name


def is_there(path, document):
    """Below the project or the document's folder; a pattern finds something."""
    return any(
        any(folder.glob(path.rstrip("/"))) for folder in (ROOT, document.path.parent)
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=by_name)
def test_its_links_lead_somewhere(document):
    """Those within the project, with the heading they name."""
    for link in document.links:
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (document.path.parent / path).resolve() if path else document.path
        assert target.exists(), link
        if anchor:
            assert anchor in Document(str(target.relative_to(ROOT))).anchors, link


@pytest.mark.parametrize("document", DOCUMENTS, ids=by_name)
def test_the_files_that_it_names_are_there(document):
    for code in document.codes:
        words = code.split() or [""]
        path = words[0]
        in_project = "/" in path and path.partition("/")[0] in TOP
        if in_project and PATH.fullmatch(path) and PATTERN not in path:
            assert is_there(path, document), path


@pytest.mark.parametrize("document", DOCUMENTS, ids=by_name)
def test_the_functions_that_it_names_are_there(document):
    """As FILE:NAME, where a method follows its class after a dot or stands alone."""
    for code in document.codes:
        if found := PLACE.fullmatch(code):
            path, name = found.groups()
            assert name in names_in(ROOT / path), code


def names_in(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.ClassDef)
    for outer in (each for each in tree.body if isinstance(each, kinds)):
        yield outer.name
        for inner in (each for each in outer.body if isinstance(each, kinds)):
            yield inner.name
            yield f"{outer.name}.{inner.name}"


def test_the_architecture_names_functions():
    """In the form that the test above reads."""
    codes = Document("docs/architecture.md").codes
    assert sum(bool(PLACE.fullmatch(code)) for code in codes) > 20


@pytest.mark.parametrize("document", DOCUMENTS, ids=by_name)
def test_it_can_be_found_from_the_readme(document):
    """By links, over others if need be."""
    known, new = set(), {"README.md"}
    while new:
        known |= new
        links = (link for name in new for link in linked(Document(name)))
        new = set(links) - known
    assert document.name in known


def linked(document):
    for link in document.links:
        target = (document.path.parent / link.partition("#")[0]).resolve()
        if target.suffix == ".md" and target.is_relative_to(ROOT) and target.exists():
            yield str(target.relative_to(ROOT))
