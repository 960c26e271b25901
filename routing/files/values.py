"""Values out of a file, each with a sentence when it is not what it should be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from routing.problem import FOREVER_S, ProblemError

MOST_WEIGHT = 1_000_000
"""The largest price of one second."""


def an_object(value: Any, name: str) -> Mapping[str, Any]:
    """Keys and values. Raises ProblemError."""
    if not isinstance(value, dict):
        raise ProblemError(f"{name} must be an object with keys, not {_shown(value)}")
    return value


def a_list(value: Any, name: str) -> Sequence[Any]:
    """A row of things. Raises ProblemError."""
    if not isinstance(value, list):
        raise ProblemError(f"{name} must be a list, not {_shown(value)}")
    return value


def given(one: Mapping[str, Any], key: str, name: str) -> Any:
    """What must be there. Raises ProblemError."""
    if key not in one:
        raise ProblemError(f"{name} lacks {key!r}")
    return one[key]


def whole(value: Any, name: str) -> int:
    """A whole number that a night can hold. Raises ProblemError."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ProblemError(f"{name} must be a whole number, not {_shown(value)}")
    if abs(value) > FOREVER_S:
        raise ProblemError(f"{name} is too large: at most {FOREVER_S} is possible")
    return value


def count(value: Any, name: str, most: int = FOREVER_S) -> int:
    """A whole number of 0 or more. Raises ProblemError."""
    if not 0 <= whole(value, name) <= most:
        raise ProblemError(f"{name} must lie between 0 and {most}, not be {value}")
    return int(value)


def weight(value: Any, name: str) -> int:
    """A price per second, 0 or more. Raises ProblemError."""
    return count(value, name, MOST_WEIGHT)


def number(value: Any, name: str, scale: int) -> int:
    """A number of 0 or more, with or without decimals, in whole parts of `scale`. Raises ProblemError."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ProblemError(f"{name} must be a number, not {_shown(value)}")
    if not 0 <= value * scale <= FOREVER_S:
        raise ProblemError(f"{name} must lie between 0 and {FOREVER_S // scale}, not be {value}")
    return round(value * scale)


def pair(value: Any, name: str) -> tuple[int, int]:
    """Two whole numbers. Raises ProblemError."""
    if not isinstance(value, list) or len(value) != 2:
        raise ProblemError(f"{name} must be two whole numbers, not {_shown(value)}")
    return whole(value[0], name), whole(value[1], name)


def identity(value: Any, name: str) -> str:
    """A word, or a number that is used as one. Raises ProblemError."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ProblemError(f"{name} must be a word or a whole number, not {_shown(value)}")
    return str(value)


def word(value: Any, name: str) -> str:
    """A word. Raises ProblemError."""
    if not isinstance(value, str):
        raise ProblemError(f"{name} must be a word, not {_shown(value)}")
    return value


def words(value: Any, name: str) -> frozenset[str]:
    """A set of words. Raises ProblemError."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ProblemError(f"{name} must be a list of words, not {_shown(value)}")
    return frozenset(value)


def yes_or_no(value: Any, name: str) -> bool:
    """True or false. Raises ProblemError."""
    if not isinstance(value, bool):
        raise ProblemError(f"{name} must be true or false, not {_shown(value)}")
    return value


def table(value: Any, name: str) -> np.ndarray:
    """Rows of whole numbers, each as long as the first. Raises ProblemError."""
    try:
        array = np.array(value)
    except (ValueError, OverflowError) as error:
        raise ProblemError(f"{name} is not a square table of whole numbers") from error
    if array.dtype.kind != "i":
        raise ProblemError(f"{name} is not a square table of whole numbers")
    if array.size and max(int(array.max()), -int(array.min())) > FOREVER_S:
        raise ProblemError(f"{name} holds a number that is too large: at most {FOREVER_S} is possible")
    return array


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
