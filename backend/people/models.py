"""The tables of people and places."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ColumnElement, ForeignKey, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.people import rules
from backend.people.addresses import HouseNumber, Point
from backend.people.rules import AccessType, FundingLaw, OrganisationKind, Precision, ReservedProcedure, Role, Sex
from backend.platform.actor import Actor, Scope
from backend.platform.clock import now
from backend.platform.db import Base, Visible
from backend.platform.ids import new_id


class Partnership(Base):
    """Samenwerkingsverband: the organisations that keep one desk and one set of cars. There is one row."""

    __tablename__ = "partnership"
    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str]
    desk_phone: Mapped[str]
    backup_note: Mapped[str] = mapped_column(default="")

    @classmethod
    def visible_to(cls, actor: Actor) -> bool:
        """A name and a telephone number that everybody who works here knows."""
        return actor.scope is not Scope.NOTHING


class Organisation(Base):
    """Bronorganisatie: an organisation whose clients may need somebody at night, or the desk itself."""

    __tablename__ = "organisation"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    short_name: Mapped[str]
    kind: Mapped[OrganisationKind] = mapped_column(default=OrganisationKind.CARE)
    email: Mapped[str | None]
    morning_email: Mapped[str | None]
    phone: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True)

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        """The desk sees all, an organisation itself, a nurse her own and those of her clients of tonight."""
        match actor.scope:
            case Scope.ALL:
                return True
            case Scope.ORGANISATION:
                return cls.id == actor.organisation_id
            case Scope.ASSIGNED:
                mine = sa.select(TreatmentRelation.organisation_id).where(treats(actor, now()))
                return (cls.id == actor.organisation_id) | cls.id.in_(mine)
        return False


class Staff(Base):
    """Medewerker: somebody who logs in."""

    __tablename__ = "staff"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str]
    role: Mapped[Role]
    login: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    phone: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True)

    organisation: Mapped[Organisation] = relationship()
    competences: Mapped[list[Competence]] = relationship(
        back_populates="staff", order_by="Competence.procedure", cascade="all, delete-orphan"
    )

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        """The desk sees all, a team manager the own organisation, a nurse herself."""
        match actor.scope:
            case Scope.ALL:
                return True
            case Scope.ORGANISATION:
                return cls.organisation_id == actor.organisation_id
            case Scope.ASSIGNED:
                return cls.id == actor.staff_id
        return False


class Competence(Base):
    """Bekwaamheid: somebody may do a reserved procedure up to and including a day."""

    __tablename__ = "competence"
    __table_args__ = (sa.UniqueConstraint("staff_id", "procedure"),)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    procedure: Mapped[ReservedProcedure]
    valid_until: Mapped[date]

    staff: Mapped[Staff] = relationship(back_populates="competences")

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        """Whoever may see the person may see what she is competent in."""
        match actor.scope:
            case Scope.ALL:
                return True
            case Scope.ORGANISATION:
                colleagues = sa.select(Staff.id).where(Staff.organisation_id == actor.organisation_id)
                return cls.staff_id.in_(colleagues)
            case Scope.ASSIGNED:
                return cls.staff_id == actor.staff_id
        return False


class Client(Base):
    """Cliënt: somebody who lives at home with care. A provisional one is merged into a known one later."""

    __tablename__ = "client"
    __table_args__ = (sa.UniqueConstraint("organisation_id", "client_number"),)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    client_number: Mapped[str | None]
    family_name: Mapped[str]
    prefix: Mapped[str] = mapped_column(default="")
    initials: Mapped[str] = mapped_column(default="")
    given_name: Mapped[str | None]
    sex: Mapped[Sex] = mapped_column(default=Sex.UNKNOWN)
    birth_date: Mapped[date | None]
    phone: Mapped[str | None]
    street: Mapped[str] = mapped_column(default="")
    house_number: Mapped[int | None]
    addition: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str | None]
    city: Mapped[str] = mapped_column(default="")
    entry_note: Mapped[str] = mapped_column(default="")
    """Floor, which door, where to park: how to find the door, never how to open it."""
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    precision: Mapped[Precision] = mapped_column(default=Precision.UNKNOWN)
    pinned_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    funding_law: Mapped[FundingLaw] = mapped_column(default=FundingLaw.UNKNOWN)
    access_type: Mapped[AccessType] = mapped_column(default=AccessType.UNKNOWN)
    access_note: Mapped[str] = mapped_column(default="")
    alerts: Mapped[list[str]] = mapped_column(default=list)
    language: Mapped[str] = mapped_column(default="Nederlands")
    gp_name: Mapped[str | None]
    gp_phone: Mapped[str | None]
    contact_name: Mapped[str | None]
    contact_phone: Mapped[str | None]
    contact_relation: Mapped[str | None]
    treatment_limits: Mapped[str | None]
    is_provisional: Mapped[bool] = mapped_column(default=False)
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("client.id"))
    is_active: Mapped[bool] = mapped_column(default=True)
    search_text: Mapped[str] = mapped_column(default="")
    """Filled by the model itself, see `_fill_search_text`."""

    organisation: Mapped[Organisation | None] = relationship()

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        """The desk sees all, an organisation its own, a nurse those she treats at this moment."""
        match actor.scope:
            case Scope.ALL:
                return True
            case Scope.ORGANISATION:
                return cls.organisation_id == actor.organisation_id
            case Scope.ASSIGNED:
                return cls.id.in_(sa.select(TreatmentRelation.client_id).where(treats(actor, now())))
        return False

    @property
    def label(self) -> str:
        """'Mw. J. de Groot'."""
        return rules.name_label(sex=self.sex, initials=self.initials, prefix=self.prefix, family_name=self.family_name)

    def age_on(self, day: date) -> int | None:
        """Whole years on that day; None when the birth date is unknown."""
        return rules.age_on(self.birth_date, day)

    @property
    def door(self) -> str:
        """House number and addition as one would write them: '214-2'."""
        return "" if self.house_number is None else str(HouseNumber(self.house_number, self.addition))

    @property
    def address_line(self) -> str:
        """'Admiraal de Ruijterweg 214-2'."""
        return f"{self.street} {self.door}".strip()

    @property
    def point(self) -> Point | None:
        """Where the door is, as far as known."""
        return None if self.lat is None or self.lon is None else Point(self.lat, self.lon)


@event.listens_for(Client, "before_insert")
@event.listens_for(Client, "before_update")
def _fill_search_text(_mapper: object, _connection: object, client: Client) -> None:
    """Whoever adds or changes a client, the search finds the new name."""
    names: Iterable[str | None] = (client.family_name, client.prefix, client.initials, client.given_name)
    client.search_text = rules.search_text(
        names=names, birth_date=client.birth_date, postcode=client.postcode, client_number=client.client_number
    )


class TreatmentRelation(Base):
    """Behandelrelatie: the time in which a nurse may see a client. Without one she sees nobody."""

    __tablename__ = "treatment_relation"
    __table_args__ = (sa.Index(None, "staff_id", "client_id"),)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("client.id"), index=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        """The desk sees all, an organisation those of its own clients, a nurse her own."""
        match actor.scope:
            case Scope.ALL:
                return True
            case Scope.ORGANISATION:
                return cls.organisation_id == actor.organisation_id
            case Scope.ASSIGNED:
                return cls.staff_id == actor.staff_id
        return False


def treats(actor: Actor, at: datetime) -> ColumnElement[bool]:
    """The actor has a treatment relation at that moment."""
    return sa.and_(
        TreatmentRelation.staff_id == actor.staff_id,
        TreatmentRelation.valid_from <= at,
        sa.or_(TreatmentRelation.valid_until.is_(None), TreatmentRelation.valid_until > at),
    )


class Region(Base):
    """Regio: a set of postcode areas with cars of its own."""

    __tablename__ = "region"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(unique=True)

    postcode_areas: Mapped[list[PostcodeArea]] = relationship(back_populates="region", order_by="PostcodeArea.pc4")

    @classmethod
    def visible_to(cls, actor: Actor) -> bool:
        """Public geography, for whoever is logged in."""
        return actor.scope is not Scope.NOTHING


class PostcodeArea(Base):
    """Postcodegebied: four digits, their approximate centre, and the one region they belong to."""

    __tablename__ = "postcode_area"
    pc4: Mapped[str] = mapped_column(sa.String(4), primary_key=True)
    place: Mapped[str]
    neighbourhood: Mapped[str] = mapped_column(default="")
    lat: Mapped[float]
    lon: Mapped[float]
    is_estimated: Mapped[bool] = mapped_column(default=False)
    """The centre is only the mean of some addresses, until a list of areas is imported."""
    region_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("region.id"), index=True)

    region: Mapped[Region | None] = relationship(back_populates="postcode_areas")

    @classmethod
    def visible_to(cls, actor: Actor) -> bool:
        """Public geography, for whoever is logged in."""
        return actor.scope is not Scope.NOTHING


class Address(Base):
    """Adres: one door of the gazetteer, with its coordinates."""

    __tablename__ = "address"
    __table_args__ = (sa.UniqueConstraint("postcode", "house_number", "addition"),)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    postcode: Mapped[str] = mapped_column(sa.String(6))
    house_number: Mapped[int]
    addition: Mapped[str] = mapped_column(default="")
    street: Mapped[str]
    city: Mapped[str]
    lat: Mapped[float]
    lon: Mapped[float]

    @classmethod
    def visible_to(cls, actor: Actor) -> bool:
        """Public geography, for whoever is logged in."""
        return actor.scope is not Scope.NOTHING
