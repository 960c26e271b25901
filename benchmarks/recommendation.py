"""How long the desk waits to hear who can go."""

from __future__ import annotations

from backend.platform.actor import SYSTEM
from backend.platform.db import reading
from backend.roster.models import Night
from benchmarks.measure import Result, a_busy_night, a_house, log_in, median_ms
from tests import builders, night


def run() -> list[Result]:
    """A new call with ten cars and a hundred visits; against the cheapest question there is."""
    with a_house() as app:
        shifts, _ = a_busy_night(cars=10, visits=100)
        with reading(SYSTEM) as session:
            tonight = session.get_one(Night, shifts[0].night_id)
        urgent = night.a_visit(tonight, builders.a_client(lat=52.37, lon=4.87), urgency="U2")
        desk = log_in(app)

        def advise() -> None:
            answer = desk.get(f"/api/v1/visits/{urgent.id}/recommendation")
            assert answer.status_code == 200, answer.text

        def greet() -> None:
            assert desk.get("/api/v1/session").status_code == 200

        def board() -> None:
            assert desk.get("/api/v1/board").status_code == 200

        greeting = median_ms(greet)
        against = "GET /session"
        return [
            Result("recommendation, 10 cars and 100 visits", median_ms(advise), against, greeting, "at most 20 ms"),
            Result("the board, 10 cars and 101 visits", median_ms(board), against, greeting, "no slower than it feels"),
        ]
