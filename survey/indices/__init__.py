"""HOW IT IS COUNTED: shares, means, pooling, intervals, samples and draws, response
rates, small groups, differences, careless answers, and the one integer that holds a
tally cell. Exact; rounding is in `formats`."""

from .cells import Display, Groups, Thresholds, display, two_groups, words_for
from .differences import Difference
from .dispositions import (
    DISPOSITIONS,
    Asked,
    Dispositions,
    against_the_rest,
    disposed,
    hidden_with,
    response_rate_1,
    response_rate_2,
)
from .draws import Drawn, Framed, Stratum, allocation, draw, frame_digest, rank
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
from .layout import G1, Layout, statuses_in
from .needs import REASONS, Need, needs_work
from .sampling import sample_size
from .scores import index_over_applicable, sipas_points, weighted_by_criteria
from .tally import CORE, FULL, STATUSES, WITHOUT_LEVEL, Checks, Shift, Tally, Times
from .terms import Counts, Estimate, IndicesError, Interval, Sums

__all__ = [
    "CORE",
    "DISPOSITIONS",
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
    "Asked",
    "Checks",
    "Comparison",
    "Counts",
    "Difference",
    "Display",
    "Dispositions",
    "Drawn",
    "Estimate",
    "Formula",
    "Framed",
    "Groups",
    "Index",
    "IndicesError",
    "Interval",
    "Layout",
    "Need",
    "NetShift",
    "Pooling",
    "Shift",
    "Stratum",
    "Sums",
    "Tally",
    "Thresholds",
    "Times",
    "against_the_rest",
    "allocation",
    "compare",
    "design_effect",
    "display",
    "disposed",
    "draw",
    "frame_digest",
    "hidden_with",
    "index_over_applicable",
    "mean_percent",
    "needs_work",
    "normalised_mean",
    "pool_by_answers",
    "pool_by_criteria",
    "pooled",
    "rank",
    "ratio_interval",
    "response_rate_1",
    "response_rate_2",
    "sample_size",
    "satisfied_share",
    "shift_by_prompts",
    "sipas_points",
    "statuses_in",
    "two_groups",
    "weighted_by_criteria",
    "wilson",
    "words_for",
]
