"""Find a Chromium for the browser journeys, or fetch one: `python tools/browser.py` prints what will be used.

Preferred, in this order: the one that NACHTRONDE_CHROMIUM names, a Chromium of the machine, Playwright's own. When
there is none, Debian's package is installed (as root on Debian), else Playwright's own is downloaded.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def starts(program: str) -> bool:
    """Does this browser run at all? Some distributions ship a stub under this name."""
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def playwrights_own() -> str | None:
    """The browser that `playwright install chromium` puts down, when it is there."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def find() -> str | None:
    """A Chromium that starts on this machine; None when there is none yet."""
    named = os.environ.get("NACHTRONDE_CHROMIUM")
    if named:
        return named
    for name in NAMES:
        program = shutil.which(name)
        if program and starts(program):
            return program
    return playwrights_own()


def is_debian_and_root() -> bool:
    """May we, and can we, use Debian's package?"""
    release = Path("/etc/os-release")
    if platform.system() != "Linux" or os.geteuid() != 0 or not release.exists() or not shutil.which("apt-get"):
        return False
    return any(line.strip() in ("ID=debian", 'ID="debian"') for line in release.read_text().splitlines())


def fetch() -> None:
    """Bring a browser to this machine."""
    if is_debian_and_root():
        print("Installing Debian's Chromium ...", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False, stdin=subprocess.DEVNULL)
        wanted = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        if (
            subprocess.run(
                wanted, env=quiet, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
            ).returncode
            == 0
        ):
            return
    print("Downloading Playwright's Chromium ...", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def main() -> None:
    program = find()
    if program is None:
        fetch()
        program = find()
    if program is None:
        sys.exit("No Chromium was found and none could be fetched. Name one: NACHTRONDE_CHROMIUM=/path/to/chromium")
    print(program)


if __name__ == "__main__":
    main()
