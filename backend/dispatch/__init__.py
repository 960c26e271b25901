"""Dispatch: visits, who goes, the board, and what happens when nobody answers.

Read it from below, in this order; nothing here knows what comes after it (a contract in pyproject.toml keeps that):

* `rules` says who may go, when somebody must be there and how a visit moves on; `alarm_rules` when the desk is called;
  `timetable` when a car leaves, arrives and rests; `blueprint` is what the routes of the API hang on
* `models`, `events`, and `objections`: what stands against a car, as it leaves the house
* `alarms`, `presence` (who at the desk is busy with what) and `queries`
* `tonight`: one moment of one night, read in a handful of statements
* `writing`: how every write begins: its night is held, read once, and handed on
* `routes`: in which order a car drives, and at what time
* `driving`: what a drive was planned to take, and what it took
* `doubles` (the other nurse's visit), `breaks` (when she rests), `ringing` (her phone, until somebody answers)
* `assign`: who goes
* `opening` (a visit opens, changes, is no longer needed) and `steps` (what the nurse taps)
* `second_nurse`: two at one door
* `planning`: who could go, and in which order; the door to the optimiser
* `proposals`: better routes at the desk's asking, put in force by a person
* `board`: what the desk sees; `breaks_api`: its door to the breaks
* `api`: the desk's door to all of it; `jobs`: what the worker does
"""
