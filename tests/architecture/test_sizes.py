"""What a phone must load over a weak signal stays small: measured on the built files, as they travel (gzip)."""

import gzip
import re

import pytest

from tests.architecture.sources import ROOT

APP = ROOT / "static" / "app"
LOADED = re.compile(r"""(?:src|href)="(/(?:app|static)/[^"]+\.(?:js|css))\"""")
kB = 1000


def travels(path):
    """The size of a file as it travels."""
    return len(gzip.compress(path.read_bytes(), 9))


def first_load(page):
    """What the browser must have before a page does anything: the page itself, its scripts and its styles."""
    links = LOADED.findall(page.read_text(encoding="utf-8"))
    files = [
        APP / link.removeprefix("/app/") if link.startswith("/app/") else ROOT / link.removeprefix("/")
        for link in links
    ]
    return [page, *dict.fromkeys(files)]


@pytest.fixture
def built():
    """The built app; `make test` makes it first."""
    if not APP.is_dir():
        pytest.skip("the app is not built: make test builds it")
    return APP


@pytest.mark.parametrize(("page", "most"), [("phone", 40 * kB), ("desk", 90 * kB)])
def test_a_page_stays_within_its_budget(built, page, most):
    sizes = {file.name: travels(file) for file in first_load(built / page / "index.html")}
    assert len([name for name in sizes if name.endswith(".js")]) >= 1
    assert sum(sizes.values()) <= most, sizes


def test_the_service_worker_stays_within_its_budget(built):
    assert travels(built / "phone" / "sw.js") <= 6 * kB


def test_the_phone_loads_nothing_that_only_the_desk_needs(built):
    assert not [file for file in first_load(built / "phone" / "index.html") if "/desk/" in str(file)]
