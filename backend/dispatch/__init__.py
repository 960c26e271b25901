"""Dispatch: visits, who goes, the board, and what happens when nobody answers.

What a night does stands here; read it in this order: `rules.py` (who may go, how a visit moves on), `models.py`,
`tonight.py` (one moment of one night), `opening.py` (a visit opens, changes, is cancelled), `assign.py` (who goes),
`second_nurse.py` (two at one door), `routes.py` (in which order, at what time), `steps.py` (what the nurse taps),
`breaks.py` (when she rests), `ringing.py` and `alarms.py` (nobody answers). What it leans on has a folder each:

* `driving/`: what a drive was planned to take, and what it took
* `planning/`: who could go, and in which order; the door to the optimiser
* `proposals/`: better routes at the desk's asking, put in force by a person
* `board/`: what the desk sees
"""
