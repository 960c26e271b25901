"""Ruin and recreate, compiled: take strings of neighbouring stops out, put them back greedily, keep what is good
enough.

After Christiaens and Vanden Berghe, "Slack induction by string removals for vehicle routing problems"
(Transportation Science, 2020), with soft windows, cars that differ, stops that may stay out, and a cache of the best
place of every stop in every route.
"""

# numba infers the types here: a numpy integer and an int are one to it, and two to mypy
# flat code compiles faster
# mypy: disable-error-code="return-value, arg-type, no-any-return, assignment"

from __future__ import annotations

import numpy as np

from routing.search.arrays import Arrays
from routing.search.state import ABSENT, BEST, COST, HUGE, NEVER, ROUNDS, TOUCHED, State
from routing.search.timing import draw, is_changed, lean, put_in, scan, time_route


@lean
def _keep(s: State, c: int, count: int) -> int:
    """Remember a route before its first change in this iteration."""
    if s.is_touched[c]:
        return count
    s.is_touched[c] = True
    s.touched[count] = c
    length = s.length[c]
    s.kept_length[c] = length
    for k in range(length + 1):
        s.kept_route[c, k] = s.route[c, k]
        s.kept_arrive[c, k] = s.arrive[c, k]
        s.kept_leave[c, k] = s.leave[c, k]
        s.kept_free[c, k] = s.slack_free[c, k]
        s.kept_hard[c, k] = s.slack_hard[c, k]
    s.kept_cost[c] = s.cost[c]
    s.kept_loaded[c] = s.loaded[c]
    s.kept_stamp[c] = s.stamp[c]
    return count + 1


@lean
def _restore(s: State, c: int) -> None:
    length = s.kept_length[c]
    s.length[c] = length
    for k in range(length + 1):
        s.route[c, k] = s.kept_route[c, k]
        s.arrive[c, k] = s.kept_arrive[c, k]
        s.leave[c, k] = s.kept_leave[c, k]
        s.slack_free[c, k] = s.kept_free[c, k]
        s.slack_hard[c, k] = s.kept_hard[c, k]
    for k in range(length):
        s.car_of[s.route[c, k]] = c
    s.cost[c] = s.kept_cost[c]
    s.loaded[c] = s.kept_loaded[c]
    s.stamp[c] = s.kept_stamp[c]


@lean
def _same_again(s: State, c: int) -> None:
    """A route that came back as it was keeps its stamp, so that what is known of it stays known."""
    if s.length[c] != s.kept_length[c]:
        return
    for k in range(s.length[c]):
        if s.route[c, k] != s.kept_route[c, k]:
            return
    s.stamp[c] = s.kept_stamp[c]


@lean
def _take_string(a: Arrays, s: State, c: int, stop: int, size: int, out: int) -> int:
    """Take `size` consecutive stops around `stop` out of route c, sometimes leaving a few in the middle in place."""
    length = s.length[c]
    frozen = a.frozen[c]
    where = frozen
    while s.route[c, where] != stop:
        where += 1
    spared = np.int64(0)
    if size > 1 and size < length - frozen and draw(s.random) < 0.5:
        spared = 1
        while size + spared < length - frozen and draw(s.random) > 0.01:
            spared += 1
            if draw(s.random) < 0.5:
                break
    span = size + spared
    low = max(frozen, where - span + 1)
    high = min(where, length - span)
    begin = low + int(draw(s.random) * (high - low + 1))
    spare_from = begin + 1 + int(draw(s.random) * (size - 1)) if spared > 0 else begin + span
    write = begin
    for k in range(begin, length):
        node = s.route[c, k]
        if k >= begin + span or (spare_from <= k < spare_from + spared):
            s.route[c, write] = node
            write += 1
        else:
            s.removed[out] = node
            s.car_of[node] = -1
            out += 1
    s.length[c] = write
    return out


@lean
def _sort_removed(a: Arrays, s: State, count: int) -> None:
    """Order in which stops come back: at random, or the tightest, the earliest, the dearest, or the farthest first."""
    order = draw(s.random)
    n = a.fixed.shape[1]
    for i in range(count):
        node = s.removed[i]
        if order < 0.3:
            key = draw(s.random)
        elif order < 0.5:
            key = float(a.closes[node] - a.opens[node])
        elif order < 0.65:
            key = float(a.opens[node])
        elif order < 0.75:
            key = -float(a.closes[node])
        elif order < 0.85:
            key = -float(a.travel[node, n])
        else:
            key = -float(a.service[node] + a.load[node]) - float(a.penalty[node])
        s.sort_key[i] = key
    for i in range(1, count):
        node, key = s.removed[i], s.sort_key[i]
        j = i - 1
        while j >= 0 and s.sort_key[j] > key:
            s.removed[j + 1], s.sort_key[j + 1] = s.removed[j], s.sort_key[j]
            j -= 1
        s.removed[j + 1], s.sort_key[j + 1] = node, key


@lean
def _put_back(a: Arrays, s: State, count: int, touched: int, blink: float, total: int, limit: int) -> int:
    """Insert the removed stops one by one at their cheapest place, now and then looking away from a car.

    `total` is what the plan costs without them; as soon as it passes `limit` the rest is not worth the trouble: -1.
    The cheapest place in a route that nothing has changed yet is kept, so most routes are not looked at again.
    """
    cars = a.fixed.shape[0]
    still_out = np.int64(0)
    for i in range(count):
        node = s.removed[i]
        best, best_c, best_at = np.int64(HUGE), np.int64(-1), np.int64(-1)
        todo = np.int64(0)
        for c in range(cars):
            stamp = s.cached[node, c, 2]
            if stamp == NEVER or (s.length[c] == 0 and s.twin[c] >= 0 and s.length[s.twin[c]] == 0):
                continue
            if s.is_touched[c] or stamp != s.stamp[c]:
                if draw(s.random) >= blink:
                    s.todo[todo] = c
                    todo += 1
                continue
            extra = s.cached[node, c, 0]
            if extra >= best or draw(s.random) < blink:
                continue
            if a.changed_car > 0 and not is_changed(a, s, c):
                extra += a.changed_car
            if extra < best:
                best, best_c, best_at = extra, c, s.cached[node, c, 1]
        scan(a, s, node, s.todo, todo, np.int64(HUGE) if a.changed_car > 0 else best, s.found, s.places)
        for k in range(todo):
            c = s.todo[k]
            extra = s.found[c]
            if not s.is_touched[c]:
                s.cached[node, c, 0], s.cached[node, c, 1], s.cached[node, c, 2] = extra, s.places[c], s.stamp[c]
            if extra >= best:
                continue
            if a.changed_car > 0 and not is_changed(a, s, c):
                extra += a.changed_car
            if extra < best:
                best, best_c, best_at = extra, c, s.places[c]
        if best_c < 0 or best > a.penalty[node]:
            s.absent[still_out] = node
            still_out += 1
            total += a.penalty[node]
        else:
            touched = _keep(s, best_c, touched)
            put_in(a, s, best_c, node, best_at, best)
            total += best
        if total > limit:
            s.numbers[TOUCHED] = touched
            return -1
    s.numbers[ABSENT] = still_out
    return touched


@lean
def total_cost(a: Arrays, s: State) -> int:
    """The whole plan's cost, stops left out included."""
    total = np.int64(0)
    for c in range(a.fixed.shape[0]):
        total += s.cost[c]
    for i in range(s.numbers[ABSENT]):
        total += a.penalty[s.absent[i]]
    return total


@lean
def keep_best(s: State) -> None:
    """Copy the present routes to the best."""
    s.numbers[BEST] = s.numbers[COST]
    for c in range(len(s.length)):
        s.best_length[c] = s.length[c]
        for k in range(s.length[c]):
            s.best_route[c, k] = s.route[c, k]


@lean
def load(a: Arrays, s: State, route: np.ndarray, length: np.ndarray) -> None:
    """Start from these routes; everything else is absent."""
    for node in range(len(s.car_of)):
        s.car_of[node] = -1
    for c in range(len(length)):
        s.length[c] = length[c]
        for k in range(length[c]):
            s.route[c, k] = route[c, k]
            s.car_of[route[c, k]] = c
        time_route(a, s, c)
    out = np.int64(0)
    for node in range(len(s.car_of)):
        if s.car_of[node] < 0:
            s.absent[out] = node
            out += 1
    s.numbers[ABSENT] = out
    s.numbers[COST] = total_cost(a, s)


@lean
def fill(a: Arrays, s: State) -> None:
    """Insert everything that is absent, without ruining anything; the result counts as the best when it is."""
    for c in range(a.fixed.shape[0]):
        s.is_touched[c] = False
    count = s.numbers[ABSENT]
    for i in range(count):
        s.removed[i] = s.absent[i]
        s.sort_key[i] = 0.0
    _sort_removed(a, s, count)
    _put_back(a, s, count, np.int64(0), 0.0, np.int64(0), np.int64(HUGE))
    for c in range(a.fixed.shape[0]):
        s.is_touched[c] = False
    s.numbers[COST] = total_cost(a, s)
    if s.numbers[COST] < s.numbers[BEST]:
        keep_best(s)


@lean
def search(
    a: Arrays, s: State, iterations: int, hot: float, cooling: float, strength: float, longest: int, blink: float
) -> None:
    """Run `iterations` rounds from temperature `hot`, each multiplied by `cooling`."""
    cars, n = a.fixed.shape
    if n == 0:
        return
    near = s.near.shape[1]
    temperature = hot
    for _ in range(iterations):
        s.numbers[ROUNDS] += 1
        touched = np.int64(0)
        for c in range(cars):
            s.is_touched[c] = False
        absent_before = s.numbers[ABSENT]
        out = np.int64(0)
        for i in range(absent_before):
            s.kept_absent[i] = s.absent[i]
        used = np.int64(0)
        for c in range(cars):
            if s.length[c] > a.frozen[c]:
                used += 1
        average = (n - absent_before) / max(1, used)
        string_limit = min(float(longest), average)
        strings_limit = 4.0 * strength / (1.0 + string_limit) - 1.0
        strings = int(draw(s.random) * strings_limit + 1.0)
        seed = int(draw(s.random) * n)
        if absent_before > 0 and draw(s.random) < 0.1:
            seed = s.absent[int(draw(s.random) * absent_before)]
        for j in range(near):
            if touched >= strings:
                break
            node = s.near[seed, j]
            c = s.car_of[node]
            if c < 0 or s.is_touched[c]:
                continue
            movable = s.length[c] - a.frozen[c]
            is_frozen = movable <= 0
            for k in range(a.frozen[c]):
                if s.route[c, k] == node:
                    is_frozen = True
            if is_frozen:
                continue
            touched = _keep(s, c, touched)
            size = int(draw(s.random) * min(string_limit, float(movable)) + 1.0)
            out = _take_string(a, s, c, node, min(size, movable), out)
            time_route(a, s, c)
        for i in range(absent_before):
            s.removed[out] = s.absent[i]
            out += 1
        _sort_removed(a, s, out)
        before = s.numbers[COST]
        bare = before
        for i in range(touched):
            c = s.touched[i]
            bare += s.cost[c] - s.kept_cost[c]
        for i in range(absent_before):
            bare -= a.penalty[s.kept_absent[i]]
        limit = before - temperature * np.log(draw(s.random) + 1e-300)
        touched = _put_back(a, s, out, touched, blink, bare, np.int64(min(limit, 1e18)))
        after = np.int64(HUGE)
        if touched < 0:
            touched = s.numbers[TOUCHED]
        else:
            after = before
            for i in range(touched):
                c = s.touched[i]
                after += s.cost[c] - s.kept_cost[c]
            for i in range(absent_before):
                after -= a.penalty[s.kept_absent[i]]
            for i in range(s.numbers[ABSENT]):
                after += a.penalty[s.absent[i]]
        if after < limit:
            s.numbers[COST] = after
            if after < s.numbers[BEST]:
                keep_best(s)
            for i in range(touched):
                _same_again(s, s.touched[i])
        else:
            for i in range(out):
                s.car_of[s.removed[i]] = -1
            for i in range(touched):
                _restore(s, s.touched[i])
            for i in range(absent_before):
                s.absent[i] = s.kept_absent[i]
            s.numbers[ABSENT] = absent_before
        temperature *= cooling
