"""Serve the demo night: `make demo`. Its database is made and filled when there is none, or when its night is over.

One process does both, because starting Python twice is what would be noticed.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def refuse_a_taken_port(port: int) -> None:
    """Say it in words before the server says it in a traceback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            sys.exit(f"Port {port} is taken. Choose another one: make demo PORT={port + 1}")


def main() -> None:
    port = int(os.environ.get("PORT", "8000"))
    refuse_a_taken_port(port)
    os.chdir(ROOT)
    os.environ.setdefault("NACHTRONDE_DEMO", "1")
    os.environ.setdefault("NACHTRONDE_DATABASE_URL", f"sqlite:///{ROOT / 'instance' / 'demo.db'}")
    os.environ.setdefault("NACHTRONDE_PUBLIC_URL", f"http://localhost:{port}")
    os.environ.setdefault("NACHTRONDE_LOG_LEVEL", "warning")
    # five cars: a second finds what ten would, and the night so far is played with four plans in it
    os.environ.setdefault("NACHTRONDE_PLAN_NIGHT_S", "1")

    from flask.cli import ScriptInfo

    from backend import create_app

    app = create_app()
    for words in (["demo", "fill"], ["serve", "--port", str(port)]):
        app.cli.main(words, prog_name="flask", standalone_mode=False, obj=ScriptInfo(create_app=lambda: app))


if __name__ == "__main__":
    main()
