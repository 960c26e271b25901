"""The compiled search: a problem as arrays, what a place for one stop costs, and two ways to look for a better plan.

`search_strings` takes strings of stops out and puts them back, for nights in which every visit has one nurse;
`search_pairs` anneals chains of visits that meet, for nights in which some have two. Arrays hold int64 seconds unless
they say otherwise.
"""

from routing.search.arrays import FORBIDDEN, Arrays, Compiled, Orders, compiled, with_incumbent
from routing.search.paired import search as search_pairs
from routing.search.ruin import load
from routing.search.state import State, new_state
from routing.search.stopping import StoppingCriterion
from routing.search.strings import search as search_strings
from routing.search.timing import insertion, insertions, obstacles, times_with
from routing.search.together import cheapest as cheapest_together
from routing.search.together import prices as prices_together

__all__ = [
    "FORBIDDEN",
    "Arrays",
    "Compiled",
    "Orders",
    "State",
    "StoppingCriterion",
    "cheapest_together",
    "compiled",
    "insertion",
    "insertions",
    "load",
    "new_state",
    "obstacles",
    "prices_together",
    "search_pairs",
    "search_strings",
    "times_with",
    "with_incumbent",
]
