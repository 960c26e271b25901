"""Which postcode areas form a region: the work of each, the figures of a layout, and a fairer one."""

from routing.districts.layout import (
    Area,
    District,
    DistrictFigures,
    Districting,
    DistrictWeights,
    LayoutFigures,
    figures,
    pieces,
)
from routing.districts.proposal import DistrictProposal, Move, redraw
from routing.districts.voronoi import Cell, cells, flat, neighbours

__all__ = [
    "Area",
    "Cell",
    "District",
    "DistrictFigures",
    "DistrictProposal",
    "DistrictWeights",
    "Districting",
    "LayoutFigures",
    "Move",
    "cells",
    "figures",
    "flat",
    "neighbours",
    "pieces",
    "redraw",
]
