"""Write docs/access.md: every route, and who may call it. `make glossary` writes it together with the glossary."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parent.parent / "docs" / "access.md"

HEAD = """# Who may knock

Made from the routes (`make glossary`), and kept current by a test: a change of who may do what shows up in the diff.
A route that does not say who may call it cannot be registered. Behind this door stands a second net: every query is
narrowed to what its reader may see, so that an id of somebody else's is answered exactly like one that does not exist.

| route | method | who |
|---|---|---|
"""


def routes(app: Any) -> list[tuple[str, str, frozenset[str]]]:
    """Every route with its method and the roles that it lets in."""
    from backend.platform.web import roles_of

    return sorted(
        (rule.rule, method, roles_of(app, rule.endpoint, method) or frozenset())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


def render(app: Any) -> str:
    """The whole page."""
    return HEAD + "".join(
        f"| `{rule}` | {method} | {', '.join(sorted(roles))} |\n" for rule, method, roles in routes(app)
    )


if __name__ == "__main__":
    from tools.openapi import an_app

    with tempfile.TemporaryDirectory() as folder:
        FILE.write_text(render(an_app(folder)), encoding="utf-8")
