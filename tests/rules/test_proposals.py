"""When a proposal still counts, and how a route goes back to what it was without losing what came since."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from backend.dispatch.proposals.rules import ProposalState, Standing, is_silent, put_back, state_now, what_stays

NOW = datetime(2026, 1, 15, 1, 30, tzinfo=UTC)
A, B, C, D, E = (uuid.UUID(int=number) for number in range(1, 6))
WEST, OOST = uuid.UUID(int=101), uuid.UUID(int=102)


@pytest.mark.parametrize(
    ("version", "minutes", "state"), [(7, 1, "ready"), (7, 10, "ready"), (8, 1, "overtaken"), (7, 11, "overtaken")]
)
def test_a_proposal_counts_for_ten_minutes_and_for_the_night_that_it_was_made_for(version, minutes, state):
    seen = state_now(
        ProposalState.READY,
        made_for=7,
        plan_version=version,
        answered_at=NOW - timedelta(minutes=minutes),
        now=NOW,
    )
    assert seen == state


@pytest.mark.parametrize("state", [state for state in ProposalState if state is not ProposalState.READY])
def test_what_was_decided_or_never_came_stays_what_it_was(state):
    assert state_now(state, made_for=7, plan_version=9, answered_at=None, now=NOW) is state


def test_a_search_is_given_up_three_minutes_after_its_own_time():
    assert not is_silent(NOW - timedelta(seconds=184), 5, NOW)
    assert is_silent(NOW - timedelta(seconds=186), 5, NOW)


def test_only_what_nobody_touched_since_goes_back():
    now = {
        A: Standing(OOST, 3, is_assigned=True),
        B: Standing(OOST, 4, is_assigned=True),
        C: Standing(OOST, 3, is_assigned=False),
    }
    moves = dict.fromkeys((A, B, C, D), WEST)
    assert what_stays(moves, dict.fromkeys((A, B, C, D), 3), now) == {B: "changed", C: "changed", D: "gone"}


@pytest.mark.parametrize(
    ("current", "earlier", "here", "first", "order"),
    [
        ([B, A], [A, B], {A, B}, None, [A, B]),
        ([A], [A, B, C], {A, B, C}, None, [A, B, C]),
        ([A, E, B], [B, A], {A, B, E}, None, [B, A, E]),  # what came since stays behind what it followed
        ([E, A], [A, B], {A, B, E}, None, [E, A, B]),  # and in front when it was in front
        ([B, A], [A, B], {A, B}, B, [B, A]),  # what the nurse accepted as next stays next
        ([A, B, C], [C, A], {A, C}, None, [C, A]),  # B goes to another car
        ([], [A], set(), None, []),
    ],
)
def test_a_route_goes_back_to_what_it_was(current, earlier, here, first, order):
    assert put_back(current, earlier, here, first) == order
