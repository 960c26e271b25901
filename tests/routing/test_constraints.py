"""For every constraint a pair: a night where it costs nothing, and one where it does."""

from __future__ import annotations

from routing import Break, Plan, Problem, Sync, schedule, solve, violations
from tests.routing.nights import STEP_S, a_car, a_night, a_stop


def solved(problem: Problem, incumbent: Plan | None = None) -> Plan:
    plan = solve(problem, iterations=400, seed=1, incumbent=incumbent)
    assert violations(problem, plan, incumbent) == []
    return plan


def reason(plan: Plan) -> str:
    (left_out,) = plan.unplanned
    return left_out.reason


def test_a_nurse_with_the_skill_goes() -> None:
    plan = solved(a_night([a_car(skills=frozenset({"katheter"}))], [a_stop(skills=frozenset({"katheter"}))]))
    assert plan.cost.total == 2 * STEP_S


def test_without_the_skill_nobody_goes_and_the_plan_says_so() -> None:
    plan = solved(a_night([a_car()], [a_stop(skills=frozenset({"katheter"}))]))
    assert reason(plan) == "no_skill"
    assert plan.cost.unserved == 14_400


def test_beginning_in_the_window_costs_nothing() -> None:
    assert solved(a_night([a_car()], [a_stop(window_s=(0, STEP_S))])).cost.late == 0


def test_every_second_after_the_window_costs_its_weight() -> None:
    plan = solved(a_night([a_car()], [a_stop(window_s=(0, STEP_S - 100), late_weight=7)]))
    assert plan.cost.late == 700


def test_the_latest_second_is_still_in_time() -> None:
    assert solved(a_night([a_car()], [a_stop(window_s=(0, 10), latest_s=STEP_S)])).unplanned == ()


def test_a_second_after_the_latest_nobody_goes() -> None:
    assert reason(solved(a_night([a_car()], [a_stop(window_s=(0, 10), latest_s=STEP_S - 1)]))) == "not_in_time"


def test_a_visit_is_left_out_only_when_it_costs_more_than_its_penalty() -> None:
    assert solved(a_night([a_car()], [a_stop(unserved_penalty=2 * STEP_S)])).unplanned == ()
    assert reason(solved(a_night([a_car()], [a_stop(unserved_penalty=2 * STEP_S - 1)]))) == "costs_more"


def test_a_car_is_home_on_the_last_second_of_its_shift() -> None:
    assert solved(a_night([a_car(shift_s=(0, 2 * STEP_S + 1200))], [a_stop()])).unplanned == ()


def test_a_car_that_would_be_home_a_second_late_does_not_go() -> None:
    assert reason(solved(a_night([a_car(shift_s=(0, 2 * STEP_S + 1199))], [a_stop()]))) == "not_in_time"


def test_a_car_may_end_at_another_home() -> None:
    assert solved(a_night([a_car(home=2)], [a_stop()])).cost.travel_s == 2 * STEP_S
    assert solved(a_night([a_car(home=5)], [a_stop()])).cost.travel_s == 5 * STEP_S


def test_a_busy_car_drives_when_it_is_free() -> None:
    plan = solved(a_night([a_car(free_at_s=6000)], [a_stop()]))
    assert plan.routes[0].stops[0].arrive_s == 6000 + STEP_S
    assert plan.cost.late == 0


def test_a_car_that_is_busy_too_long_is_late() -> None:
    assert solved(a_night([a_car(free_at_s=7200)], [a_stop(late_weight=1)])).cost.late == STEP_S


def test_a_visit_under_way_stays_first_whatever_it_costs() -> None:
    far, near = a_stop("ver", 9), a_stop("dichtbij", 1)
    free = solved(a_night([a_car()], [far, near]))
    bound = solved(a_night([a_car(frozen=("ver",))], [far, near]))
    assert [one.stop for one in bound.routes[0].stops] == ["ver", "dichtbij"]
    assert free.cost.late == 0
    assert bound.cost.late == 2 * (2 * 9 * STEP_S - STEP_S + 1200 - 7200)


def test_a_visit_under_way_is_never_taken_over_by_a_nearer_car() -> None:
    plan = solved(a_night([a_car(frozen=("bezoek-1",)), a_car("auto-2", 9)], [a_stop(place=9)]))
    assert plan.cars_of["bezoek-1"] == ("auto-1",)


def test_a_locked_visit_stays_with_its_car() -> None:
    free = a_night([a_car(), a_car("auto-2", 9)], [a_stop(place=8)])
    locked = a_night([a_car(), a_car("auto-2", 9)], [a_stop(place=8, locked_car="auto-1")])
    assert solved(free).cars_of["bezoek-1"] == ("auto-2",)
    assert solved(locked).cars_of["bezoek-1"] == ("auto-1",)


def test_help_in_another_region_costs_spill_over() -> None:
    own = a_night([a_car(regions=frozenset({"oost"}))], [a_stop(region="oost")])
    other = a_night([a_car(regions=frozenset({"west"}))], [a_stop(region="oost")], spill_over=77)
    assert solved(own).cost.spill_over == 0
    assert solved(other).cost.spill_over == 77


def test_a_car_without_regions_may_go_anywhere_for_nothing() -> None:
    assert solved(a_night([a_car()], [a_stop(region="oost")])).cost.spill_over == 0


def test_the_preferred_car_costs_nothing_and_another_does() -> None:
    cars = [a_car(), a_car("auto-2", 9)]
    assert solved(a_night(cars, [a_stop(preferred_car="auto-1")])).cost.preference == 0
    assert solved(a_night(cars, [a_stop(preferred_car="auto-2")], not_preferred=50)).cost.preference == 50


def test_a_backup_sleeps_as_long_as_somebody_else_can_go() -> None:
    backup = a_car("achterwacht", 1, is_backup=True, activation_cost=5000)
    assert solved(a_night([a_car(), backup], [a_stop()])).cars_of["bezoek-1"] == ("auto-1",)


def test_a_backup_is_woken_when_nobody_else_can_go() -> None:
    backup = a_car("achterwacht", 1, is_backup=True, activation_cost=5000)
    plan = solved(a_night([a_car(shift_s=(0, 600)), backup], [a_stop()]))
    assert plan.cars_of["bezoek-1"] == ("achterwacht",)
    assert plan.cost.activation == 5000


def test_a_break_in_a_wait_delays_nobody() -> None:
    rest = Break(earliest_s=600, latest_s=6000, duration_s=1800)
    plan = solved(a_night([a_car(breaks=(rest,))], [a_stop(window_s=(5000, 5100), service_s=3000)]))
    assert plan.cost.late == 0
    assert len(plan.routes[0].breaks) == 1


def test_a_break_that_does_not_fit_in_a_wait_makes_the_next_visit_late() -> None:
    rest = Break(earliest_s=600, latest_s=2000, duration_s=1800)
    stop = a_stop(window_s=(0, 700), service_s=3000, late_weight=1)
    plan = solved(a_night([a_car(breaks=(rest,))], [stop]))
    assert plan.cost.late == 600 + 1800 + STEP_S - 700


def test_who_is_home_before_the_break_must_begin_rests_at_home() -> None:
    rest = Break(earliest_s=7200, latest_s=10_000, duration_s=1800)
    assert solved(a_night([a_car(breaks=(rest,))], [a_stop()])).routes[0].breaks == ()


def test_two_nurses_begin_together() -> None:
    plan = solved(a_night([a_car(), a_car("auto-2", 5)], [a_stop(cars_needed=2)]))
    starts = {one.start_s for route in plan.routes for one in route.stops}
    assert len(starts) == 1
    assert plan.cost.travel_s == 2 * STEP_S + 8 * STEP_S


def test_the_second_nurse_comes_within_the_gap() -> None:
    stop = a_stop(cars_needed=2, sync=Sync(min_gap_s=1500, max_gap_s=1800))
    plan = solved(a_night([a_car(), a_car("auto-2", 1)], [stop]))
    starts = {one.part: one.start_s for route in plan.routes for one in route.stops}
    assert 1500 <= starts[1] - starts[0] <= 1800


def test_one_car_alone_cannot_make_a_double_visit() -> None:
    assert reason(solved(a_night([a_car()], [a_stop(cars_needed=2)]))) == "no_skill"


def test_the_second_nurse_may_need_another_skill() -> None:
    stop = a_stop(cars_needed=2, skills=frozenset({"infuus"}), sync=Sync(skills=frozenset({"tillen"})))
    cars = [a_car(skills=frozenset({"tillen"})), a_car("auto-2", skills=frozenset({"infuus"}))]
    assert solved(a_night(cars, [stop])).cars_of["bezoek-1"] == ("auto-2", "auto-1")


def test_each_nurse_of_a_double_visit_may_be_locked_to_a_car() -> None:
    cars = [a_car(), a_car("auto-2", 1), a_car("auto-3", 9), a_car("auto-4", 9)]
    free = a_stop(cars_needed=2)
    second = a_stop(cars_needed=2, sync=Sync(locked_car="auto-3"))
    both = a_stop(cars_needed=2, locked_car="auto-4", sync=Sync(locked_car="auto-3"), unserved_penalty=30_000)
    assert set(solved(a_night(cars, [free])).cars_of["bezoek-1"]) == {"auto-1", "auto-2"}
    assert solved(a_night(cars, [second])).cars_of["bezoek-1"] == ("auto-2", "auto-3")
    assert solved(a_night(cars, [both])).cars_of["bezoek-1"] == ("auto-4", "auto-3")


def test_a_replan_without_gain_changes_nothing() -> None:
    problem = a_night([a_car(), a_car("auto-2", 0)], [a_stop()], changed_stop=10, changed_car=20)
    incumbent = schedule(problem, {"auto-2": ["bezoek-1"]})
    plan = solved(problem, incumbent)
    assert plan.sequences == incumbent.sequences
    assert plan.cost.change == 0


def test_a_replan_with_gain_pays_for_the_stop_and_for_both_phones() -> None:
    problem = a_night([a_car(), a_car("auto-2", 9)], [a_stop()], changed_stop=10, changed_car=20)
    incumbent = schedule(problem, {"auto-2": ["bezoek-1"]})
    plan = solved(problem, incumbent)
    assert plan.cars_of["bezoek-1"] == ("auto-1",)
    assert plan.cost.change == 10 + 2 * 20


def test_a_full_car_takes_no_more() -> None:
    stops = [a_stop("een", 1, load=2), a_stop("twee", 2, load=2)]
    assert solved(a_night([a_car(capacity=4)], stops)).unplanned == ()
    assert reason(solved(a_night([a_car(capacity=3)], stops))) == "full"
