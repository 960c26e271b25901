"""Draw districts anew: fairer work, less driving, sooner there, and as few areas as possible in another district.

A district stays in one piece: an area leaves only when what it leaves still hangs together, and goes only where it
has a neighbour. Found by annealing from the present layout and from one grown around the bases; the same question
and seed give the same answer.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from routing.districts.layout import Districting, Layout, LayoutFigures, figures, pieces, response_s
from routing.districts.search import Search, mended

STEPS_PER_AREA = 400
STEPS = (6_000, 60_000)
"""At least and at most, for each of the three searches: about a second together at 100 areas and 10 districts."""
HEATS = (1.0, 6.0, 0.5)
"""Temperatures at which they begin, as a part of the work of a mean area: near the present layout, far from it, and
around the best of the two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Verhuizing: an area that goes to another district, and what speaks most for it.

    `reason` is one of: "nowhere" (nobody served it), "island" (it lay apart from the rest of its district), "balance",
    "response", "driving" (what would get worse most if it stayed), "together" (it goes along with its neighbours).
    `saves` tells per term how many seconds per night it would cost to leave this one area where it was.
    """

    area: str
    source: str | None
    target: str
    reason: str
    saves: Mapping[str, float]
    response_before_s: float
    response_after_s: float
    work_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictProposal:
    """Voorstel: a layout with its figures beside those of the present one. Without moves there was nothing better."""

    layout: Layout
    before: LayoutFigures
    after: LayoutFigures
    moves: tuple[Move, ...]

    @property
    def is_better(self) -> bool:
        """Is there anything to change?"""
        return bool(self.moves)


def redraw(question: Districting, *, steps: int | None = None, seed: int = 0) -> DistrictProposal:
    """The best layout found; the present one when nothing cheaper was found and it leaves no area out.

    Parameters
    ----------
    steps : tries per search; left out, 400 per area, at least 6,000 and at most 60,000.
    seed : another seed may find another layout of about the same cost.
    """
    if not question.areas or not question.districts:
        raise ValueError("there is nothing to draw: no areas, or no districts")
    steps = min(max(STEPS_PER_AREA * len(question.areas), STEPS[0]), STEPS[1]) if steps is None else steps
    present = question.rows(question.present)
    before = figures(question, question.present)
    layouts: list[list[int]] = []
    if -1 not in present and all(row in present for row in range(len(question.districts))):
        layouts.append(present)
    chance = random.Random(seed)
    for start, heat in zip((present, [-1] * len(present)), HEATS, strict=False):
        sound = mended(question, start)
        layouts += [sound, Search(question, sound, chance).run(steps, heat)]
    layouts.append(Search(question, _cheapest(question, layouts), chance).run(steps, HEATS[-1]))
    layout = question.layout(_cheapest(question, layouts))
    after = figures(question, layout)
    return DistrictProposal(layout=layout, before=before, after=after, moves=_moves(question, layout, after))


def _cheapest(question: Districting, layouts: Sequence[list[int]]) -> list[int]:
    """The first of the cheapest, so that the present layout stays when nothing is really better."""
    return min(layouts, key=lambda rows: round(figures(question, question.layout(rows)).cost, 3))


def _moves(question: Districting, layout: Layout, after: LayoutFigures) -> tuple[Move, ...]:
    lay_apart = _islands(question)
    bases = {one.district: one.bases for one in after.districts}
    found = []
    for row, area in enumerate(question.areas):
        target = layout[area.id]
        if target is None or target == question.present[area.id]:
            continue
        source = question.present[area.id]
        waits = [
            float(response_s(question, bases[one], [row])[0]) if one is not None and bases[one] else 0.0
            for one in (source, target)
        ]
        saves: dict[str, float] = {}
        reason = "nowhere"
        if source is not None:
            stayed = figures(question, {**layout, area.id: source}).terms
            saves = {name: stayed[name] - after.terms[name] for name in ("balance", "response", "driving")}
            most = max(saves, key=lambda name: saves[name])
            reason = "island" if row in lay_apart else most if saves[most] > 0 else "together"
        found.append(
            Move(
                area=area.id,
                source=source,
                target=target,
                reason=reason,
                saves=saves,
                response_before_s=waits[0],
                response_after_s=waits[1],
                work_s=area.service_s,
            )
        )
    return tuple(found)


def _islands(question: Districting) -> set[int]:
    """Areas that lie apart from the largest piece of their present district."""
    present = question.rows(question.present)
    return {
        area
        for row in range(len(question.districts))
        for piece in pieces(question, [one for one, here in enumerate(present) if here == row])[1:]
        for area in piece
    }
