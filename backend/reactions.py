"""When this happens, do that: the whole behaviour between rooms, and every job, on one page."""

from backend.demo.night import JOBS as DEMO_JOBS
from backend.dispatch import opening, ringing
from backend.dispatch.events import VisitCancelled
from backend.dispatch.jobs import JOBS as DISPATCH_JOBS
from backend.dispatch.planning import replan
from backend.handover import service as handover
from backend.handover.jobs import JOBS as HANDOVER_JOBS
from backend.intake import service as intake
from backend.intake.events import CareRequestRegistered, ClientIdentified
from backend.people.events import ClientChanged, ClientMerged
from backend.phone import service as phone
from backend.phone.events import VisitReported
from backend.phone.jobs import JOBS as PHONE_JOBS
from backend.platform import mail, tidy
from backend.platform.runtime import Jobs, Reactions
from backend.roster.events import BackupWoken, NightOpened, RosterChanged
from backend.triage import service as triage
from backend.triage.events import TriageDecided

# In the same transaction as the event, from left to right: all of it happens, or none of it.
REACTIONS: Reactions = {
    NightOpened: (replan.plan_when_it_begins, handover.schedule_closing),
    RosterChanged: (replan.plan_for_who_begins_later,),
    BackupWoken: (ringing.ring_the_woken,),
    CareRequestRegistered: (opening.watch_question,),
    ClientIdentified: (triage.move_decisions, opening.name_visit, phone.follow_visits, handover.note_late_change),
    ClientMerged: (intake.move_requests, opening.move_visits, phone.follow_visits, handover.note_late_change),
    ClientChanged: (opening.relocate_visits,),
    TriageDecided: (opening.open_visit, handover.note_late_decision),
    VisitCancelled: (handover.note_late_change,),
    VisitReported: (handover.note_late_report,),
}

# After the transaction, by the worker.
JOBS: Jobs = {
    "send_mail": mail.send_mail,
    "tidy": tidy.tidy,
    **DISPATCH_JOBS,
    **PHONE_JOBS,
    **HANDOVER_JOBS,
    **DEMO_JOBS,
}
