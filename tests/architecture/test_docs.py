"""A path in the documentation leads somewhere: whoever follows it finds the file, and the function in it."""

import re

import pytest

from tests.architecture.sources import ROOT

PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
QUOTED = re.compile(r"`([^`\n]+)`")
LINKED = re.compile(r"\]\(([^)#:]+)\)")
# `backend/intake/service.py: register` names a definition too; `backend/intake/` a folder
FILE = re.compile(r"(?<![\w./:])(?:\.\./)?([\w*][\w./*-]+\.(?:py|ts|svelte|sh|css|md|js|toml|lock))\b(?:: (\w+))?")
FOLDER = re.compile(r"[\w.-]+(?:/[\w.-]+)*/")
MADE = ("instance/", "static/app", ".venv/", "node_modules", "benchmarks/results/", "docs/screenshots/all")
"""What make or a running house makes: not there in a fresh clone."""
TOPS = [top for top in ROOT.iterdir() if not top.name.startswith(".") and top.name not in ("instance", "static")]


def paths_in(text):
    """Every path that a page quotes or links to, with the definition named behind it."""
    for quoted in QUOTED.findall(text):
        yield from [(quoted, "")] if FOLDER.fullmatch(quoted) else FILE.findall(quoted)
    for link in LINKED.findall(text):
        yield link, ""


def what_is_wrong(path, definition):
    """Whole paths begin at the root; a bare name is one that some room has. Nothing when it is there."""
    if "/" in path:
        found = list(ROOT.glob(path.rstrip("/")))
    else:
        found = [file for top in TOPS for file in ([top] if top.name == path else top.rglob(path))]
    if not found:
        return f"{path} is not there"
    if definition and not any(re.search(rf"\b(def|class) {definition}\b", file.read_text("utf-8")) for file in found):
        return f"{path} defines no {definition}"
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_a_page_names_is_there(page):
    paths = [one for one in paths_in(page.read_text(encoding="utf-8")) if not one[0].startswith(MADE)]
    assert not [reason for path, definition in paths if (reason := what_is_wrong(path, definition))]


def test_a_path_that_leads_nowhere_would_be_noticed():
    text = (
        "`backend/nowhere.py` `backend/reactions.py: nothing_here` [page](docs/none.md) `no_such_file.py` `backend/no/`"
    )
    assert [bool(what_is_wrong(*one)) for one in paths_in(text)] == [True] * 5
