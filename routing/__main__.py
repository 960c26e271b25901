"""`python -m routing solve|recommend|check|explain|replay FILE`: the package from the command line. Answers are JSON
or Dutch sentences."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from routing import words
from routing.engines import Answer, solve_in_processes
from routing.problem import Problem, ProblemError

MOST_S, MOST = 86_400, 2**31 - 1
FORMATS = ("night", "solomon", "hhcrsp")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when all is well, 1 when a plan breaks a rule, 2 when the question is wrong."""
    options = _parser().parse_args(arguments)
    try:
        if sys.stdout is None:
            raise ProblemError("there is nowhere to print the answer")
        code = int(options.run(options))
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        _be_silent()  # who read along has seen enough
        return 0
    except (ProblemError, OSError) as error:
        print(f"routing: {_sentence(error)}", file=sys.stderr)
        if isinstance(error, OSError):
            _be_silent()
        return 2


def _sentence(error: Exception) -> str:
    text = f"cannot write the answer: {error.strerror}" if isinstance(error, OSError) else str(error)
    return " ".join(text.split())


def _be_silent() -> None:
    """Nothing more can be printed: what is still waiting must not be tried again at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _seconds(least: float) -> Callable[[str], float]:
    """A limit in seconds, as argparse wants it."""

    def seconds(text: str) -> float:
        value = float(text)
        if not least <= value <= MOST_S:
            raise argparse.ArgumentTypeError(f"must lie between {least:g} and {MOST_S} seconds, not be {text}")
        return value

    return seconds


def _between(least: int, most: int) -> Callable[[str], int]:
    """A whole number, as argparse wants it."""

    def number(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"must lie between {least} and {most}, not be {text}")
        return value

    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m routing", description="Plan a night of visits.")
    commands = parser.add_subparsers(required=True, metavar="command")
    solve = _command(commands, "solve", _solve, "search for a plan and print it")
    solve.add_argument("--limit", type=_seconds(0.001), default=2.0, metavar="SECONDS", help="time to search (2)")
    solve.add_argument(
        "--iterations", type=_between(0, MOST), help="rounds instead of seconds: the same answer every time"
    )
    solve.add_argument("--seed", type=_between(0, MOST), default=0)
    solve.add_argument("--threads", type=_between(1, 64), default=1)
    solve.add_argument("--incumbent", metavar="PLAN", help="start from this plan; changes against it are priced")
    solve.add_argument("--processes", action="store_true", help="engines side by side, with limits; says who found it")
    recommend = _command(commands, "recommend", _recommend, "who can take a stop that the plan leaves out")
    recommend.add_argument("plan")
    recommend.add_argument("stop")
    check = _command(commands, "check", _check, "every rule a plan breaks")
    check.add_argument("plan")
    explain = _command(commands, "explain", _explain, "why a stop is where it is, or why it is nowhere")
    explain.add_argument("plan")
    explain.add_argument("stop", nargs="?")
    replay = _command(commands, "replay", _replay, "play the night: urgent stops become known when they come in")
    replay.add_argument("--limit", type=_seconds(0), default=0.1, metavar="SECONDS", help="search a call (0.1)")
    replay.add_argument("--seed", type=_between(0, MOST), default=0)
    return parser


def _command(commands: Any, name: str, run: Any, sentence: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=sentence, description=sentence)
    command.add_argument("file")
    command.add_argument("--format", choices=FORMATS, default="night")
    command.set_defaults(run=run)
    return command


def _question(options: argparse.Namespace) -> Problem:
    from routing.files import read

    return read(options.file, options.format)


def _print(document: Any) -> None:
    json.dump(document, sys.stdout, ensure_ascii=False)
    print()


def _solve(options: argparse.Namespace) -> int:
    from routing.files import plan_document, read_plan
    from routing.solve import solve, warm_up

    problem = _question(options)
    incumbent = read_plan(options.incumbent, problem) if options.incumbent else None
    warm_up()
    if options.processes:
        answers: list[Answer] = []
        plan = solve_in_processes(
            problem,
            incumbent=incumbent,
            limit_s=options.limit,
            seed=options.seed,
            threads=options.threads,
            told=answers.append,
        )
        print(_winner(answers), file=sys.stderr)
    else:
        limit_s = None if options.iterations is not None else options.limit
        plan = solve(
            problem,
            incumbent=incumbent,
            limit_s=limit_s,
            iterations=options.iterations,
            seed=options.seed,
            threads=options.threads,
        )
    _print(plan_document(problem, plan, options.format))
    return 0


def _winner(answers: Sequence[Answer]) -> str:
    """One sentence: whose plan it became, and whether it is proven."""
    if not answers:
        return "no engine answered; nothing changed"
    better = [one for one in answers if one.is_better]
    proof = next((f"; {one.engine} proved that nothing is cheaper" for one in answers if one.is_proven), "")
    if not better:
        return f"no engine found anything better{proof}"
    return f"{better[-1].engine} found it after {better[-1].after_s:.1f} s{proof}"


def _recommend(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from routing.files import read_plan
    from routing.insert import insert

    problem = _question(options)
    advice = insert(problem, read_plan(options.plan, problem), options.stop)
    document = asdict(advice)
    for option, entry in zip(advice.options, document["options"], strict=True):
        entry["sentences"] = [words.sentence(one) for one in option.reasons]
    for rejection, entry in zip(advice.rejected, document["rejected"], strict=True):
        entry["sentence"] = words.sentence(rejection)
    _print(document)
    return 0


def _check(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from routing.check import evaluate, violations
    from routing.files import read_plan

    problem = _question(options)
    plan = read_plan(options.plan, problem)
    broken = violations(problem, plan)
    _print({"violations": [asdict(one) for one in broken], "cost": asdict(evaluate(problem, plan))})
    return 1 if broken else 0


def _explain(options: argparse.Namespace) -> int:
    from routing.explain import explain
    from routing.files import read_plan

    problem = _question(options)
    plan = read_plan(options.plan, problem)
    if options.stop is not None and options.stop not in problem.stop_index:
        raise ProblemError(f"there is no stop {options.stop!r}")
    wanted = [options.stop] if options.stop is not None else [one.stop for one in plan.unplanned]
    for stop_id in wanted:
        print(f"{stop_id}:")
        for line in words.lines(explain(problem, plan, stop_id)):
            print(f"  {line}")
    if not wanted:
        print("Alle bezoeken zijn ingedeeld.")
    return 0


def _replay(options: argparse.Namespace) -> int:
    from routing.replay import replay
    from routing.solve import warm_up

    problem = _question(options)
    warm_up()
    _print(replay(problem, limit_s=options.limit, seed=options.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
