"""What simulated futures tell: groups, branches, drivers, conditions, ratings and a road."""

from meguru.foresight.analysis.analyse import Analysis, Choices, analyse
from meguru.foresight.analysis.branches.branch import BranchYear, branch_years
from meguru.foresight.analysis.branches.drivers import Driver, Drivers, InputDriver, drivers
from meguru.foresight.analysis.grouping.groups import Groups, group
from meguru.foresight.analysis.grouping.tree import Split, Tree, tree
from meguru.foresight.analysis.kept import Kept, analysis_of
from meguru.foresight.analysis.outlook.driving_forces import DrivingForces, Quadrant, driving_forces
from meguru.foresight.analysis.outlook.rating import Rating, Rule, ratings
from meguru.foresight.analysis.outlook.roadmap import Roadmap, Stop, roadmap
from meguru.foresight.analysis.outlook.standing import Standing, standing
from meguru.foresight.analysis.requirements.conditions import Conditions, Requirement, conditions
from meguru.foresight.analysis.requirements.deadline import Deadline
from meguru.foresight.analysis.statistics.cart import Leaf
from meguru.foresight.wishes import Axis

__all__ = [
    "Analysis",
    "Axis",
    "BranchYear",
    "Choices",
    "Conditions",
    "Deadline",
    "Driver",
    "Drivers",
    "DrivingForces",
    "Groups",
    "InputDriver",
    "Kept",
    "Leaf",
    "Quadrant",
    "Rating",
    "Requirement",
    "Roadmap",
    "Rule",
    "Split",
    "Standing",
    "Stop",
    "Tree",
    "analyse",
    "analysis_of",
    "branch_years",
    "conditions",
    "drivers",
    "driving_forces",
    "group",
    "ratings",
    "roadmap",
    "standing",
    "tree",
]
