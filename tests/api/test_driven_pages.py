"""The administrator sees how well driving times do, and what each organisation's drives came to."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from backend.dispatch.models import Assignment
from backend.people.rules import Role
from backend.platform.actor import SYSTEM
from backend.platform.ids import new_id
from backend.platform.uow import unit_of_work
from tests import builders, night


@pytest.fixture
def driven(app):
    """Two organisations in one night: three drives, one called back, one of which nobody measured the way."""
    lindehof = builders.an_organisation(short_name="De Lindehof")
    waterrand = builders.an_organisation(short_name="=Waterrand")
    during = night.a_night()
    shift = night.a_shift(during, car=night.a_car(name="Auto 3"))
    left_at = during.starts_at + timedelta(hours=1)
    drives = [
        (lindehof, 720, 8400, "crow", 840, 9100, None),
        (lindehof, 300, 2000, "roads", 360, None, None),
        (waterrand, 600, 5000, "roads", None, 1200, left_at),
    ]
    for number, (organisation, planned_s, planned_m, source, driven_s, driven_m, ended_at) in enumerate(drives):
        visit = night.a_visit(during, builders.a_client(organisation))
        departed_at = left_at + timedelta(minutes=30 * number)
        builders.kept(
            Assignment(
                id=new_id(),
                visit_id=visit.id,
                shift_id=shift.id,
                assigned_at=departed_at,
                assigned_by="test",
                departed_at=departed_at,
                arrived_at=departed_at + timedelta(seconds=driven_s) if driven_s else None,
                ended_at=ended_at,
                phone_steps=["depart", "arrive"],
                planned_travel_s=planned_s,
                planned_distance_m=planned_m,
                raw_travel_s=planned_s,
                travel_source=source,
                driven_m=driven_m,
            )
        )
    return during


def rows_of(page):
    """The cells of each line, as they are read."""
    import html
    import re

    return [
        " ".join(html.unescape(re.sub(r"<[^>]+>", " ", line)).split())
        for line in re.findall(r"<tr[^>]*>(.*?)</tr>", page.text, re.S)
    ]


def test_each_organisation_sees_its_drives_added_up_and_what_is_unknown_stays_unknown(admin, driven):
    page = admin.get(f"/admin/nights/{driven.id}/driven")
    lines = rows_of(page)
    assert "De Lindehof 2 17 min, 10,4 km 20 min 9,1 km van 1" in lines
    assert "=Waterrand 1 10 min, 5,0 km onbekend 1,2 km" in lines
    assert "Samen 3 27 min, 15,4 km 20 min van 2 10,3 km van 2" in lines
    assert any("12 min, 8,4 km geschat 14 min, 9,1 km" in line for line in lines)
    assert any("5 min, 2,0 km wegenkaart 6 min, onbekend" in line for line in lines)
    assert any("onbekend, 1,2 km teruggekeerd" in line for line in lines)


def test_the_spreadsheet_holds_the_same_drives_and_no_formula(admin, driven):
    answer = admin.get(f"/admin/nights/{driven.id}/driven.csv")
    assert answer.mimetype == "text/csv"
    assert "gereden-2026-01-14.csv" in answer.headers["Content-Disposition"]
    sheet = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert [one["organisatie"] for one in sheet] == ["De Lindehof", "De Lindehof", "'=Waterrand"]
    assert [one["gereden km"] for one in sheet] == ["9,1", "", "1,2"]
    assert [one["gereden min"] for one in sheet] == ["14,0", "6,0", ""]
    assert [one["teruggekeerd"] for one in sheet] == ["nee", "nee", "ja"]


def test_no_client_stands_in_it(admin, driven):
    for page in ("driven", "driven.csv"):
        text = admin.get(f"/admin/nights/{driven.id}/{page}").text
        assert "Groot" not in text
        assert "straat" not in text


@pytest.mark.parametrize("role", [Role.NURSE, Role.TEAM_MANAGER, Role.TRIAGIST])
def test_only_the_administrator_sees_what_organisations_drove(client_as, driven, role):
    browser = client_as(role)
    for page in (f"nights/{driven.id}/driven", f"nights/{driven.id}/driven.csv", "travel"):
        assert browser.get(f"/admin/{page}").status_code == 403, page


def test_a_night_without_drives_says_so(admin):
    during = night.a_night()
    assert "nog naar niemand gereden" in admin.get(f"/admin/nights/{during.id}/driven").text


def test_the_page_about_driving_times_names_factor_trips_and_error(app, admin, driven):
    page = admin.get("/admin/travel")
    assert "geschat 1,00 nog niet één rit 0 niet geteld 14 % per rit gemiddeld 14 % te kort" in rows_of(page)
    with unit_of_work(actor=SYSTEM) as uow:
        from backend.dispatch.driving import calibration
        from backend.dispatch.driving.calibration_rules import Calibration, Error

        calibration.apply(
            uow, Calibration("crow", 1.17, 44, 3, 0.1, Error(0.2, -0.1), Error(0.1, 0.0), uow.now - timedelta(days=9))
        )
    assert any("geschat 1,17" in line and "op 44 ritten" in line for line in rows_of(admin.get("/admin/travel")))
