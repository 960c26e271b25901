"""Files as they arrive: every shape is recognised, and a bad line is named by its number and its reason."""

from datetime import date

import pytest

from backend.people import client_file
from backend.people.addresses import HouseNumber, Point
from backend.people.files import BadLine, UnreadableFile
from backend.people.places import files
from backend.people.places.files import AddressLine, AreaLine, Shape
from backend.people.rules import AccessType, FundingLaw, Sex


@pytest.fixture
def a_file(tmp_path):
    """Write a file: `a_file("pc4,lat,lon", "1056,52.3,4.8")`."""

    def write(*lines, encoding="utf-8"):
        path = tmp_path / "bestand.csv"
        path.write_bytes("\r\n".join(lines).encode(encoding))
        return path

    return write


def lines_of(path):
    return list(files.recognise(path).lines())


# --- gazetteers --------------------------------------------------------------------------------


def test_a_list_of_addresses_is_recognised(a_file):
    path = a_file("postcode,huisnummer,straat,plaats,lat,lon", "8251 pn,30A,Vossemeerdijk,Dronten,52.5552,5.842784")
    assert files.recognise(path).shape is Shape.ADDRESSES
    assert lines_of(path) == [
        AddressLine("8251PN", HouseNumber(30, "A"), "Vossemeerdijk", "Dronten", Point(52.5552, 5.842784))
    ]


def test_a_bag_extract_with_semicolons_letters_and_rijksdriehoek_is_recognised(a_file):
    path = a_file(
        "openbareruimtenaam;huisnummer;huisletter;huisnummertoevoeging;postcode;woonplaatsnaam;x;y",
        "Amstel;1;;;1011PN;Amsterdam;121828,874;486751,728",
        "Amstel;1;A;2;1011PN;Amsterdam;121828.874;486751.728",
    )
    first, second = lines_of(path)
    assert (first.street, first.city, first.door) == ("Amstel", "Amsterdam", HouseNumber(1))
    assert second.door == HouseNumber(1, "A2")
    assert (round(first.point.lat, 4), round(first.point.lon, 4)) == (52.3676, 4.9002)


def test_a_point_as_text_is_understood_in_degrees_and_in_metres(a_file):
    path = a_file(
        "postcode|huisnummer|straatnaam|woonplaats|centroide_ll",
        "1011PN|1|Amstel|Amsterdam|POINT(4.90016547 52.3676456)",
        "1011PN|2|Amstel|Amsterdam|POINT (121828.874 486751.728)",
    )
    assert [round(line.point.lat, 4) for line in lines_of(path)] == [52.3676, 52.3676]


def test_a_list_of_postcode_areas_is_recognised(a_file):
    path = a_file("pc4,plaats,buurt,lat,lon", '1056,Amsterdam,"De Krommert",52.373,4.855')
    assert files.recognise(path).shape is Shape.AREAS
    assert lines_of(path) == [AreaLine("1056", "Amsterdam", "De Krommert", Point(52.373, 4.855))]


def test_the_postal_file_of_geonames_is_recognised_without_a_heading(a_file):
    columns = ["NL", "8261", "Kampen", "Overijssel", "15", "Kampen", "0166", "", "", "52.555", "5.911", "6"]
    path = a_file("\t".join(columns), "\t".join([*columns[:2], 'Kampen "Zuid', *columns[3:]]))
    assert files.recognise(path).shape is Shape.GEONAMES
    assert [line.place for line in lines_of(path)] == ["Kampen", 'Kampen "Zuid']


def test_a_file_from_an_old_spreadsheet_keeps_its_accents(a_file):
    path = a_file("pc4;plaats;lat;lon", "1057;Chassébuurt;52,367;4,853", encoding="cp1252")
    assert lines_of(path) == [AreaLine("1057", "Chassébuurt", "", Point(52.367, 4.853))]


def test_a_byte_order_mark_does_not_hide_the_first_column(a_file):
    path = a_file("pc4,lat,lon", "1057,52.367,4.853", encoding="utf-8-sig")
    assert lines_of(path) == [AreaLine("1057", "", "", Point(52.367, 4.853))]


def test_every_bad_line_is_named_by_its_number_and_its_reason(a_file):
    path = a_file(
        "postcode,huisnummer,straat,plaats,lat,lon",
        "1056DL,214,Straat,Amsterdam,52.37,4.85",
        "",
        "1056SS,214,Straat,Amsterdam,52.37,4.85",
        "1056DL,nul,Straat,Amsterdam,52.37,4.85",
        "1056DL,1,Straat,Amsterdam,4.85,52.37",
        "1056DL,1,Straat,Amsterdam,,",
        "1056DL,1,Straat,Amsterdam,noord,oost",
        "1056DL,1,Straat,Amsterdam,48.85,2.35",
        "1056DL,1",
    )
    bad = {line.number: line.reason for line in lines_of(path) if isinstance(line, BadLine)}
    assert bad == {
        4: "‘1056SS’ is geen postcode",
        5: "‘nul’ is geen huisnummer",
        6: "breedtegraad en lengtegraad zijn verwisseld",
        7: "er staan geen coördinaten",
        8: "de coördinaten zijn geen getallen",
        9: "dit punt ligt niet in Nederland (48.8500, 2.3500)",
        10: "er staan geen coördinaten",
    }


@pytest.mark.parametrize(
    ("heading", "reason"),
    [
        ("", "leeg"),
        ("naam,adres", "coördinaten"),
        ("postcode,huisnummer", "coördinaten"),
        ("naam,lat,lon", "postcode"),
    ],
)
def test_a_file_that_is_no_gazetteer_is_refused_with_the_reason(a_file, heading, reason):
    with pytest.raises(UnreadableFile, match=reason):
        files.recognise(a_file(heading, "x"))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UnreadableFile, match="geen bestand"):
        files.recognise(tmp_path / "weg.csv")


# --- clients -----------------------------------------------------------------------------------

HEADING = "clientnummer;achternaam;huisnummer;postcode"


def test_a_full_row_is_read_as_a_dutch_care_organisation_writes_it(a_file):
    found = client_file.read(
        a_file(
            "Cliëntnummer;Achternaam;Tussenvoegsel;Voorletters;Geslacht;Geboortedatum;Huisnummer;Postcode;Wet;Toegang;"
            "Toegang toelichting;Signaleringen;Telefoon",
            "K1;Groot;de;jm;V;3-5-1941;214-2;1056 dl;Wlz;Sleutelkluis;Kluis links van de deur;Hond | MRSA;06 12345678",
        )
    )
    assert found.bad == ()
    (row,) = found.rows
    assert (row.line, row.client_number) == (2, "K1")
    assert row.facts == {
        "family_name": "Groot",
        "prefix": "de",
        "initials": "J.M.",
        "sex": Sex.FEMALE,
        "birth_date": date(1941, 5, 3),
        "house_number": 214,
        "addition": "2",
        "postcode": "1056DL",
        "funding_law": FundingLaw.WLZ,
        "access_type": AccessType.CODE_SAFE,
        "access_note": "Kluis links van de deur",
        "alerts": ["Hond", "MRSA"],
        "phone": "06 12345678",
    }


def test_a_column_that_is_not_there_says_nothing_about_the_client(a_file):
    (row,) = client_file.read(a_file(HEADING, "K1;Groot;1;1056DL")).rows
    assert set(row.facts) == {"family_name", "house_number", "addition", "postcode"}


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("geboortedatum", "31-2-1941", "bestaat niet als datum"),
        ("geboortedatum", "mei 1941", "is geen datum als 31-12-1941"),
        ("geboortedatum", "1-1-1741", "is te lang geleden"),
        ("wet", "AWBZ", "is geen keuze; kies uit: zvw, wlz, wmo, anders, onbekend"),
        ("geslacht", "mevrouw", "is geen keuze"),
        ("telefoon", "bel de buren", "is geen telefoonnummer"),
        ("toegang_toelichting", "code 4711", "hier lijkt een code te staan"),
        ("ingang", "kluis 123456", "hier lijkt een code te staan"),
        ("taal", "x" * 61, "is langer dan 60 tekens"),
    ],
)
def test_a_bad_cell_is_refused_with_column_and_reason(a_file, column, cell, reason):
    found = client_file.read(a_file(f"{HEADING};{column}", f"K1;Groot;1;1056DL;{cell}"))
    assert found.rows == ()
    ((number, text),) = [(line.number, line.reason) for line in found.bad]
    assert number == 2
    assert text.startswith(column)
    assert reason in text


def test_what_must_be_there_and_is_not_is_told_line_by_line(a_file):
    found = client_file.read(a_file(HEADING, ";Groot;1;1056DL", "K2;;x;1056SS", "K3;Vis;1"))
    assert [(line.number, line.reason) for line in found.bad] == [
        (2, "clientnummer ontbreekt"),
        (3, "achternaam ontbreekt"),
        (3, "postcode: ‘1056SS’ is geen postcode"),
        (3, "huisnummer: ‘x’ is geen huisnummer"),
        (4, "deze regel heeft 3 cellen, de eerste regel heeft er 4"),
    ]


def test_the_same_client_number_twice_is_told_with_both_lines(a_file):
    found = client_file.read(a_file(HEADING, "K1;Groot;1;1056DL", "K2;Vis;2;1056DL", "K1;Groot;1;1056DL"))
    assert [(line.number, line.reason) for line in found.bad] == [(4, "cliëntnummer K1 staat ook al op regel 2")]


@pytest.mark.parametrize(
    ("heading", "reason"),
    [
        ("clientnummer;achternaam;postcode", "huisnummer"),
        (f"{HEADING};voorkeuren", "voorkeuren"),
        (f"{HEADING};wet;wet", "twee keer"),
        ("", "clientnummer"),
    ],
)
def test_a_heading_that_misses_or_mistypes_a_column_is_refused(a_file, heading, reason):
    with pytest.raises(UnreadableFile, match=reason):
        client_file.read(a_file(heading, "K1;Groot;1;1056DL"))


def test_a_row_over_two_lines_is_named_by_the_line_it_begins_on(a_file):
    found = client_file.read(
        a_file(f"{HEADING};taal", 'K1;Groot;1;1056DL;"Neder', 'lands"', "K2;Vis;x;1056DL;Nederlands")
    )
    assert [line.number for line in found.bad] == [2, 4]
