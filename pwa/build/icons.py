"""Draw the PNG icons from their SVGs, in the Chromium of the tests:  .venv/bin/python pwa/build/icons.py"""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

ICONS = Path(__file__).resolve().parents[2] / "static" / "icons"
DRAWN = [
    ("icon", "icon-180", 180),  # the home screen of an iPhone
    ("icon", "icon-192", 192),
    ("icon", "icon-512", 512),
    ("icon-maskable", "icon-maskable-512", 512),
    ("badge", "badge-96", 96),
]

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    for source, name, size in DRAWN:
        page = browser.new_page(viewport={"width": size, "height": size})
        svg = (ICONS / f"{source}.svg").read_text(encoding="utf-8")
        page.set_content(f"<style>*{{margin:0}}svg{{display:block;width:{size}px;height:{size}px}}</style>{svg}")
        page.screenshot(path=str(ICONS / f"{name}.png"), omit_background=True)
        page.close()
    browser.close()
