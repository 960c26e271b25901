"""Who searches for how long, and in which process: several engines side by side, exchanging the best plan."""

from routing.engines.line_up import orders_from
from routing.engines.or_tools import from_nothing
from routing.engines.processes import Answer, solve_in_processes

__all__ = ["Answer", "from_nothing", "orders_from", "solve_in_processes"]
