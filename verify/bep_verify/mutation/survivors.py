"""Why nobody sees a mutant that survives and that the search cannot decide; it counts as a survivor all the same."""

import re

REASONS = {
    r"^pre-activation \| sdff SRST\[0\] stuck at 0, driving done, write__en$": (
        "a row under way in a reset leaves a write behind, to a word that the first pass fills before anybody reads it"
    ),
    r"^random walk \| not A\[0\] stuck at 0, driving compared$": (
        "a plane would be kept as the first one in a draw that has nothing left to decide: one is kept already then"
    ),
    r"^random walk \| mux A\[0\] stuck at 1, driving left$": (
        "the counters left in a layer would be odd in number: at first they are, and behind the last one nobody counts"
    ),
    r"^random walk \| or B\[0\] stuck at 0, driving fsm_state$": (
        "a plane would switch a layer off in a draw with nothing left to decide: only first planes do, and none comes"
    ),
}
"""By a pattern of the unit and the mutant's place."""


def reason(unit: str, place: str) -> str:
    """Why a mutant at ``place`` of ``unit`` is not seen; empty where nobody has found out yet."""
    return next((why for pattern, why in REASONS.items() if re.search(pattern, f"{unit} | {place}")), "")
