"""What people ask in the demo night, in their own words, and what the desk made of it in the hours before you came."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Ask:
    """A call: who (a client's place in the cast), what they say, and under which entry complaint it is kept."""

    client: int
    complaint: str
    question: str
    relation: str = "client"
    onset: str = ""
    measures: str = ""
    channel: str = "phone"


@dataclass(frozen=True)
class Decide:
    """What the desk decided: the facts that make one triage decision."""

    urgency: str
    outcome: str
    advice: str = ""
    safety_net: str = ""
    competences: tuple[str, ...] = ()
    minutes: int = 30
    referral: dict[str, Any] | None = None
    emergency_to: str = ""
    alternative: str = ""
    counterfactual: str = "none"
    is_night_care: bool = True


@dataclass(frozen=True)
class Report:
    """What the nurse wrote."""

    subjective: str
    objective: str
    evaluation: str
    plan: str
    measurements: tuple[tuple[str, Any, str], ...] = ()
    follow_up: tuple[str, str] | None = None
    """What has to be done before noon after the night, and by whom."""
    counterfactual: str = "gp_post"
    needed_after: str = "none"


@dataclass(frozen=True)
class Scene:
    """One call of the hours before you came: when (hours after the night began), what was asked, what was done."""

    hour: float
    ask: Ask
    decide: Decide
    report: Report | None = None
    car: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)


_CALL_BACK = "Bel terug als het erger wordt, als u koorts krijgt, of als u zich zorgen blijft maken."

# The night before: closed, read, and still visible as contact within 72 hours.
YESTERDAY = (
    Scene(3.2, Ask(0, "catheter", "Er komt al een paar uur bijna niets meer in de zak en het drukt.", "informal_carer", "een paar uur"),
          Decide("U3", "visit", competences=("bladder_catheter",), counterfactual="gp_post"),
          Report("Drukgevoel, sinds een paar uur weinig urine.", "Katheter loopt traag, vlokken in de urine.",
                 "Beginnende verstopping.", "Gespoeld met NaCl, loopt weer goed. Meer drinken besproken.",
                 (("pain", 4, "NRS"), ("temperature", 36.9, "°C")), ("Letten op de afloop; bij herhaling katheter wisselen", "own_organisation")),
          car=2),
    Scene(4.1, Ask(4, "chronic_illness", "Ik weet niet meer of ik mijn avondpil heb genomen.", onset="vanavond"),
          Decide("U5", "phone_advice", "Niet alsnog innemen; de volgende op de gewone tijd.", _CALL_BACK, counterfactual="gp_post")),
)  # fmt: skip

TONIGHT = (
    Scene(0.25, Ask(8, "chronic_illness", "Mijn man is onrustig en wil steeds uit bed. Wat kan ik doen?", "informal_carer", "sinds een uur"),
          Decide("U4", "phone_advice", "Lamp aan laten, rustig praten, samen naar het toilet. Over een half uur bellen wij u terug.", _CALL_BACK,
                 counterfactual="own_organisation")),
    Scene(0.5, Ask(1, "fall_trauma_fracture", "Hij is van de bank gegleden en komt niet meer overeind. Hij heeft geen pijn.", "informal_carer", "een kwartier geleden"),
          Decide("U3", "visit", competences=("fall_assessment",), minutes=35, counterfactual="ambulance"),
          Report("Van de bank gegleden bij het opstaan. Geen pijn, hoofd niet gestoten.", "Helder, beweegt alles. Geen wond of stand.",
                 "Val zonder letsel, hulp bij opstaan nodig.", "Met tilhulp opgestaan, terug in bed. Vloerkleed weggehaald.",
                 (("blood_pressure", "138/82", "mmHg"), ("pulse", 78, "/min"), ("pain", 0, "NRS")),
                 ("Valpreventie doornemen; kleed in de kamer vastleggen of weghalen", "own_organisation"), "ambulance"), car=2),
    Scene(0.8, Ask(5, "diabetes", "Mijn suiker is 16 en ik heb al gespoten. Moet ik nog een keer?", onset="net gemeten"),
          Decide("U4", "phone_advice", "Nu niet bijspuiten. Water drinken en over twee uur opnieuw meten.", "Bel meteen bij braken, sufheid of boven 20.",
                 counterfactual="gp_post")),
    Scene(1.1, Ask(11, "medical_aids", "De batterij van de tillift is leeg en ik lig in de lift.", "client", "nu"),
          Decide("U3", "visit", minutes=20, counterfactual="own_organisation"),
          Report("Zat vast in de tillift, geen pijn.", "Lift met de hand laten zakken, accu in de lader.", "Technisch probleem.",
                 "Accu laadt. Leverancier bellen voor een tweede accu.", (), ("Leverancier tillift bellen: tweede accu", "own_organisation"),
                 "own_organisation"), car=3),
    Scene(1.5, Ask(14, "pain_chest_pain", "Mijn vrouw heeft een drukkende pijn op de borst, ze is klam en grauw.", "informal_carer", "tien minuten"),
          Decide("U1", "emergency_call", emergency_to="Meldkamer Ambulancezorg", counterfactual="ambulance")),
    Scene(1.7, Ask(17, "constipation", "Ik heb al drie dagen geen ontlasting gehad.", onset="drie dagen"),
          Decide("U5", "refer_own_gp", "Vannacht ruim drinken; de huisarts belt u morgen.", _CALL_BACK,
                 referral={"target": "own_gp", "person_reached": "bericht voor de praktijk, 08:00"}, counterfactual="gp_post")),
    Scene(2.0, Ask(20, "wound_bite", "Het verband is doorgelekt en het bloedt een beetje.", "client", "een half uur"),
          Decide("U4", "phone_advice", "Schoon verband eroverheen, been hoog. De wijkverpleging komt om acht uur.", "Bel als het bloed door het nieuwe verband komt.",
                 counterfactual="own_organisation")),
    Scene(2.2, Ask(23, "chronic_illness", "Kan er iemand komen om mijn kussens op te schudden?", onset="elke nacht"),
          Decide("U5", "not_night_care", alternative="De eigen organisatie bespreekt morgen een vast moment in de avond.", is_night_care=False,
                 counterfactual="own_organisation")),
    Scene(2.4, Ask(26, "shortness_of_breath", "Ik ben benauwder dan anders, ik kan nog wel praten.", "client", "sinds vanavond"),
          Decide("U2", "refer_gp_post", "Rechtop zitten, raam open. De huisartsenpost belt u zo.", "Bel 112 als u niet meer uit uw woorden komt.",
                 referral={"target": "gp_post", "person_reached": "triagist huisartsenpost"}, counterfactual="gp_post")),
)  # fmt: skip

# What is on the line now, and stays there for you: one question to judge, one visit that waits for a car.
NOW: tuple[tuple[Ask, Decide | None], ...] = (
    (Ask(29, "fall_trauma_fracture", "Ik ben in de badkamer gevallen en kom niet overeind. Mijn pols doet zeer.", "client", "een kwartier geleden"),
     Decide("U3", "visit", competences=("fall_assessment",), minutes=35, counterfactual="ambulance")),
    (Ask(0, "catheter", "De katheter zit weer verstopt. Ze heeft veel pijn en wordt onrustig.", "informal_carer", "sinds een half uur",
         "Slang nagekeken op een knik"), None),
)  # fmt: skip

# What keeps coming while you watch. A colleague at the desk settles what can be settled by phone; for the rest somebody must go.
STREAM: tuple[tuple[Ask, Decide | None], ...] = (
    (Ask(32, "diabetes", "Mijn moeder is zweterig en beverig, haar suiker is 3,4.", "informal_carer", "een half uur"), None),
    (Ask(35, "chronic_illness", "Ik kan niet slapen en weet niet of ik nog een paracetamol mag."),
     Decide("U5", "phone_advice", "Vier uur na de vorige mag er weer een, hooguit vier op een dag.", _CALL_BACK, counterfactual="gp_post")),
    (Ask(62, "chronic_illness", "Wanneer komt de zuster morgen eigenlijk?"),
     Decide("U5", "phone_advice", "Om half negen, zoals altijd. Probeer nog wat te slapen.", _CALL_BACK)),
    (Ask(38, "catheter", "De zak lekt en het hele bed is nat.", "client", "net ontdekt"), None),
    (Ask(53, "medical_aids", "De zuurstof piept en ik weet niet wat het betekent.", "client", "vijf minuten"),
     Decide("U4", "phone_advice", "De stekker zat los; het apparaat loopt weer. Leverancier heeft een nachtnummer op de zijkant.", _CALL_BACK,
            counterfactual="own_organisation")),
    (Ask(47, "frail_elderly", "Vader dwaalt door het huis en doet de voordeur steeds open.", "informal_carer", "sinds een uur"),
     Decide("U4", "phone_advice", "Deur op het nachtslot, lamp in de gang aan. Wij bellen over een uur terug.", _CALL_BACK,
            counterfactual="own_organisation")),
    (Ask(41, "fall_trauma_fracture", "Mijn buurman ligt in de gang, hij praat gewoon maar komt niet op.", "other", "hij belde net"), None),
    (Ask(59, "constipation", "Ik heb buikpijn en moet steeds naar het toilet zonder dat er iets komt."),
     Decide("U4", "phone_advice", "Warme kruik, rustig drinken, niet persen. Bel bij koorts of als de pijn vast wordt.", _CALL_BACK,
            counterfactual="gp_post")),
    (Ask(44, "feeding_tube", "De sonde van mijn man is eruit gegleden.", "informal_carer", "bij het omdraaien"), None),
    (Ask(56, "wound_bite", "De pleister op haar stuit is los en het is nat.", "informal_carer"),
     Decide("U5", "phone_advice", "Schoon gaas erop tot de ochtend; de wijkverpleging komt om acht uur.", _CALL_BACK, counterfactual="own_organisation")),
    (Ask(50, "palliative_care", "De pijn is niet meer te houden met wat we hebben.", "informal_carer", "sinds vanavond"), None),
    (Ask(64, "diabetes", "Ik heb per ongeluk twee keer gespoten.", "client", "tien minuten geleden"),
     Decide("U2", "refer_gp_post", "Nu iets zoets eten en over een kwartier meten. De huisartsenpost belt u.", "Bel 112 bij sufheid.",
            referral={"target": "gp_post", "person_reached": "triagist huisartsenpost"}, counterfactual="gp_post")),
)  # fmt: skip
