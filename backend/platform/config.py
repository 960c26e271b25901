"""Settings, read once from the environment when the app is made."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app

ROOT = Path(__file__).resolve().parents[2]
INSTANCE = (ROOT if (ROOT / "pyproject.toml").is_file() else Path.cwd()) / "instance"
"""Where this house keeps things unless a setting says otherwise: beside the source, or where an installed one runs."""
TRAVEL = ("crow", "roads", "osrm", "valhalla")
ASKED_OVER_HTTP = ("osrm", "valhalla")
DEFAULT_SECRET = "only-for-a-demo-on-this-machine"


class BadSetting(Exception):
    """A setting that would make the night unsafe; the sentence says what to do."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every knob of one installation. Environment variables carry the prefix NACHTRONDE_."""

    database_url: str = field(default_factory=lambda: f"sqlite:///{INSTANCE / 'nachtronde.db'}")
    secret_key: str = DEFAULT_SECRET
    is_demo: bool = False
    log_level: str = "info"
    public_url: str = "http://localhost:8000"
    proxies: int = 0
    """How many proxies of our own stand in front: so many forwarded addresses are believed, and no more."""
    threads: int = 32
    stream_reserve: int = 8
    """Streams are refused when fewer than this many threads would be left for ordinary questions."""
    session_hours: int = 12
    vapid_private_key: str = ""
    vapid_subject: str = "mailto:beheer@nachtronde.example"
    mail_url: str = ""
    mail_from: str = ""
    ring_again_s: int = 30
    desk_alarm_s: int = 60
    backup_alarm_s: int = 120
    overdue_default_min: int = 45
    travel: str = "crow"
    """Where driving times come from: crow, roads, osrm or valhalla."""
    travel_url: str = ""
    """The address of your own osrm or valhalla."""
    roads_file: str = field(default_factory=lambda: str(INSTANCE / "roads.npz"))
    """Where `flask roads import` keeps the road map of this house."""
    routing_time_factor: float | None = None
    """Multiplies every travel time, whatever was calibrated; None follows what `flask travel calibrate` found."""
    plan_night_s: float = 5.0
    """Seconds of search for the routes of a whole night, when it begins."""
    plan_proposal_s: float = 5.0
    """Seconds of search when the desk asks for better routes; two to ten is sensible."""
    replan_s: float = 0.5
    """Seconds of search behind every assignment and every visit that is done."""
    break_minutes: int = 0
    """The break that every new shift gets; 0 for none."""
    break_after_min: int = 120
    break_before_min: int = 90
    """It begins at least so long after the shift's start, and so long before its end."""
    extra_push_hosts: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings; a value that cannot be read stops the start with a clear sentence."""
        environ = os.environ if environ is None else environ
        given = {key[11:].lower(): value for key, value in environ.items() if key.startswith("NACHTRONDE_")}
        values: dict[str, object] = {}
        for name, kind in cls.__annotations__.items():
            key = "demo" if name == "is_demo" else name
            if key not in given:
                continue
            values[name] = _read(key, given[key], kind)
        return replace(cls(), **values)  # type: ignore[arg-type]

    def refuse_unsafe(self) -> None:
        """Outside a demo nobody starts on the secret that stands in the source."""
        if not self.is_demo and (self.secret_key == DEFAULT_SECRET or len(self.secret_key) < 32):
            raise BadSetting(
                "NACHTRONDE_SECRET_KEY is missing or too short. Make one with "
                "`python -c 'import secrets; print(secrets.token_urlsafe(48))'` and keep it secret; "
                "or set NACHTRONDE_DEMO=1 for a demo with fictional people."
            )

    def refuse_unusable(self) -> None:
        """Travel times that nothing can give stop the start, not the night."""
        if self.travel not in TRAVEL:
            raise BadSetting(f"NACHTRONDE_TRAVEL must be crow, roads, osrm or valhalla, not {self.travel!r}")
        parts = urlsplit(self.travel_url)
        if self.travel in ASKED_OVER_HTTP and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise BadSetting(
                f"NACHTRONDE_TRAVEL={self.travel} needs NACHTRONDE_TRAVEL_URL, the address of your own server, "
                "such as http://localhost:5000"
            )
        if self.routing_time_factor is not None and not 0.2 <= self.routing_time_factor <= 5:
            raise BadSetting("NACHTRONDE_ROUTING_TIME_FACTOR must be between 0.2 and 5")


def _read(key: str, text: str, kind: object) -> object:
    if kind in (bool, "bool"):
        return text.strip().lower() in ("1", "true", "yes", "ja")
    if kind in (int, "int", float, "float", float | None):
        try:
            return int(text) if kind in (int, "int") else float(text)
        except ValueError:
            raise BadSetting(f"NACHTRONDE_{key.upper()} must be a number, not {text!r}") from None
    if key == "extra_push_hosts":
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text


def settings() -> Settings:
    """The settings of the running app."""
    found: Settings = current_app.extensions["nachtronde"].settings
    return found
