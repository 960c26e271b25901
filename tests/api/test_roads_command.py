"""`flask roads`: an extract becomes this house's road map, whole or not at all."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from backend.platform.actor import SYSTEM
from backend.platform.db import reading
from backend.travel import road_map
from backend.travel import times as travel

A_SQUARE = """<?xml version="1.0"?>
<osm version="0.6">
  <node id="1" version="1" lat="52.000" lon="5.000"/><node id="2" version="1" lat="52.000" lon="5.010"/>
  <node id="3" version="1" lat="52.010" lon="5.010"/><node id="4" version="1" lat="52.010" lon="5.000"/>
  <way id="10" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/>
    <tag k="highway" v="residential"/></way>
  <way id="11" version="1"><nd ref="1"/><nd ref="3"/><tag k="highway" v="footway"/></way>
</osm>
"""
ONLY_PATHS = A_SQUARE.replace("residential", "cycleway")


@pytest.fixture
def house(app, tmp_path, monkeypatch):
    """A house whose road map would lie in a folder of its own."""
    runtime = app.extensions["nachtronde"]
    kept = tmp_path / "instance" / "roads.npz"
    monkeypatch.setattr(runtime, "settings", replace(runtime.settings, travel="roads", roads_file=str(kept)))
    return app.test_cli_runner(), kept


def an_extract(tmp_path: Path, text: str = A_SQUARE) -> str:
    file = tmp_path / "town.osm"
    file.write_text(text)
    return str(file)


def test_an_extract_becomes_the_map_that_gives_the_driving_times(house, tmp_path):
    pytest.importorskip("osmium")
    pytest.importorskip("pyroutingkit")
    runner, kept = house
    done = runner.invoke(args=["roads", "import", an_extract(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "4 punten en 8 wegvakken" in done.output
    assert "52,00 tot 52,01 noorderbreedte" in done.output
    assert "Gezond" in done.output
    assert "Wegen lezen: 100 %" in done.output
    assert "Deze kaart geeft de rijtijden" in runner.invoke(args=["roads", "status"]).output

    road_map.wait_until_loaded(str(kept))
    with reading(SYSTEM) as session:
        trip = travel.current(session).trip((52.0, 5.0), (52.01, 5.01))
    assert trip.source == "roads"
    assert trip.distance_m == pytest.approx(685 + 1112, abs=10)


def test_until_the_map_has_been_read_times_are_estimated(house, tmp_path, monkeypatch):
    pytest.importorskip("osmium")
    runner, _ = house
    runner.invoke(args=["roads", "import", an_extract(tmp_path)])
    monkeypatch.setattr(road_map, "_read", lambda *_: None)
    with reading(SYSTEM) as session:
        assert travel.current(session).trip((52.0, 5.0), (52.01, 5.01)).source == "crow"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("no map at all", "is geen kaart van OpenStreetMap"), (ONLY_PATHS, "geen wegen waarover een auto mag")],
)
def test_a_bad_extract_is_refused_in_one_sentence_and_the_old_map_stays(house, tmp_path, text, sentence):
    pytest.importorskip("osmium")
    runner, kept = house
    runner.invoke(args=["roads", "import", an_extract(tmp_path)])
    before = kept.read_bytes()
    refused = runner.invoke(args=["roads", "import", an_extract(tmp_path, text)])
    assert refused.exit_code == 1
    assert sentence in refused.output
    assert "Traceback" not in refused.output
    assert kept.read_bytes() == before
    assert [file.name for file in kept.parent.iterdir()] == ["roads.npz"]


def test_a_file_that_is_not_there_is_named(house, tmp_path):
    pytest.importorskip("osmium")
    runner, _ = house
    refused = runner.invoke(args=["roads", "import", str(tmp_path / "nowhere.osm.pbf")])
    assert (refused.exit_code, "er is geen bestand" in refused.output) == (1, True)


def test_without_the_packages_the_command_says_how_to_get_them(house, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "osmium", None)
    runner, _ = house
    refused = runner.invoke(args=["roads", "import", an_extract(tmp_path)])
    assert refused.exit_code == 1
    assert "pip install 'osmium>=4.3,<5' 'pyroutingkit>=0.2,<1'" in refused.output


def test_a_map_that_answers_slowly_keeps_nobody_waiting(house, tmp_path, monkeypatch):
    pytest.importorskip("osmium")
    monkeypatch.setitem(sys.modules, "pyroutingkit", None)
    runner, kept = house
    assert "rijtijden worden geschat" in runner.invoke(args=["roads", "import", an_extract(tmp_path)]).output
    road_map.wait_until_loaded(str(kept))
    with reading(SYSTEM) as session:
        assert travel.current(session).trip((52.0, 5.0), (52.01, 5.01)).source == "crow"


def test_a_new_map_is_noticed_and_the_old_one_answers_meanwhile(house, tmp_path):
    pytest.importorskip("osmium")
    pytest.importorskip("pyroutingkit")
    runner, kept = house
    runner.invoke(args=["roads", "import", an_extract(tmp_path)])
    road_map.wait_until_loaded(str(kept))
    old = road_map.loaded(str(kept))
    assert old is not None
    runner.invoke(args=["roads", "import", an_extract(tmp_path, A_SQUARE.replace("residential", "tertiary"))])
    assert road_map.loaded(str(kept)) is not None
    road_map.wait_until_loaded(str(kept))
    assert road_map.loaded(str(kept)) is not old


def test_without_a_map_the_status_says_how_to_make_one(house):
    runner, kept = house
    assert "flask roads import" in runner.invoke(args=["roads", "status"]).output
    kept.parent.mkdir()
    kept.write_bytes(b"PK but no map")
    asked = runner.invoke(args=["roads", "status"])
    assert (asked.exit_code, "is geen bewaarde wegenkaart" in asked.output) == (1, True)


def test_a_save_that_is_cut_off_leaves_the_old_map(house, tmp_path, monkeypatch):
    pytest.importorskip("osmium")
    runner, kept = house
    runner.invoke(args=["roads", "import", an_extract(tmp_path)])
    before = kept.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    refused = runner.invoke(args=["roads", "import", an_extract(tmp_path)])
    assert (refused.exit_code, "kan niet worden bewaard" in refused.output) == (1, True)
    assert kept.read_bytes() == before
    assert [file.name for file in kept.parent.iterdir()] == ["roads.npz"]
