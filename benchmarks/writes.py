"""Does the desk wait when a push service hangs? It must not: what leaves the house leaves after the transaction."""

from __future__ import annotations

import contextlib
import http.server
import socket
import statistics
import threading
from collections.abc import Iterator

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import b64urlencode

from backend.people.models import Staff
from backend.platform import push, worker
from backend.platform.actor import SYSTEM
from backend.platform.db import reading
from backend.platform.ids import new_id
from backend.platform.uow import unit_of_work
from benchmarks.measure import Result, a_busy_night, a_house, log_in, timed_ms, worst_ms
from tests import builders, night

ASSIGNMENTS = 40


class _Healthy(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(201)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def healthy() -> Iterator[int]:
    """A push service that answers at once."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Healthy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@contextlib.contextmanager
def black_hole() -> Iterator[int]:
    """A push service that takes the connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listening:
        yield listening.getsockname()[1]


def run() -> list[Result]:
    """Send a car forty times, the worker ringing beside it; a push service that hangs against one that answers."""
    samples = {}
    for name, service in (("healthy", healthy), ("hangs", black_hole)):
        with service() as port:
            samples[name] = _assign_while_ringing(port)
    return [
        Result("assigning while push hangs, median", statistics.median(samples["hangs"]), "a healthy push service",
               statistics.median(samples["healthy"]), "the same (ratio about 1)"),
        Result("assigning while push hangs, 99th percentile", worst_ms(samples["hangs"]), "a healthy push service",
               worst_ms(samples["healthy"]), "the same (ratio about 1)"),
    ]  # fmt: skip


def _assign_while_ringing(port: int) -> list[float]:
    with a_house(extra_push_hosts=("127.0.0.1",)) as app:
        shifts, _ = a_busy_night(cars=4, visits=4)
        nurses = {shift.id: shift.nurse_id for shift in shifts}
        for nurse_id in nurses.values():
            _subscribe(nurse_id, port)
        desk = log_in(app)
        waiting = []
        for number in range(ASSIGNMENTS):
            client = builders.a_client(house_number=500 + number)
            with reading(SYSTEM):
                visit = night.a_visit(client=client, shift=None, night_id=shifts[0].night_id)
            waiting.append(visit)
        stop = threading.Event()
        ringing = threading.Thread(target=worker.work, args=(app, stop), daemon=True)
        ringing.start()
        taken = []
        for number, visit in enumerate(waiting):
            shift = shifts[number % len(shifts)]
            body = {
                "id": str(new_id()),
                "shift_id": str(shift.id),
                "expected_version": visit.version,
                "override_reason": {"code": "other", "text": "meting"},
            }

            def assign(url: str = f"/api/v1/visits/{visit.id}/assignments", body: dict[str, object] = body) -> None:
                answer = desk.post(url, json=body)
                assert answer.status_code == 201, answer.text

            taken.append(timed_ms(assign))
        stop.set()
        ringing.join(20)
        return taken[3:]


def _subscribe(staff_id: object, port: int) -> None:
    with reading(SYSTEM) as session:
        nurse = session.get_one(Staff, staff_id)
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    raw = point.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    with unit_of_work(actor=builders.actor_of(nurse)) as uow:
        address = f"http://127.0.0.1:{port}/{nurse.id}"
        push.subscribe(uow, endpoint=address, p256dh=b64urlencode(raw), auth=b64urlencode(b"0" * 16))
