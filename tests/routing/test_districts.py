"""Districts drawn anew: every area somewhere once, in one piece, what is pinned stays, and never worse than now."""

from __future__ import annotations

import csv
import itertools
import math
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing import ProblemError
from routing.districts import (
    Area,
    District,
    Districting,
    DistrictWeights,
    cells,
    figures,
    flat,
    neighbours,
    pieces,
    redraw,
)
from routing.travel import Crow, Point

VISIT_S = 1500


def a_town(seed=0, areas=16, districts=2, *, is_drawn=True, pinned=0, **weights):
    """Some areas at random points, with bases among them; drawn in strips from west to east when `is_drawn`."""
    chance = random.Random(seed)
    points = [Point(52.3 + chance.random() / 10, 4.8 + chance.random() / 5) for _ in range(areas)]
    strip = sorted(range(areas), key=lambda row: points[row].lon)
    now = {row: f"r{place * districts // areas}" for place, row in enumerate(strip)}
    fixed = set(chance.sample(range(areas), pinned))
    return Districting(
        Crow().matrix(points),
        tuple(
            Area(
                id=str(row),
                place=row,
                visits=(visits := chance.choice((0.0, 0.2, 0.5, 1.0, 2.0))),
                service_s=visits * VISIT_S,
                district=now[row] if is_drawn else None,
                is_pinned=row in fixed,
            )
            for row in range(areas)
        ),
        tuple(District(id=f"r{row}", cars=chance.choice((1, 1, 2)), bases=(row,)) for row in range(districts)),
        neighbours(flat(points), cells(flat(points))),
        DistrictWeights(**weights),
    )


def shuffled(question, seed):
    """The same question after a life of haphazard changes: regions lie in pieces."""
    chance = random.Random(seed)
    ids = [district.id for district in question.districts]
    areas = [area if area.is_pinned else replace(area, district=chance.choice(ids)) for area in question.areas]
    return replace(question, areas=tuple(areas))


def is_whole(question, layout):
    rows = question.rows(layout)
    return all(
        len(pieces(question, [one for one, here in enumerate(rows) if here == row])) == 1
        for row in range(len(question.districts))
    )


# --- what always holds -------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(8, 30), st.integers(1, 5), st.integers(0, 3), st.booleans())
def test_every_area_lies_in_one_region_what_is_pinned_stays_and_it_is_never_worse(seed, areas, districts, pinned, torn):
    question = a_town(seed, areas, districts, pinned=pinned)
    if torn:
        question = shuffled(question, seed)
    proposal = redraw(question, steps=600, seed=seed)
    assert set(proposal.layout) == {area.id for area in question.areas}
    assert set(proposal.layout.values()) == {district.id for district in question.districts}
    assert all(proposal.layout[area.id] == area.district for area in question.areas if area.is_pinned)
    assert proposal.after.cost <= proposal.before.cost + 1e-6
    assert {move.area for move in proposal.moves} == {
        area.id for area in question.areas if proposal.layout[area.id] != area.district
    }
    if not pinned:
        assert is_whole(question, proposal.layout)
        assert proposal.after.is_whole


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(8, 24), st.integers(2, 4))
def test_a_country_that_was_never_drawn_is_served_wholly(seed, areas, districts):
    question = a_town(seed, areas, districts, is_drawn=False)
    proposal = redraw(question, steps=600)
    assert proposal.before.nowhere == areas
    assert proposal.after.nowhere == 0
    assert is_whole(question, proposal.layout)
    assert {move.reason for move in proposal.moves} == {"nowhere"}


def test_in_small_towns_it_finds_the_best_layout_there_is_or_one_that_costs_hardly_more():
    above = []
    for seed in range(12):
        question = a_town(seed, areas=9, districts=2)
        best = min(figures(question, question.layout(rows)).cost for rows in itertools.product(range(2), repeat=9))
        above.append(redraw(question).after.cost / best - 1)
    assert max(above) < 0.03
    assert sum(one < 1e-9 for one in above) >= 10


@pytest.mark.parametrize("seed", range(4))
def test_when_only_fair_shares_count_the_work_is_as_fair_as_it_can_be(seed):
    question = a_town(seed, areas=9, districts=2, driving=0, response=0, move=0, border=0, balance=1)
    whole = (question.layout(rows) for rows in itertools.product(range(2), repeat=9))
    fairest = min(found.imbalance for one in whole if (found := figures(question, one)).is_whole)
    assert redraw(question).after.imbalance <= fairest + 0.01


def test_the_same_question_and_seed_give_the_same_answer():
    question = a_town(3, areas=40, districts=4)
    assert redraw(question, seed=5).layout == redraw(question, seed=5).layout


def test_the_sums_of_the_search_are_those_of_the_judge():
    """A drift between the two would make the search walk to a layout that is worse than it believes."""
    from routing.districts.search import Search, mended

    question = a_town(7, areas=25, districts=3)
    rows = mended(question, question.rows(question.present))
    search = Search(question, rows, random.Random(1))
    for _ in range(200):
        area = search.free[search.chance.randrange(len(search.free))]
        here, there = search.rows[area], search.chance.randrange(3)
        if here == there or search.size[here] < 2:
            continue
        before = figures(question, question.layout(search.rows))
        change = search._change(area, here, there)
        search._move(area, here, there)
        after = figures(question, question.layout(search.rows))
        torn = after.terms["fragments"] - before.terms["fragments"]
        assert change == pytest.approx(after.cost - before.cost - torn, abs=1e-3)


# --- what it weighs ----------------------------------------------------------------------------


def test_a_good_layout_is_left_alone_and_that_is_said():
    drawn = redraw(a_town(1, areas=30, districts=3))
    areas = tuple(replace(area, district=drawn.layout[area.id]) for area in a_town(1, areas=30, districts=3).areas)
    again = redraw(replace(a_town(1, areas=30, districts=3), areas=areas))
    assert not again.is_better
    assert again.after.cost == again.before.cost


def test_a_search_that_goes_astray_changes_nothing(monkeypatch):
    drawn = redraw(a_town(1, areas=30, districts=3))
    town = a_town(1, areas=30, districts=3)
    town = replace(town, areas=tuple(replace(area, district=drawn.layout[area.id]) for area in town.areas))
    monkeypatch.setattr("routing.districts.proposal.mended", lambda question, rows: [row % 3 for row in range(30)])
    answer = redraw(town, steps=1)
    assert not answer.is_better
    assert answer.layout == drawn.layout


def test_people_know_their_region_the_more_a_move_costs_the_fewer_there_are():
    town = a_town(5, areas=40, districts=4)
    drawn = redraw(replace(town, weights=DistrictWeights(balance=0))).layout  # whole, but not fair
    areas = tuple(replace(area, district=drawn[area.id]) for area in town.areas)
    moves = [
        len(redraw(replace(town, areas=areas, weights=DistrictWeights(move=price))).moves)
        for price in (0, 300, 100_000)
    ]
    assert moves[0] > moves[1] > moves[2] == 0


def test_a_region_with_two_cars_takes_twice_the_work_of_a_region_with_one():
    town = a_town(2, areas=40, districts=2, driving=0, response=0, move=0)
    question = replace(town, districts=(District(id="r0", cars=1, bases=(0,)), District(id="r1", cars=2, bases=(1,))))
    one, two = redraw(question).after.districts
    assert two.work_s / one.work_s == pytest.approx(2, abs=0.3)


def test_an_area_apart_from_its_region_joins_the_one_around_it():
    """A road of ten areas; the eighth belongs to the region at the other end."""
    points = [Point(52.3, 4.8 + place / 50) for place in range(10)]
    now = ["w", "w", "w", "w", "w", "e", "e", "w", "e", "e"]
    areas = tuple(
        Area(id=str(place), place=place, visits=1, service_s=VISIT_S, district=where) for place, where in enumerate(now)
    )
    question = Districting(
        Crow().matrix(points),
        areas,
        (District(id="w", bases=(2,)), District(id="e", bases=(8,))),
        neighbours(flat(points), cells(flat(points))),
    )
    proposal = redraw(question)
    assert not proposal.before.is_whole
    assert [(move.area, move.target, move.reason) for move in proposal.moves] == [("7", "e", "island")]
    # unless somebody wants it so
    kept = replace(question, areas=tuple(replace(area, is_pinned=area.id == "7") for area in areas))
    assert redraw(kept).layout["7"] == "w"


def test_a_new_region_is_given_areas_and_a_place_to_wait():
    town = a_town(4, areas=30, districts=2)
    question = replace(town, districts=(*town.districts, District(id="new")))
    proposal = redraw(question)
    new = proposal.after.districts[2]
    assert new.areas > 0
    assert new.bases[0] in {area.place for area in question.areas if proposal.layout[area.id] == "new"}
    assert new.share == pytest.approx(1, abs=0.4)


# --- who borders whom --------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(51, 53), st.floats(4, 6)), min_size=1, max_size=25))
def test_whatever_the_map_every_area_can_be_reached_from_every_other(where):
    points = [Point(*one) for one in where]
    town = Districting(
        Crow().matrix(points),
        tuple(Area(id=str(row), place=row, visits=1, service_s=0) for row in range(len(points))),
        (District(id="all"),),
        neighbours(flat(points), cells(flat(points))),
    )
    assert len(pieces(town, range(len(points)))) == 1


def test_two_towns_far_apart_hang_together_by_their_shortest_link():
    towns = [
        Point(52.3 + row / 200, 4.9 + town + column / 120) for town in (0, 1) for row in range(3) for column in range(3)
    ]
    found = neighbours(flat(towns), cells(flat(towns)))
    assert [(a, b) for a, b in found if a < 9 <= b] in ([(2, 9)], [(5, 12)], [(8, 15)])


def test_areas_on_a_grid_border_on_those_beside_them():
    points = [Point(52 + row / 100, 5 + column / 60) for row in range(4) for column in range(4)]
    found = set(neighbours(flat(points), cells(flat(points))))
    assert {(0, 1), (0, 4), (5, 6), (5, 9)} <= found
    assert not {(0, 2), (0, 10), (3, 12)} & found


def test_two_banks_without_a_bridge_are_no_neighbours_but_a_whole_map_stays_whole():
    points = [Point(52 + row / 100, 5 + column / 60) for row in range(2) for column in range(5)]
    crow = Crow().matrix(points)
    detour = crow.duration_s.copy()
    for north, south in itertools.product(range(5, 10), range(5)):
        if (north, south) != (9, 4):  # the bridge
            detour[north, south] = detour[south, north] = 3600
    found = neighbours(flat(points), cells(flat(points)), replace(crow, duration_s=detour))
    assert [(a, b) for a, b in found if a < 5 <= b] == [(4, 9)]


def test_a_cell_holds_its_own_point_and_the_cells_do_not_overlap():
    points = [Point(52.3 + row * 0.007 % 0.1, 4.8 + row * 0.013 % 0.2) for row in range(20)]
    xy = flat(points)
    for index, cell in enumerate(cells(xy)):
        middle = [sum(corner[axis] for corner in cell.corners) / len(cell.corners) for axis in (0, 1)]
        nearest = min(range(20), key=lambda other: math.dist(xy[other], middle))
        assert nearest == index
        assert len(cell.corners) == len(cell.beyond) >= 3


# --- questions that make no sense --------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"districts": (District(id="r0"), District(id="r0"))}, "listed twice"),
        ({"districts": (District(id="r0", cars=0),)}, "no car"),
        ({"districts": (District(id="r0", bases=(99,)),)}, "base at a place"),
        ({"areas": (Area(id="a", place=99, visits=1, service_s=0),)}, "lies at place 99"),
        ({"areas": (Area(id="a", place=0, visits=-1, service_s=0),)}, "less than no work"),
        ({"areas": (Area(id="a", place=0, visits=1, service_s=0, is_pinned=True),)}, "no district"),
        ({"areas": ()}, "cannot be spread"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_in_a_sentence(changes, sentence):
    with pytest.raises(ProblemError, match=sentence):
        replace(a_town(), **changes)


# --- a real city -------------------------------------------------------------------------------


def test_amsterdam_over_four_cars_becomes_fairer_without_more_driving(shared):
    with (shared / "data" / "pc4-nl.csv").open(encoding="utf-8") as text:
        rows = [row for row in csv.DictReader(text) if "1011" <= row["pc4"] <= "1119"]
    points = [Point(float(row["lat"]), float(row["lon"])) for row in rows]
    old = [float(row["inwoners_75plus"] or 0) for row in rows]
    bases = {"nc": Point(52.400, 4.935), "w": Point(52.380, 4.827), "zo": Point(52.352, 4.932)}
    areas = tuple(
        Area(
            id=row["pc4"],
            place=place,
            visits=30 * old[place] / sum(old),
            service_s=30 * old[place] / sum(old) * VISIT_S,
            district="nc" if row["pc4"] < "1040" else "w" if row["pc4"] < "1070" else "zo",
        )
        for place, row in enumerate(rows)
    )
    districts = tuple(
        District(id=name, cars=2 if name == "zo" else 1, bases=(len(points) + place,))
        for place, name in enumerate(bases)
    )
    question = Districting(
        Crow().matrix([*points, *bases.values()]), areas, districts, neighbours(flat(points), cells(flat(points)))
    )
    proposal = redraw(question)
    assert proposal.after.is_whole
    assert proposal.after.imbalance < 0.05 < proposal.before.imbalance
    assert proposal.after.driving_m <= proposal.before.driving_m * 1.02
    assert len(proposal.moves) <= 10
