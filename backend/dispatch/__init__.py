"""Dispatch: visits, shifts, who goes, the board, and what happens when nobody answers.

Read in this order: `rules.py` (who may go, how a visit moves on), `models.py`, `opening.py` (a visit opens, changes, is
cancelled), `assign.py` (who goes), `steps.py` (what the nurse taps), `ringing.py` (nobody answers), `planning.py` (the
only door to the optimiser), `replan.py` (planning in the background), `board.py` (what the desk sees).
"""
