"""The house asks nobody else for a script, a font or a picture: it works where only our own server can be reached."""

import re

from tests.architecture.sources import ROOT

FOREIGN = re.compile(
    r"""(?:src|href|srcset|action|poster)\s*=\s*["']?\s*(?:https?:)?//"""
    r"""|url\(\s*["']?(?:https?:)?//"""
    r"""|@import\s+["'](?:https?:)?//"""
    r"""|(?:importScripts|import|fetch)\(\s*["'`](?:https?:)?//"""
    r"""|\bfrom\s*["'](?:https?:)?//""",
    re.IGNORECASE,
)
KINDS = {".html", ".css", ".js", ".mjs", ".svelte", ".ts", ".svg", ".webmanifest", ".json"}
# a link that a person follows is not something the page loads: calling, mailing and handing over to a navigation app
FOLDERS = ("static", "backend", "pwa/src", "pwa/phone", "pwa/desk")


def test_pages_styles_and_scripts_load_nothing_from_elsewhere():
    files = [
        path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in KINDS and path.is_file()
    ]
    assert files
    foreign = {
        f"{path.relative_to(ROOT)}: {hit.group(0)}"
        for path in files
        for hit in FOREIGN.finditer(path.read_text(encoding="utf-8", errors="replace"))
    }
    assert not foreign


def test_a_foreign_script_font_or_picture_would_be_noticed():
    for line in (
        '<script src="https://cdn.example/x.js">',
        "<img src=//example.org/a.png>",
        "src: url(https://fonts.example/a.woff2)",
    ):
        assert FOREIGN.search(line)
    assert not FOREIGN.search('<svg xmlns="http://www.w3.org/2000/svg">')
