"""Write docs/openapi.json from the routes themselves: `make types`."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"


def an_app(folder: str) -> Any:
    """The whole house on an empty database that nobody will look into."""
    from backend import create_app
    from backend.platform.config import Settings

    return create_app(Settings(database_url=f"sqlite:///{folder}/none.db", is_demo=True))


def render(app: Any) -> str:
    """The OpenAPI document of this app, in an order that does not change by itself."""
    document = app.extensions["nachtronde"].api.spec.to_dict()
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(render(an_app(folder)), encoding="utf-8")
