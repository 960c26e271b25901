"""The long search in processes of their own: they may die, hang or eat memory, and nothing happens to the plan that
drives.

A lane is one such process; it runs one engine after another. Processes and not threads, because OR-Tools keeps the
interpreter to itself while it searches. The parent believes nothing: what comes back is checked and compared with the
best plan so far like any other plan, and the next engines begin from the best.
"""

from __future__ import annotations

import importlib
import os
import pickle
import queue
import resource
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import IO, Any, NamedTuple

from routing.engines.line_up import ENGINES, Found, Task, line_up
from routing.plan import Plan
from routing.problem import Problem
from routing.solve import better_of, carried_over, warm_up

START_UP_S = 30.0
"""Loading the compiled search on a cold, busy machine; not counted in the search's own limit."""
GRACE_S = 3.0
"""How much later than asked an engine may answer; then its lane is ended."""
HEADER = struct.Struct(">Q")


class Answer(NamedTuple):
    """What an engine said, as judged: whether it became the best plan, and whether nothing can be cheaper."""

    engine: str
    cost: int | None
    is_better: bool
    is_proven: bool
    after_s: float


def solve_in_processes(
    problem: Problem,
    *,
    incumbent: Plan | None = None,
    limit_s: float = 5.0,
    seed: int = 0,
    threads: int = 2,
    memory_mb: int = 3000,
    command: tuple[str, ...] = (sys.executable, "-m", "routing.engines.processes"),
    told: Callable[[Answer], None] | None = None,
) -> Plan:
    """Several engines side by side in child processes with wall and memory limits, exchanging the best plan.

    Parameters
    ----------
    limit_s : wall seconds of search; less when an engine proves that nothing can be cheaper.
    threads : processes side by side.
    memory_mb : address space that each of them may use.
    command : what runs a child (tests put a broken one here).
    told : called with every answer of an engine; never called when all of them died or hung.

    Returns
    -------
    The best plan that was sent and that the checker accepts; the incumbent when nothing better was.
    """
    best = carried_over(problem, incumbent, incumbent)
    inbox: queue.Queue[tuple[_Lane, Any]] = queue.Queue()
    lanes = [_Lane(command, inbox) for _ in range(max(1, threads))]
    try:
        for lane in lanes:
            lane.say((replace(problem), _bare(incumbent), limit_s, memory_mb))
        ready = [lane for lane, _ in _heard(inbox, lanes, START_UP_S)]
        began = time.perf_counter()
        until_s = 0.0
        for number, phase in enumerate(line_up(problem, incumbent, len(ready)) if ready else ()):
            until_s += phase.share * limit_s
            left_s = max(0.1 * limit_s, until_s - (time.perf_counter() - began))
            asked = dict(zip([lane for lane in ready if lane.is_alive], phase.engines, strict=False))
            for turn, (lane, engine) in enumerate(asked.items()):
                lane.say((engine, _bare(best), left_s, seed * 64 + 8 * number + turn))
            for lane, found in _heard(inbox, list(asked), left_s + GRACE_S):
                best, is_better, is_proven = _judged(problem, incumbent, best, found)
                if told is not None:
                    told(Answer(asked[lane], _cost_of(found), is_better, is_proven, time.perf_counter() - began))
                if is_proven and best is not None:
                    return best
    finally:
        for lane in lanes:
            lane.end()
    return best if best is not None else better_of(problem, None, None, incumbent)


def _judged(problem: Problem, incumbent: Plan | None, best: Plan | None, found: Any) -> tuple[Plan | None, bool, bool]:
    """The best plan after this answer, whether it is the answer's, and whether its proof is to be believed."""
    if not isinstance(found, Found):
        return best, False, False
    try:
        better = better_of(problem, best, found.plan, incumbent)
    except Exception:  # a plan that cannot even be judged
        return best, False, False
    is_theirs = better is not best and better.cost == found.plan.cost
    return better, is_theirs, found.is_proven and better.cost.total == found.plan.cost.total


def _cost_of(found: Any) -> int | None:
    return found.plan.cost.total if isinstance(found, Found) and isinstance(found.plan, Plan) else None


def _bare(plan: Plan | None) -> Plan | None:
    return None if plan is None else replace(plan)  # without what is kept beside it


class _Lane:
    """A child process that answers one question after another; what it says arrives in the inbox."""

    def __init__(self, command: tuple[str, ...], inbox: queue.Queue[tuple[_Lane, Any]]) -> None:
        here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        path = os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")]))
        self.inbox = inbox
        self.is_alive = True
        self.process: subprocess.Popen[bytes] | None = None
        try:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path},
            )  # fmt: skip
        except OSError:
            self.end()
            inbox.put((self, _GONE))
            return
        threading.Thread(target=self._listen, daemon=True).start()

    def say(self, question: Any) -> None:
        """Give the child a question; in the background, because a child that hangs reads nothing."""
        if self.process is not None:
            threading.Thread(target=self._write, args=(question,), daemon=True).start()

    def end(self) -> None:
        """Whatever the child is doing, it does it no more."""
        self.is_alive = False
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _write(self, question: Any) -> None:
        assert self.process is not None
        assert self.process.stdin is not None
        try:
            _send(self.process.stdin, question)
        except (OSError, ValueError):
            return  # the child is gone; its silence says enough

    def _listen(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        try:
            while True:
                self.inbox.put((self, _receive(self.process.stdout)))
        except Exception:  # the end, or half an answer from a dying child
            self.inbox.put((self, _GONE))


_GONE = object()


def _heard(inbox: queue.Queue[tuple[_Lane, Any]], lanes: list[_Lane], patience_s: float) -> Iterator[tuple[_Lane, Any]]:
    """What these lanes say, each once; those that died or are not back in time are ended."""
    waiting = set(lanes)
    until = time.perf_counter() + patience_s
    while waiting:
        try:
            lane, said = inbox.get(timeout=max(0.0, until - time.perf_counter()))
        except queue.Empty:
            break
        if lane not in waiting:
            continue
        waiting.discard(lane)
        if said is _GONE:
            lane.end()
        else:
            yield lane, said
    for lane in waiting:
        lane.end()


def _send(pipe: IO[bytes], message: Any) -> None:
    body = pickle.dumps(message)
    pipe.write(HEADER.pack(len(body)) + body)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    """The next message. Raises EOFError when there is none."""
    header = pipe.read(HEADER.size)
    if len(header) < HEADER.size:
        raise EOFError
    return pickle.loads(pipe.read(HEADER.unpack(header)[0]))


def main() -> None:
    """The child: load the search, say so, then answer every question until there are no more."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    problem, incumbent, limit_s, memory_mb = _receive(sys.stdin.buffer)
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    enough_s = int(limit_s + 4 * START_UP_S)  # a child whose parent was killed ends too, even when it hangs
    resource.setrlimit(resource.RLIMIT_CPU, (enough_s, enough_s))
    for library in ("ortools.constraint_solver.pywrapcp", "ortools.sat.python.cp_model"):
        importlib.import_module(library)
    warm_up()
    _send(answers, "ready")
    while True:
        try:
            engine, best, left_s, seed = _receive(sys.stdin.buffer)
        except EOFError:
            return
        try:
            found = ENGINES[engine](Task(problem, incumbent, best, left_s, seed))
        except Exception:  # one engine that stumbles is no reason to lose the next
            found = None
        _send(answers, found and found._replace(plan=replace(found.plan)))


if __name__ == "__main__":
    main()
