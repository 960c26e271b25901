"""When the desk is called: what nobody answered, what takes too long, what cannot be done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class AlarmKind(StrEnum):
    """Soort alarm op de zorgcentrale."""

    UNACKNOWLEDGED = "unacknowledged"
    NURSE_ALARM = "nurse_alarm"
    OVERDUE = "overdue"
    LATE_NORM = "late_norm"
    PUSH_DEAD = "push_dead"
    NO_CAR = "no_car"


class RingStep(StrEnum):
    """Stap in het oproepen, from the first ring to the back-up."""

    RANG = "rang"
    RANG_AGAIN = "rang_again"
    DESK_ALARM = "desk_alarm"
    NEXT_CAR = "next_car"


@dataclass(frozen=True)
class RingTimes:
    """How long to wait for an answer before each next step (seconds since the assignment)."""

    again_s: int = 30
    desk_alarm_s: int = 60
    next_car_s: int = 120

    def schedule(self, assigned_at: datetime) -> tuple[tuple[RingStep, datetime], ...]:
        """Every step with its moment. Only an acknowledgement ends the row."""
        return (
            (RingStep.RANG, assigned_at),
            (RingStep.RANG_AGAIN, assigned_at + timedelta(seconds=self.again_s)),
            (RingStep.DESK_ALARM, assigned_at + timedelta(seconds=self.desk_alarm_s)),
            (RingStep.NEXT_CAR, assigned_at + timedelta(seconds=self.next_car_s)),
        )


def overdue_at(arrived_at: datetime, *, service_minutes: int | None, default_minutes: int = 45) -> datetime:
    """When the desk asks how it goes at a visit: fifteen minutes beyond the expected time, or after the default."""
    minutes = service_minutes + 15 if service_minutes else default_minutes
    return arrived_at + timedelta(minutes=minutes)


OVERDUE_BACKUP_AFTER = timedelta(minutes=10)
"""Ten minutes after the overdue alarm the back-up protocol is due (lone worker)."""

ENDS_WHEN_ACKNOWLEDGED = frozenset({AlarmKind.NURSE_ALARM, AlarmKind.LATE_NORM, AlarmKind.PUSH_DEAD})
"""The others stay on the board, quietly, until their cause is gone."""
