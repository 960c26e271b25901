"""Everybody in the demo night. All of them are made up; the streets and postcode areas of Amsterdam are real."""

from dataclasses import dataclass
from datetime import date

PARTNERSHIP = "Nachtzorg Amsterdam (proefnacht)"
DESK_PHONE = "020 555 01 00"  # 555 numbers reach nobody
PASSWORD = "een rustige nacht"

DESK = "Zorgcentrale Amsterdam"
ORGANISATIONS = (
    ("De Lindehof", "lindehof"),
    ("Waterrand", "waterrand"),
    ("Zorggroep Kade", "kade"),
    ("Thuiszorg De Brink", "brink"),
    ("Het Kompas", "kompas"),
    ("Zonneroos", "zonneroos"),
    ("Meerpaal Thuis", "meerpaal"),
    ("Stadsgroen Zorg", "stadsgroen"),
    ("Avondrood", "avondrood"),
    ("IJzicht", "ijzicht"),
    ("Noorderwind", "noorderwind"),
)

# Three regions that together cover every postcode area of the city, once.
REGIONS = (
    ("Noord en Centrum", "NC", range(1011, 1040)),
    ("West", "W", range(1040, 1070)),
    ("Zuid en Oost", "ZO", range(1070, 1120)),
)


@dataclass(frozen=True)
class Nurse:
    """A nurse in the demo, with her car and what she may do (procedure -> years from now that it is valid)."""

    name: str
    login: str
    car: int
    region: str
    base: tuple[str, float, float]
    competences: dict[str, float]
    is_backup: bool = False


_BASES = {
    "NC": ("Standplaats Buikslotermeer", 52.400, 4.935),
    "W": ("Standplaats Slotermeer", 52.380, 4.827),
    "ZO": ("Standplaats Watergraafsmeer", 52.352, 4.932),
}
NURSES = (
    Nurse("Fatma Aydın", "fatma", 1, "NC", _BASES["NC"],
          {"bladder_catheter": 1.2, "insulin": 2.1, "injection_sc": 1.4, "wound_care": 0.6, "fall_assessment": 1.0}),
    Nurse("Jeroen Vos", "jeroen", 2, "W", _BASES["W"],
          {"bladder_catheter": 0.8, "suprapubic_catheter": 0.8, "insulin": 1.0, "fall_assessment": 1.9, "stoma_care": 1.1}),
    # Marit's catheter competence ran out: the desk must see that, and why it matters.
    Nurse("Marit Dekker", "marit", 3, "ZO", _BASES["ZO"],
          {"bladder_catheter": -0.1, "insulin": 1.7, "injection_sc": 0.9, "fall_assessment": 1.2, "wound_care": 1.5}),
    Nurse("Dewi Prasetyo", "dewi", 4, "ZO", _BASES["ZO"],
          {"bladder_catheter": 1.6, "infusion": 0.5, "palliative_pump": 0.7, "insulin": 0.9, "fall_assessment": 0.4}),
    Nurse("Kees van Dam", "kees", 9, "W", _BASES["W"],
          {"bladder_catheter": 2.0, "suprapubic_catheter": 2.0, "insulin": 2.0, "infusion": 1.0, "fall_assessment": 2.0},
          is_backup=True),
)  # fmt: skip

DESK_STAFF = (
    ("Noor Willems", "noor", "triagist"),
    ("Sam Bakari", "sam", "triagist"),
    ("Ria Postma", "beheer", "admin"),
)

# Streets that really lie in these postcode areas. House numbers and letters are invented.
STREETS = (
    ("1056", "Jan van Galenstraat"), ("1055", "Admiraal de Ruijterweg"), ("1053", "Kinkerstraat"), ("1054", "Overtoom"),
    ("1063", "Slotermeerlaan"), ("1068", "Osdorpplein"), ("1069", "Tussen Meer"), ("1065", "Pieter Calandlaan"),
    ("1061", "Jan Evertsenstraat"), ("1064", "Burgemeester Röellstraat"), ("1067", "Sam van Houtenstraat"),
    ("1066", "Plesmanlaan"), ("1058", "Hoofdweg"), ("1051", "Van Limburg Stirumstraat"), ("1025", "Waddenweg"),
    ("1031", "Van der Pekstraat"), ("1032", "Meeuwenlaan"), ("1034", "Banne Buikslootlaan"), ("1035", "Molenaarsweg"),
    ("1024", "Werengouw"), ("1013", "Haarlemmerdijk"), ("1015", "Westerstraat"), ("1017", "Prinsengracht"),
    ("1018", "Plantage Middenlaan"), ("1011", "Sint Antoniesbreestraat"), ("1072", "Ferdinand Bolstraat"),
    ("1073", "Van Woustraat"), ("1077", "Beethovenstraat"), ("1078", "Rijnstraat"), ("1082", "Buitenveldertselaan"),
    ("1091", "Wibautstraat"), ("1093", "Linnaeusstraat"), ("1094", "Javastraat"), ("1097", "Middenweg"),
    ("1102", "Bijlmerdreef"), ("1106", "Holendrechtdreef"), ("1107", "Reigersbos"), ("1087", "IJburglaan"),
)  # fmt: skip

FAMILY_NAMES = (
    ("de", "Groot"), ("", "Visser"), ("", "Bakker"), ("", "Yılmaz"), ("", "Jansen"), ("van den", "Berg"), ("", "Smit"),
    ("", "El Amrani"), ("", "Pinas"), ("", "Mulder"), ("de", "Boer"), ("", "Meijer"), ("", "Kartosen"), ("van", "Dijk"),
    ("", "Hoekstra"), ("", "Demir"), ("", "Wijdenbosch"), ("", "Peters"), ("", "Haddad"), ("van der", "Linden"),
    ("", "Kok"), ("", "Jacobs"), ("", "Vermeulen"), ("", "Sitaldin"), ("", "Prins"), ("", "Blom"), ("", "Huisman"),
    ("", "Öztürk"), ("van", "Leeuwen"), ("", "Postma"), ("", "Kuipers"), ("", "Benali"), ("de", "Wit"), ("", "Brouwer"),
    ("", "Koster"), ("", "Nguyen"), ("van den", "Heuvel"), ("", "Martens"), ("", "Schouten"), ("", "Timmer"),
    ("", "Bouazza"), ("", "Vos"), ("", "Driessen"), ("", "Karsten"), ("", "Lont"), ("ter", "Horst"),
)  # fmt: skip

ALERTS: tuple[list[str], ...] = (
    ["Bloedverdunners"], [], ["Verblijfskatheter"], ["Valgevaar"], [], ["Diabetes, spuit insuline"], ["Slechthorend"],
    ["Verblijfskatheter", "Bloedverdunners"], [], ["Palliatief, niet reanimeren"], ["Hond in huis"],
)  # fmt: skip

ACCESS = (
    ("code_safe", "Sleutelkluis rechts naast de deur. De code komt van de zorgcentrale."),
    ("opens_door", "Doet zelf open, loopt langzaam."),
    ("key_holder", "Buurvrouw op nummer ernaast heeft de sleutel."),
    ("electronic_lock", "Elektronisch slot; de zorgcentrale opent op afstand."),
)

CLIENTS = 66


@dataclass(frozen=True)
class Client:
    """One made-up client."""

    number: str
    organisation: int
    sex: str
    initials: str
    prefix: str
    family_name: str
    birth_date: date
    phone: str
    street: str
    house_number: int
    addition: str
    postcode: str
    east_m: int
    north_m: int
    funding_law: str
    access_type: str
    access_note: str
    alerts: list[str]
    contact: tuple[str, str, str]


def clients() -> list[Client]:
    """The same 66 people on every machine; the first is Mrs De Groot of the blocked catheter."""
    found = []
    for i in range(CLIENTS):
        # the second time round somewhere else, so that there is one Mrs De Groot
        prefix, family = FAMILY_NAMES[(i if i < len(FAMILY_NAMES) else i + 3) % len(FAMILY_NAMES)]
        pc4, street = STREETS[(i * 7) % len(STREETS)]
        sex = "female" if (i * 5) % 8 < 5 else "male"
        access_type, access_note = ACCESS[(i * 3) % len(ACCESS)]
        relation = ("dochter", "zoon", "partner", "nicht")[i % 4]
        found.append(
            Client(
                number=str(40311 + 17 * i),
                organisation=(i * 4) % len(ORGANISATIONS),
                sex=sex,
                initials="JAMPSHCEWRT"[(i * 3) % 11] + ".",
                prefix=prefix,
                family_name=family,
                birth_date=date(1931 + (i * 11 + 11) % 24, 1 + (i * 5) % 12, 1 + (i * 13) % 28),
                phone=f"020 555 {20 + i // 50:02d} {10 + i % 50:02d}",
                street=street,
                house_number=11 + (i * 37) % 240,
                addition=("", "-2", "-H", "", "-1", "A")[i % 6].lstrip("-"),
                postcode=f"{pc4}{'BCDEGHJKLNPRTVXZ'[i % 16]}{'LKHGNPRTVW'[(i * 3) % 10]}",
                east_m=((i * 97) % 600) - 300,
                north_m=((i * 61) % 500) - 250,
                funding_law=("zvw", "wlz", "wmo", "unknown")[
                    0 if i % 5 in (0, 2) else 1 if i % 5 in (1, 3) else (i // 5) % 2 + 2
                ],
                access_type=access_type,
                access_note=access_note,
                alerts=ALERTS[i % len(ALERTS)],
                contact=(f"{relation.capitalize()} {family}", f"06 555 {i:02d} 4{i % 10}", relation),
            )
        )
    return found


@dataclass(frozen=True)
class Planned:
    """A planned visit: whom, what, when (hours after the night began, and how wide), how long."""

    client: int
    title: str
    hour: float
    width_min: int
    minutes: int
    competences: tuple[str, ...] = ()
    cars_needed: int = 1


PLANNED = (
    Planned(3, "Wisselligging", 0.2, 40, 20),
    Planned(6, "Insuline", 0.5, 30, 15, ("insulin",)),
    Planned(9, "Steunkousen en wondcontrole", 0.7, 60, 25),
    Planned(12, "Katheterzak verwisselen", 1.0, 60, 15),
    Planned(15, "Medicatie", 1.3, 45, 15),
    Planned(18, "Wisselligging", 1.6, 45, 20),
    Planned(21, "Insuline", 1.9, 30, 15, ("insulin",)),
    Planned(28, "Wisselligging", 2.2, 30, 20),
    Planned(24, "Toiletgang en wisselligging", 2.5, 20, 25),
    Planned(31, "Wondcontrole", 2.65, 15, 30),
    Planned(34, "Medicatie en stoma nakijken", 2.75, 15, 30),
    Planned(27, "Palliatieve zorg: pomp controleren", 2.9, 15, 30, ("palliative_pump",)),
    Planned(37, "Wisselligging", 3.1, 45, 20),
    Planned(30, "Insuline", 3.5, 45, 15, ("insulin",)),
    Planned(33, "Wisselligging met tillift", 3.9, 60, 20, cars_needed=2),
    Planned(36, "Medicatie", 4.3, 60, 15),
    Planned(39, "Toiletgang", 4.7, 60, 20),
    Planned(40, "Katheterzak legen", 4.9, 60, 15),
    Planned(42, "Wisselligging", 5.2, 60, 20),
    Planned(45, "Insuline", 5.7, 45, 15, ("insulin",)),
    Planned(48, "Katheterzak legen", 6.1, 60, 15),
    Planned(51, "Wassen en medicatie", 6.5, 60, 25),
    Planned(54, "Insuline", 6.9, 30, 15, ("insulin",)),
)

BREAKS = {1: 3.3, 2: 4.0, 3: 4.6}
"""By car: how many hours after the night began its half an hour of rest may begin."""
