"""Travel times: the built-in estimate, and servers that answer, half answer, lie or hang."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.travel import Crow, Osrm, Point, Valhalla, by_name

DAM = Point(52.3731, 4.8926)
ZUID = Point(52.3389, 4.8730)
ZWOLLE = Point(52.5168, 6.0830)
points = st.builds(Point, st.floats(50.7, 53.6), st.floats(3.3, 7.2))


class Server(ThreadingHTTPServer):
    answer: Any = None
    delay_s = 0.0
    asked = 0


class Answering(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked += 1
        time.sleep(self.server.delay_s)
        body = self.server.answer if isinstance(self.server.answer, bytes) else json.dumps(self.server.answer).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent in the test's output."""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def url(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_port}"


def test_the_estimate_follows_its_formula() -> None:
    matrix = Crow().matrix([DAM, ZUID])
    km = 4.03
    assert matrix.seconds(0, 1) == pytest.approx(60 * 3.2 * km**0.71, rel=0.02)
    assert matrix.metres(0, 1) == pytest.approx(1400 * km, rel=0.02)
    assert matrix.source_of(0, 1) == "crow"


def test_a_slower_region_takes_proportionally_longer() -> None:
    plain, slow = Crow().matrix([DAM, ZWOLLE]), Crow(time_factor=1.2).matrix([DAM, ZWOLLE])
    assert slow.seconds(0, 1) == pytest.approx(1.2 * plain.seconds(0, 1), abs=1)
    assert slow.metres(0, 1) == plain.metres(0, 1)


@given(st.lists(points, min_size=2, max_size=6))
def test_two_addresses_are_never_zero_seconds_apart(some: list[Point]) -> None:
    matrix = Crow().matrix(some)
    for i, origin in enumerate(some):
        for j, destination in enumerate(some):
            assert (matrix.seconds(i, j) == 0) == (origin == destination)
            assert matrix.seconds(i, j) == matrix.seconds(j, i)


def test_no_points_give_an_empty_matrix() -> None:
    assert Crow().matrix([]).size == 0


def test_osrm_is_asked_once_and_fills_what_it_does_not_know(server: Server) -> None:
    server.answer = {"durations": [[0, 500.4], [None, 0]], "distances": [[0, 5000], [None, 0]]}
    times = Osrm(url(server))
    matrix = times.matrix([DAM, ZUID])
    assert (matrix.seconds(0, 1), matrix.metres(0, 1), matrix.source_of(0, 1)) == (500, 5000, "osrm")
    assert matrix.source_of(1, 0) == "crow"
    assert matrix.seconds(1, 0) == Crow().matrix([DAM, ZUID]).seconds(1, 0)


def test_what_is_known_is_not_asked_again(server: Server) -> None:
    server.answer = {"durations": [[0, 500], [400, 0]], "distances": [[0, 5000], [5000, 0]]}
    times = Osrm(url(server), time_factor=2.0)
    assert times.matrix([DAM, ZUID]).seconds(0, 1) == 1000
    assert times.matrix([ZUID, DAM]).seconds(1, 0) == 1000
    assert server.asked == 1


def test_a_large_table_is_asked_in_parts_that_a_server_allows(server: Server) -> None:
    asked: list[tuple[int, int]] = []

    class Counting(Osrm):
        def _table(self, origins: Any, destinations: Any) -> Any:
            asked.append((len(origins), len(destinations)))
            return np.full(asked[-1], 60.0), np.full(asked[-1], 900.0)

    many = [Point(52 + k / 1000, 5.0) for k in range(120)]
    matrix = Counting(url(server)).matrix(many)
    assert asked == [(a, b) for a in (50, 50, 20) for b in (50, 50, 20)]
    assert matrix.source_of(119, 0) == "osrm"


def test_what_is_asked_need_not_be_square_because_nobody_drives_to_where_a_car_happens_to_be(server: Server) -> None:
    shapes: list[tuple[int, int]] = []

    class Counting(Osrm):
        def _table(self, origins: Any, destinations: Any) -> Any:
            shapes.append((len(origins), len(destinations)))
            return np.full(shapes[-1], 60.0), np.full(shapes[-1], 900.0)

    times = Counting(url(server))
    times.table([DAM], [ZUID, ZWOLLE])
    assert shapes == [(1, 2)]


def test_a_server_that_fails_is_not_asked_for_the_rest(server: Server) -> None:
    server.answer = b"nonsense"
    assert Osrm(url(server)).table([Point(52 + k / 1000, 5.0) for k in range(120)], [DAM]) is None
    assert server.asked == 1


def test_a_point_far_from_any_road_is_estimated(server: Server) -> None:
    server.answer = {
        "durations": [[0, 500], [500, 0]], "distances": [[0, 5000], [5000, 0]],
        "sources": [{"distance": 3}, {"distance": 900}], "destinations": [{"distance": 3}, {"distance": 3}],
    }  # fmt: skip
    matrix = Osrm(url(server)).matrix([DAM, ZUID])
    assert [matrix.source_of(0, 1), matrix.source_of(1, 0)] == ["osrm", "crow"]


def test_valhalla_answers_in_kilometres(server: Server) -> None:
    cells = [[{"time": 0, "distance": 0}, {"time": 500, "distance": 5.2}]] * 2
    server.answer = {"sources_to_targets": cells}
    matrix = Valhalla(url(server)).matrix([DAM, ZUID])
    assert (matrix.seconds(0, 1), matrix.metres(0, 1), matrix.source_of(0, 1)) == (500, 5200, "valhalla")


@pytest.mark.parametrize("answer", [b"", b"nonsense", b"{}", b"null", b'{"durations": [[1]], "distances": [[1]]}'])
@pytest.mark.parametrize("kind", [Osrm, Valhalla])
def test_a_server_that_talks_nonsense_leaves_the_estimate(
    server: Server, kind: type[Osrm | Valhalla], answer: bytes
) -> None:
    server.answer = answer
    matrix = kind(url(server)).matrix([DAM, ZUID])
    assert matrix.source_of(0, 1) == "crow"
    assert np.array_equal(matrix.duration_s, Crow().matrix([DAM, ZUID]).duration_s)
    assert kind(url(server)).health()[0] is False
    assert kind(url(server)).route([DAM, ZUID]) == [DAM, ZUID]


def test_a_server_that_hangs_costs_no_more_than_its_time_out(server: Server) -> None:
    server.delay_s = 2.0
    began = time.monotonic()
    assert Osrm(url(server), timeout_s=0.1).matrix([DAM, ZUID]).source_of(0, 1) == "crow"
    assert time.monotonic() - began < 1.5


def test_a_route_is_drawn_along_the_road(server: Server) -> None:
    server.answer = {"routes": [{"geometry": {"coordinates": [[4.89, 52.37], [4.88, 52.35], [4.87, 52.33]]}}]}
    assert Osrm(url(server)).route([DAM, ZUID])[1] == Point(52.35, 4.88)
    server.answer = {"trip": {"legs": [{"shape": "_p~iF~ps|U_ulLnnqC"}]}}
    assert len(Valhalla(url(server)).route([DAM, ZUID])) == 2


def test_a_setting_names_the_source() -> None:
    assert isinstance(by_name("crow"), Crow)
    assert by_name("osrm", url="http://127.0.0.1:1", timeout_s=0.1).matrix([DAM, ZUID]).source_of(0, 1) == "crow"
    with pytest.raises(ValueError, match="url"):
        by_name("osrm")
    with pytest.raises(ValueError, match="http"):
        by_name("osrm", url="file:///etc/passwd")
    with pytest.raises(ValueError, match="unknown"):
        by_name("magic")
