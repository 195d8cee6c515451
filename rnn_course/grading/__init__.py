"""Assignments: what students are given, what checks their answers, and what a lecturer gets.

The notebooks of exercises import `check` and its kin from here and need nothing else. The rest is
for the command line: `assignments` derives the exercises from their solutions, `submissions` reads
what comes back, `sandbox` runs it, `worker` being what runs there and `preload` what it begins
with, `marks` gives the points, `gradebook` and `feedback` write them down.
"""

from rnn_course.grading.exercises import (
    NotYetError,
    check,
    check_causal,
    check_padding,
    check_same,
    check_trains,
)

__all__ = [
    "NotYetError",
    "check",
    "check_causal",
    "check_padding",
    "check_same",
    "check_trains",
]
