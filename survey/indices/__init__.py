"""HOW IT IS COUNTED: shares, means, pooling, intervals, samples, response rates, small
groups, differences, careless answers, and the one integer that holds a tally cell.
Exact; rounding is in `formats`."""

from .cells import Display, Groups, Thresholds, display, two_groups, words_for
from .differences import Difference
from .effects import (
    MEASURES,
    OF_CRITERIA,
    Comparison,
    NetShift,
    compare,
    shift_by_prompts,
)
from .formulas import (
    FORMULAS,
    POOLINGS,
    Formula,
    Index,
    Pooling,
    mean_percent,
    normalised_mean,
    pool_by_answers,
    pool_by_criteria,
    pooled,
    satisfied_share,
)
from .intervals import INTERVALS, Z_95, design_effect, ratio_interval, wilson
from .layout import G1, Layout
from .needs import REASONS, Need, needs_work
from .sampling import Dispositions, response_rate_1, response_rate_2, sample_size
from .scores import index_over_applicable, sipas_points, weighted_by_criteria
from .tally import CORE, FULL, STATUSES, WITHOUT_LEVEL, Checks, Shift, Tally, Times
from .terms import Counts, Estimate, IndicesError, Interval, Sums

__all__ = [
    "CORE",
    "FORMULAS",
    "FULL",
    "G1",
    "INTERVALS",
    "MEASURES",
    "OF_CRITERIA",
    "POOLINGS",
    "REASONS",
    "STATUSES",
    "WITHOUT_LEVEL",
    "Z_95",
    "Checks",
    "Comparison",
    "Counts",
    "Difference",
    "Display",
    "Dispositions",
    "Estimate",
    "Formula",
    "Groups",
    "Index",
    "IndicesError",
    "Interval",
    "Layout",
    "Need",
    "NetShift",
    "Pooling",
    "Shift",
    "Sums",
    "Tally",
    "Thresholds",
    "Times",
    "compare",
    "design_effect",
    "display",
    "index_over_applicable",
    "mean_percent",
    "needs_work",
    "normalised_mean",
    "pool_by_answers",
    "pool_by_criteria",
    "pooled",
    "ratio_interval",
    "response_rate_1",
    "response_rate_2",
    "sample_size",
    "satisfied_share",
    "shift_by_prompts",
    "sipas_points",
    "two_groups",
    "weighted_by_criteria",
    "wilson",
    "words_for",
]
