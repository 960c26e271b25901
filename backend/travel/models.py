"""The tables of travel times: what a routing server answered, and by how much this region differs from it."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.platform.actor import Actor, Scope
from backend.platform.db import Base, Visible
from backend.platform.ids import new_id


class TravelBlock(Base):
    """Rijtijdenblok: what a routing server once told the worker, from each origin to each destination.

    Points are [lat, lon] in four decimals; seconds are the server's own, no factor applied; -1 where it knows no road.
    """

    __tablename__ = "travel_block"
    __table_args__ = (sa.Index(None, "source", "made_at"),)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    source: Mapped[str] = mapped_column(sa.String(20))
    made_at: Mapped[datetime]
    origins: Mapped[list[Any]]
    destinations: Mapped[list[Any]]
    seconds: Mapped[list[Any]]
    metres: Mapped[list[Any]]

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        """Doors stand in it, without names; a nurse's step works out times too, and no page shows it."""
        return actor.scope is Scope.ASSIGNED or actor.sees_all


class TravelFactor(Base):
    """Rijtijdfactor: by how much driving here takes longer than a source says, measured, and in force from a moment."""

    __tablename__ = "travel_factor"
    __table_args__ = (sa.Index(None, "source", "applied_at"),)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    source: Mapped[str] = mapped_column(sa.String(20))
    factor: Mapped[float]
    trips: Mapped[int]
    spread: Mapped[float]
    """Half of the measured trips lie within this share of the factor."""
    error_before: Mapped[float]
    """Mean error of the planned seconds, as a share of the driven ones, with the factor that was in force."""
    error_after: Mapped[float]
    since_at: Mapped[datetime]
    """The first departure that was looked at."""
    applied_at: Mapped[datetime]
    applied_by: Mapped[str] = mapped_column(sa.String(120))

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        return actor.scope is not Scope.NOTHING
