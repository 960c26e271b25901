"""What every file that is read in has in common: its encoding, and lines, or whole files, that cannot be used."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class BadLine:
    """A line that cannot be used, and why, in words for whoever made the file."""

    number: int
    reason: str


class UnreadableFile(Exception):
    """This is no file we can do anything with; the sentence says why."""


def encoding_of(path: Path) -> str:
    """UTF-8 when every byte fits it (with or without a mark), else the Windows code page of Dutch spreadsheets."""
    try:
        with path.open(encoding="utf-8-sig") as text:
            while text.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"
