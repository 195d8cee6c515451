"""Studies: what stands behind every sentence of the course that ranks, compares or says *because*.

Each question is a module that declares its settings and claims as data and says how to train and
score one setting (`study`, `claims`); `catalogue` lists them. `running` trains, `results` reads and
writes what ships with the package as JSON, `page` lists all claims with their numbers.

Example:
    >>> from rnn_course import studies
    >>> "forty_steps" in studies.names()
    True
"""

from rnn_course.studies.catalogue import names, study
from rnn_course.studies.claims import Claim, Gap, Greatest, Least, Mean, evaluate, outcome
from rnn_course.studies.results import Results, load
from rnn_course.studies.study import Run, Study

__all__ = [
    "Claim",
    "Gap",
    "Greatest",
    "Least",
    "Mean",
    "Results",
    "Run",
    "Study",
    "evaluate",
    "load",
    "names",
    "outcome",
    "study",
]
