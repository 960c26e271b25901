"""Everything that changes something in this room, by name; each use case lives in a file of its own."""

from backend.dispatch.alarms import acknowledge
from backend.dispatch.assign import AlreadyAssigned, MayNotAssign, Slot, VersionChanged, assign, withdraw
from backend.dispatch.opening import (
    add_planned,
    cancel,
    lock,
    mark_reported,
    move_visits,
    name_visit,
    open_visit,
    relocate_visits,
    watch_question,
)
from backend.dispatch.planning.replan import plan_night
from backend.dispatch.presence import claim, release
from backend.dispatch.proposals.choice import accept as accept_proposal
from backend.dispatch.proposals.choice import cancel as cancel_proposal
from backend.dispatch.proposals.choice import decline as decline_proposal
from backend.dispatch.proposals.choice import undo as undo_proposal
from backend.dispatch.proposals.service import ask as ask_proposal
from backend.dispatch.roster.breaks import plan_break
from backend.dispatch.roster.service import (
    add_car,
    add_home_base,
    add_shift,
    change_car,
    open_night,
    set_norms,
    tonight,
    wake,
)
from backend.dispatch.second_nurse import SecondCar, add_second, assign_both, cancel_both, drop_others
from backend.dispatch.steps import accept, arrive, depart, finish, note_position, raise_nurse_alarm, set_status
from backend.dispatch.writing import lock_night

__all__ = [
    "AlreadyAssigned",
    "MayNotAssign",
    "SecondCar",
    "Slot",
    "VersionChanged",
    "accept",
    "accept_proposal",
    "acknowledge",
    "add_car",
    "add_home_base",
    "add_planned",
    "add_second",
    "add_shift",
    "arrive",
    "ask_proposal",
    "assign",
    "assign_both",
    "cancel",
    "cancel_both",
    "cancel_proposal",
    "change_car",
    "claim",
    "decline_proposal",
    "depart",
    "drop_others",
    "finish",
    "lock",
    "lock_night",
    "mark_reported",
    "move_visits",
    "name_visit",
    "note_position",
    "open_night",
    "open_visit",
    "plan_break",
    "plan_night",
    "raise_nurse_alarm",
    "release",
    "relocate_visits",
    "set_norms",
    "set_status",
    "tonight",
    "undo_proposal",
    "wake",
    "watch_question",
    "withdraw",
]
