"""Real roads in process: a small made-up town, and Kampen when its map lies beside the repository."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from routing.travel import Point
from routing.travel.roads import Roads, RoadsError

STEP = 0.01


def a_town() -> Roads:
    """A ring of four corners driven one way round, and a dead end nobody can leave."""
    lat, lon = [52.0, 52.0, 52.0 + STEP, 52.0 + STEP, 52.5], [5.0, 5.0 + STEP, 5.0 + STEP, 5.0, 5.5]
    places = {ref: (lat[ref], lon[ref]) for ref in range(5)}
    arcs = [(0, 1, 50), (1, 2, 50), (2, 3, 50), (3, 0, 50), (0, 4, 50)]
    return Roads._from_arcs(places, arcs, 1.0)


def test_a_one_way_ring_is_driven_the_right_way_round() -> None:
    matrix = a_town().matrix([Point(52.0, 5.0), Point(52.0, 5.0 + STEP)])
    assert matrix.seconds(1, 0) > 2.5 * matrix.seconds(0, 1)
    assert matrix.metres(0, 1) == pytest.approx(685, abs=3)
    assert matrix.source_of(0, 1) == "roads"


def test_a_road_that_leads_nowhere_is_left_out() -> None:
    town = a_town()
    assert len(town.lat) == 4
    assert town.health()[0]


def test_a_point_far_from_any_road_is_estimated() -> None:
    matrix = a_town().matrix([Point(52.0, 5.0), Point(52.2, 5.2)])
    assert matrix.source_of(0, 1) == "crow"
    assert matrix.seconds(0, 1) > 0


def test_the_way_is_drawn_over_the_corners() -> None:
    line = a_town().route([Point(52.0, 5.0), Point(52.0 + STEP, 5.0)])
    assert len(line) == 6


def test_a_stored_graph_gives_the_same_answers(tmp_path: Path) -> None:
    town = a_town()
    file = str(tmp_path / "town.npz")
    town.save(file)
    points = [Point(52.0, 5.0), Point(52.0 + STEP, 5.0 + STEP)]
    assert np.array_equal(Roads.load(file).matrix(points).duration_s, town.matrix(points).duration_s)


def test_a_file_that_is_no_graph_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.npz").write_bytes(b"nothing")
    with pytest.raises(RoadsError, match="no stored road graph"):
        Roads.load(str(tmp_path / "x.npz"))


def test_the_quick_answers_over_kampen_are_the_exact_ones(shared: Path) -> None:
    pytest.importorskip("osmium")
    roads = Roads.from_osm(str(shared / "data" / "kampen.osm.pbf"))
    points = [Point(52.5580, 5.9110), Point(52.5660, 5.9200), Point(52.5400, 5.9050), Point(52.5500, 5.8800)]
    quick = roads.matrix(points)
    roads._hierarchy = None
    exact = roads.matrix(points)
    assert np.array_equal(quick.duration_s, exact.duration_s)
    assert {quick.source_of(0, k) for k in (1, 2, 3)} == {"roads"}


@pytest.mark.parametrize("seed", range(5))
def test_the_hierarchy_and_dijkstra_agree_on_seconds_and_metres(seed: int) -> None:
    pytest.importorskip("pyroutingkit")
    chance = np.random.default_rng(seed)
    size = 60
    places = {ref: (float(52 + chance.random() / 20), float(5 + chance.random() / 20)) for ref in range(size)}
    arcs = [(k, (k + 1) % size, 30) for k in range(size)]
    arcs += [(int(a), int(b), int(kmh)) for a, b, kmh in chance.integers(0, size, (150, 3)) if a != b and kmh > 4]
    town = Roads._from_arcs(places, arcs, 1.0)
    points = [Point(*places[ref]) for ref in range(0, size, 3)]
    quick = town.cells(points)
    town._hierarchy = None
    exact = town.cells(points)
    assert np.array_equal(quick[0], exact[0])
    assert np.array_equal(quick[1], exact[1])


def test_a_graph_remembers_the_day_of_its_map(tmp_path: Path) -> None:
    town = Roads._from_arcs({0: (52.0, 5.0), 1: (52.01, 5.0)}, [(0, 1, 50), (1, 0, 50)], 1.0, date="2026-11-01")
    town.save(str(tmp_path / "town.npz"))
    assert Roads.load(str(tmp_path / "town.npz")).date == "2026-11-01"
    assert town.box == (52.0, 5.0, 52.01, 5.0)
