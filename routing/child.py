"""The long search in a process of its own: it may die, hang or eat memory, and nothing happens to the plan that drives.

The child sends every better plan as soon as it has one, so killing it late still leaves the best it found. The
parent believes nothing:
what comes back is checked and compared with the incumbent like any other plan.
"""

from __future__ import annotations

import os
import pickle
import resource
import struct
import subprocess
import sys
import threading
import time
from dataclasses import replace
from typing import IO

from routing.arrays import Compiled, with_incumbent
from routing.plan import Plan
from routing.problem import Problem
from routing.reasons import with_reasons
from routing.schedule import schedule
from routing.second import orders_from, polish
from routing.solve import better_of, carried_over, solve

START_UP_S = 30.0
"""Loading the compiled search on a cold, busy machine; not counted in the search's own limit."""
HEADER = struct.Struct(">Q")


def solve_apart(
    problem: Problem,
    *,
    incumbent: Plan | None = None,
    limit_s: float = 5.0,
    seed: int = 0,
    threads: int = 2,
    memory_mb: int = 3000,
    command: tuple[str, ...] = (sys.executable, "-m", "routing.child"),
) -> Plan:
    """`solve` in a child process with wall and memory limits, with OR-Tools as a second opinion.

    Parameters
    ----------
    limit_s : wall seconds of search in the child. memory_mb : address space the child may use.
    command : what runs the child (tests put a broken one here).

    Returns
    -------
    The best plan the child sent and the checker accepts; the incumbent when it died, hung or found nothing better.
    """
    question = (replace(problem), _bare(incumbent), limit_s, seed, threads, memory_mb)
    plans = _ask(command, pickle.dumps(question), limit_s + START_UP_S)
    best = carried_over(problem, incumbent, incumbent)
    for found in plans:
        best = better_of(problem, best, found, incumbent)
    return best if best is not None else better_of(problem, None, None, incumbent)


def _bare(plan: Plan | None) -> Plan | None:
    return None if plan is None else replace(plan)  # without what is kept beside it


def _ask(command: tuple[str, ...], question: bytes, patience_s: float) -> list[Plan]:
    """Start the child, give it the question, collect plans until it ends or patience does."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")]))}
    try:
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )  # fmt: skip
    except OSError:
        return []
    plans: list[Plan] = []
    assert child.stdin is not None
    assert child.stdout is not None
    reader = threading.Thread(target=_collect, args=(child.stdout, plans), daemon=True)
    writer = threading.Thread(target=_give, args=(child.stdin, question), daemon=True)
    reader.start()
    writer.start()
    try:
        child.wait(patience_s)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    reader.join(5)
    return plans


def _give(pipe: IO[bytes], question: bytes) -> None:
    try:
        pipe.write(question)
        pipe.close()
    except OSError:
        return  # the child is gone; its silence says enough


def _collect(pipe: IO[bytes], plans: list[Plan]) -> None:
    while len(header := pipe.read(HEADER.size)) == HEADER.size:
        body = pipe.read(HEADER.unpack(header)[0])
        try:
            plan = pickle.loads(body)
        except Exception:
            return  # half a plan from a dying child
        if isinstance(plan, Plan):
            plans.append(plan)


def _send(plan: Plan) -> None:
    body = pickle.dumps(_bare(plan))
    sys.stdout.buffer.write(HEADER.pack(len(body)) + body)
    sys.stdout.buffer.flush()


def main() -> None:
    """The child: search, send, let OR-Tools try, send again."""
    problem, incumbent, limit_s, seed, threads, memory_mb = pickle.loads(sys.stdin.buffer.read())
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    search_s = limit_s * 0.8
    plan = solve(problem, incumbent=incumbent, limit_s=search_s, seed=seed, threads=threads)
    _send(plan)
    began = time.perf_counter()
    compiled: Compiled = problem.compiled
    if compiled.has_double_visits or not compiled.parts:
        return
    arrays = with_incumbent(problem, incumbent)
    routes = [[compiled.node_of[one] for one in plan.sequences[car.id]] for car in problem.cars]
    better = polish(arrays, routes, limit_s - search_s - (time.perf_counter() - began))
    if better is not None:
        orders = orders_from(compiled.parts, [car.id for car in problem.cars], better)
        _send(with_reasons(problem, schedule(problem, orders, incumbent=incumbent)))


if __name__ == "__main__":
    main()
