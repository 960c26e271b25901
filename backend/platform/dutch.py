"""Dutch as it is written: numbers, lists, sentences and days. The words of a room stand in that room."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

_WORDS = ("nul", "één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf")
_MONTHS = ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
           "november", "december")  # fmt: skip
WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")


def in_words(count: int) -> str:
    """A number as one says it, up to twelve; above that in figures."""
    return _WORDS[count] if 0 <= count < len(_WORDS) else str(count)


def counted(count: int, one: str, many: str, *, none: str | None = None) -> str:
    """ "één vraag", "vier vragen", "geen vragen"."""
    if count == 0:
        return none or f"geen {many}"
    return f"{in_words(count)} {one if count == 1 else many}"


def sentence(text: str) -> str:
    """With a capital: "één" becomes "Eén", as Dutch is written."""
    if text.startswith("één"):
        return "Eén" + text[3:]
    return text[:1].upper() + text[1:]


def listed(parts: Sequence[str]) -> str:
    """ "a", "a en b", "a, b en c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} en {parts[-1]}" if parts else ""


def day_in_words(day: date, *, with_year: bool = False) -> str:
    """ "22 november"."""
    return f"{day.day} {_MONTHS[day.month - 1]}{f' {day.year}' if with_year else ''}"


def night_name(starts_at: datetime) -> str:
    """ "nacht van 21 op 22 november", from the local time at which it began.

    A night that begins after midnight belongs to the evening before; how long it lasts does not matter.
    """
    evening = starts_at.date() if starts_at.hour >= 12 else starts_at.date() - timedelta(days=1)
    morning = evening + timedelta(days=1)
    if evening.year != morning.year:
        return f"nacht van {day_in_words(evening, with_year=True)} op {day_in_words(morning, with_year=True)}"
    if evening.month != morning.month:
        return f"nacht van {day_in_words(evening)} op {day_in_words(morning)}"
    return f"nacht van {evening.day} op {day_in_words(morning)}"


def thousands(number: int) -> str:
    """25911 -> '25.911'."""
    return f"{number:,}".replace(",", ".")


def with_comma(text: str) -> str:
    """'37.1' -> '37,1'."""
    return text.replace(".", ",")


def decimal(number: float, places: int) -> str:
    """37.08 -> '37,1', with one place."""
    return with_comma(f"{number:.{places}f}")


def percent(share: float) -> str:
    """0.18 -> '18 %'."""
    return f"{100 * share:.0f} %"


def count(number: int, one: str, many: str) -> str:
    """'1 regel', '2.000 regels'."""
    return f"{thousands(number)} {one if number == 1 else many}"
