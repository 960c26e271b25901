"""When a search stops: by the clock, by rounds, whichever comes first; and only then."""

import pytest

from routing import solve, violations
from routing.search import StoppingCriterion
from routing.search.stopping import Chunks, run_until
from tests.routing.nights import any_night

CHUNKS = Chunks(first=200, most=5000, share=0.01)


def steps_of(until, chunks=CHUNKS, began_s=0.0):
    steps = []
    run_until(until, began_s, chunks, lambda rounds, share: steps.append((rounds, share)))
    return steps


def test_so_many_rounds_are_done_and_not_one_more():
    steps = steps_of(StoppingCriterion(rounds=450))
    assert [rounds for rounds, _ in steps] == [200, 200, 50]
    assert [share for _, share in steps] == [0, 200 / 450, 400 / 450]


def test_whichever_limit_comes_first_ends_the_search():
    until = StoppingCriterion(seconds=10, rounds=100)
    assert until.share(5, 10) == 0.5
    assert until.share(1, 90) == 0.9
    assert until.share(10, 0) == until.share(0, 100) == 1.0


@pytest.mark.parametrize("until", [StoppingCriterion(rounds=0), StoppingCriterion(seconds=0)])
def test_no_rounds_and_no_time_are_no_search(until):
    assert steps_of(until) == []


def test_a_search_without_an_end_is_refused():
    with pytest.raises(ValueError, match="needs an end"):
        StoppingCriterion()


def test_a_plan_is_sound_after_no_rounds_at_all():
    """`--iterations 0` divided by nought."""
    problem = any_night(3)
    assert violations(problem, solve(problem, iterations=0)) == []
