"""Changes of chains, compiled: the least a plan can cost after one, from driving alone, and the exchange of stretches.
What cannot pay even so is never timed."""

# numba infers the types here: a numpy integer and an int are one to it, and two to mypy
# mypy: disable-error-code="return-value, arg-type, no-any-return, assignment"

from __future__ import annotations

import numpy as np
from numba import njit

from routing.search.arrays import FORBIDDEN
from routing.search.chains import CAR, COST, HUGE, LAST, PRED, SOFT, SUCC, TRAVEL, mark


@njit(cache=True, nogil=True)
def is_driven(rows: np.ndarray, n: int, node: int) -> bool:
    """Not passed by: the start or the end of a chain, or a visit that is possible at its turn."""
    return node >= n or rows[0, node, LAST] == node


@njit(cache=True, nogil=True)
def least_moved(
    link: np.ndarray, rows: np.ndarray, travel: np.ndarray, fixed: np.ndarray, numbers: np.ndarray, node: int, x: int
) -> int:
    """The least this plan can cost with `node` behind x: the driving changes, and all lateness might go. 0 when
    something nearby is passed by."""
    n = fixed.shape[1]
    p, q, r = link[node, PRED], link[node, SUCC], link[x, SUCC]
    for one in (node, p, q, x, r):
        if not is_driven(rows, n, one):
            return np.int64(0)
    less = np.int64(travel[p, node]) + np.int64(travel[node, q]) - np.int64(travel[p, q])
    more = np.int64(travel[x, node]) + np.int64(travel[node, r]) - np.int64(travel[x, r])
    who = fixed[link[x, CAR], node] - fixed[link[node, CAR], node]
    return numbers[COST] - numbers[SOFT] + (more - less) * numbers[TRAVEL] + who


@njit(cache=True, nogil=True)
def least_swapped(
    link: np.ndarray,
    rows: np.ndarray,
    travel: np.ndarray,
    fixed: np.ndarray,
    numbers: np.ndarray,
    node: int,
    other: int,
) -> int:
    """The same when these two, which do not follow each other, change places."""
    n = fixed.shape[1]
    p, q, x, r = link[node, PRED], link[node, SUCC], link[other, PRED], link[other, SUCC]
    for one in (node, p, q, other, x, r):
        if not is_driven(rows, n, one):
            return np.int64(0)
    less = np.int64(travel[p, node]) + np.int64(travel[node, q])
    less += np.int64(travel[x, other]) + np.int64(travel[other, r])
    more = np.int64(travel[p, other]) + np.int64(travel[other, q])
    more += np.int64(travel[x, node]) + np.int64(travel[node, r])
    c, d = link[node, CAR], link[other, CAR]
    who = fixed[d, node] + fixed[c, other] - fixed[c, node] - fixed[d, other]
    return numbers[COST] - numbers[SOFT] + (more - less) * numbers[TRAVEL] + who


@njit(cache=True, nogil=True)
def least_exchanged(
    link: np.ndarray,
    rows: np.ndarray,
    travel: np.ndarray,
    fixed: np.ndarray,
    numbers: np.ndarray,
    x: int,
    x_end: int,
    y: int,
    y_end: int,
) -> int:
    """The same when the stretches behind x and y change cars; HUGE when the rules about who forbid it."""
    n = fixed.shape[1]
    c, d = link[x, CAR], link[y, CAR]
    least = numbers[COST] - numbers[SOFT]
    are_all_driven = is_driven(rows, n, x) and is_driven(rows, n, y)
    for _ in range(2):
        node, end = x, x_end
        while node != end:
            node = link[node, SUCC]
            if fixed[d, node] >= FORBIDDEN:
                return np.int64(HUGE)
            least += fixed[d, node] - fixed[c, node]
            are_all_driven = are_all_driven and is_driven(rows, n, node)
        x, x_end, y, y_end, c, d = y, y_end, x, x_end, d, c
    q, r = link[x_end, SUCC], link[y_end, SUCC]
    if not (are_all_driven and is_driven(rows, n, q) and is_driven(rows, n, r)):
        return np.int64(0)
    first = link[x, SUCC]
    change = np.int64(travel[y, first]) + np.int64(travel[x_end, r])
    change -= np.int64(travel[x, first]) + np.int64(travel[x_end, q])
    if y == y_end:
        change += np.int64(travel[x, q]) - np.int64(travel[y, r])
    else:
        first = link[y, SUCC]
        change += np.int64(travel[x, first]) + np.int64(travel[y_end, q])
        change -= np.int64(travel[y, first]) + np.int64(travel[y_end, r])
    return least + change * numbers[TRAVEL]


@njit(cache=True, nogil=True)
def exchange(
    link: np.ndarray,
    about: np.ndarray,
    todo: np.ndarray,
    numbers: np.ndarray,
    x: int,
    x_end: int,
    y: int,
    y_end: int,
) -> None:
    """What comes after x up to x_end goes behind y, and what comes after y up to y_end behind x."""
    c, d = link[x, CAR], link[y, CAR]
    node = x
    while node != x_end:
        node = link[node, SUCC]
        link[node, CAR] = d
        mark(link, about, todo, numbers, node)
    node = y
    while node != y_end:
        node = link[node, SUCC]
        link[node, CAR] = c
        mark(link, about, todo, numbers, node)
    head, head_too = link[x, SUCC], link[y, SUCC]
    q, r = link[x_end, SUCC], link[y_end, SUCC]
    mark(link, about, todo, numbers, q)
    mark(link, about, todo, numbers, r)
    if y == y_end:
        link[x, SUCC], link[q, PRED] = q, x
    else:
        link[x, SUCC], link[head_too, PRED] = head_too, x
        link[y_end, SUCC], link[q, PRED] = q, y_end
    if x == x_end:
        link[y, SUCC], link[r, PRED] = r, y
    else:
        link[y, SUCC], link[head, PRED] = head, y
        link[x_end, SUCC], link[r, PRED] = r, x_end
