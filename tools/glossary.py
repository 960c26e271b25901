"""Write docs/glossary.md: the Dutch word for every domain class, read from the docstrings. `make glossary`."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docs" / "glossary.md"
# as in: Zorgvraag, a colon, and what it is
OPENING = re.compile(r"^(?P<dutch>[A-ZÀ-Ý0-9][^:.\n]{1,60}?): (?P<meaning>[^\n]+)")
OPENING_WITH_COMMA = re.compile(r"^(?P<dutch>[A-ZÀ-Ý][\w\u00c0-\u017f-]+), (?P<meaning>as in [^\n]+)")
ENGLISH = re.compile(r"(A|An|The|One|What|Who|Which|Something|Somebody|How|When|Where|Why) ")
ROOMS = (
    "people",
    "keysafe",
    "intake",
    "triage",
    "roster",
    "travel",
    "dispatch",
    "phone",
    "handover",
    "regions",
    "costs",
    "insight",
)

HEAD = """# Glossary

The night is spoken of in Dutch and written down in English. This page is made from the docstrings of the domain classes
(`make glossary`) and a test keeps it current: change the docstring, not this page.

| Dutch | identifier | room | what it is |
|---|---|---|---|
"""

TAIL = """
## Abbreviations that stay as they are

| word | what it is |
|---|---|
| 112 / MKA | the emergency number, and the ambulance control room behind it |
| ABCD | airway, breathing, circulation, disability: looked at first, always |
| achterwacht | the back-up nurse who is asleep until she is called |
| ECD | the care record that an organisation keeps of its own clients |
| HAP | huisartsenpost: the general practitioners' out-of-hours post |
| meetlat | the jointly agreed list of what is, and what is not, unplanned night care |
| NTS | Nederlandse Triage Standaard, whose urgencies U0 (resuscitation) to U5 (advice) are used here |
| PC4, PC6 | the first four characters of a Dutch postcode (a neighbourhood), and all six (a street or part of one) |
| SEH | the emergency department of a hospital |
| SOEP | subjective, objective, evaluation, plan: the shape of a visit report |
| Zvw, Wlz, Wmo | the laws that pay: health insurance, long-term care, social support |
| ZV-1142 | a spoken reference: care request number 1142 |
"""


@dataclass(frozen=True)
class Word:
    """One line of the glossary."""

    dutch: str
    identifier: str
    room: str
    meaning: str


def domain_classes() -> list[tuple[str, str, ast.ClassDef]]:
    """Every public class in a room's rules and models: room, path, syntax tree."""
    found = []
    for room in ROOMS:
        for path in sorted((ROOT / "backend" / room).rglob("*.py")):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    found.append((room, str(path.relative_to(ROOT)), node))
    return found


def is_mapped(node: ast.ClassDef) -> bool:
    """Is this class a table?"""
    return any(
        isinstance(part, ast.Assign)
        and any(isinstance(name, ast.Name) and name.id == "__tablename__" for name in part.targets)
        for part in node.body
    )


def word_of(room: str, node: ast.ClassDef) -> Word | None:
    """The glossary line of a class; None when its docstring does not open with a Dutch word."""
    text = ast.get_docstring(node) or ""
    if ENGLISH.match(text):
        return None
    opening = OPENING.match(text) or OPENING_WITH_COMMA.match(text)
    return Word(opening["dutch"], node.name, room, opening["meaning"].rstrip()) if opening else None


def render() -> str:
    """The whole page."""
    words = {word for room, _, node in domain_classes() if (word := word_of(room, node))}
    lines = [
        f"| {word.dutch} | `{word.identifier}` | {word.room} | {word.meaning.replace('|', '/')} |"
        for word in sorted(words, key=lambda word: (word.dutch.casefold(), word.identifier))
    ]
    return HEAD + "\n".join(lines) + "\n" + TAIL


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(render(), encoding="utf-8")
