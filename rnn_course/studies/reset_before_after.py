"""Four formulas are called GRU: do they learn differently?

The reset gate acts before or after the recurrent product, which are different functions; the update
gate keeps or writes, which is one function with a sign turned round.
"""

from rnn_course.studies.claims import Claim, Gap
from rnn_course.studies.memory_and_sentences import train
from rnn_course.studies.study import Study

FORMS = {
    "reset after, keep": dict(reset_after=True, update_gate="keep"),
    "reset before, keep": dict(reset_after=False, update_gate="keep"),
    "reset after, write": dict(reset_after=True, update_gate="write"),
}
TASKS = {
    "recall over 40": dict(task="recall", lag=40, keep=4),
    "adding over 15": dict(task="adding", lag=15, keep=2),
    "agreement": dict(task="agreement"),
}


def _options(form, task):
    options = {"cell": "gru", "units": 32, **FORMS[form], **TASKS[task]}
    if "keep" in options and options["update_gate"] == "write":
        options["keep"] = -options["keep"]  # σ(−4) is written, σ(4) is kept
    return options


SETTINGS = {f"{form}, {task}": _options(form, task) for task in TASKS for form in FORMS}


def _same(task, other, most, budgets, name, sentence):
    return Claim(
        name,
        sentence,
        Gap(f"{other}, {task}", f"reset after, keep, {task}", "error"),
        budgets=budgets,
        at_most=most,
        refuted_by=f"more than {most} behind",
        notebook="03",
    )


STUDY = Study(
    name="reset_before_after",
    question="Do the formulas that are called GRU learn differently?",
    fixed="32 units. Gates that keep start open on the tasks of memory, as Keras starts them on "
    "`agreement`. Adam.",
    settings=SETTINGS,
    train=train,
    looks=(50, 100, 200, 300, 600, 1000, 2000, 3000),
    budgets=(100, 300, 1000, 3000),
    unit="updates",
    dev="share of wrong answers, squared error, or nats per token above the perfect model",
    flat=0.005,
    rates=(0.003, 0.01, 0.03),
    cost=50,
    claims=(
        _same(
            "agreement",
            "reset before, keep",
            0.01,
            (1000, 3000),
            "reset_before_learns_sentences",
            "Reset before the product learns sentences as well as after it.",
        ),
        _same(
            "recall over 40",
            "reset before, keep",
            0.02,
            (1000, 3000),
            "reset_before_recalls",
            "Reset before the product recalls over 40 steps as well.",
        ),
        _same(
            "adding over 15",
            "reset before, keep",
            0.01,
            (1000, 3000),
            "reset_before_adds",
            "Reset before the product adds over 15 steps as well.",
        ),
        _same(
            "agreement",
            "reset after, write",
            0.01,
            (1000, 3000),
            "write_learns_sentences",
            "An update gate that writes learns sentences as well as one that keeps.",
        ),
    ),
)
