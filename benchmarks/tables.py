"""Write what the benchmarks found into docs/results.md, and draw the plots that page shows.

    python benchmarks/tables.py

The text goes between the page's two ``results`` comments, the plots into ``docs/pictures/``. The
same results always give the same bytes.
"""

import json
import math
import re
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import plots

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent / "docs"
PAGE = DOCS / "results.md"
START, END = "<!-- results -->\n", "<!-- /results -->\n"
SEEDS = 3  # that a mean should be over
LEVEL = 0.01  # by how much a layer may be the slower one and still be called level


class Headline(NamedTuple):
    """How the result of one task is told in one line.

    Args:
        title: the task, in a few words.
        data: what it was measured on.
        metric: the metric that counts, as `quality.json` names it.
        unit: what stands behind the number.
        rivals: what to compare it with: a name, and a number or another metric of the same run.
        aim: from the means of all metrics to what the metric should reach.
        lower: whether lower is better.
    """

    title: str
    data: str
    metric: str
    unit: str
    rivals: tuple[tuple[str, float | str], ...]
    aim: Callable[[dict], float]
    lower: bool = False


HEADLINES = {
    "pos": Headline(
        "Parts of speech",
        "English web texts, UD EWT",
        "% accuracy",
        "% of the words",
        (
            ("the word's most frequent tag", 86.2),
            ("a BiLSTM tutorial, GloVe vectors, older release", 88.3),
        ),
        lambda mean: 95.0,
    ),
    "ner": Headline(
        "Names of diseases",
        "medical abstracts, NCBI, exact spans only",
        "% F1",
        "% F1",
        (("a BiLSTM-CRF, medical word vectors, Xu et al. 2018", 86.2),),
        lambda mean: 80,
    ),
    "sentiment": Headline(
        "Is this review positive?",
        "film reviews, sentence polarity, ten folds",
        "% accuracy",
        "% of the sentences",
        (
            ("naive Bayes, in the same run", "% accuracy, naive Bayes"),
            ("a CNN, Kim 2014, random vectors", 76.1),
        ),
        lambda mean: 77.0,
    ),
    "characters": Headline(
        "The next character",
        "Tiny Shakespeare, validation part",
        "nats per character",
        "nats per character",
        (("nanoGPT, a GPT of six layers", 1.4697),),
        lambda mean: 1.48,
        lower=True,
    ),
    "words": Headline(
        "The next word",
        "*Persuasion*, after four other novels by Austen",
        "perplexity",
        "perplexity",
        (("a Kneser-Ney 5-gram, in the same run", "perplexity, Kneser-Ney 5-gram"),),
        lambda mean: 0.85 * mean["perplexity, Kneser-Ney 5-gram"],
        lower=True,
    ),
    "tatoeba": Headline(
        "English to German",
        "sentences of Tatoeba, with attention, beam of 5",
        "BLEU, attention, beam 5",
        "BLEU",
        (("without attention, in the same run", "BLEU, no attention, beam 5"),),
        lambda mean: mean["BLEU, no attention, beam 5"] + 3,
    ),
}

# What was wanted of the layers, in words, in place of the short names in recurrence.json.
AIMS = {
    "inference, the best of Keras, geometric mean": (
        "Inference is faster than the fastest of Keras's three ways, on average",
        "times as fast",
    ),
    "training, the best of Keras, geometric mean": (
        "Training is much faster than the fastest of Keras's three ways, on average",
        "times as fast",
    ),
    "the same, 512 units": ("… above all in layers of 512 units", "times as fast"),
    "the same, anywhere": ("… and slower nowhere", "times as fast"),
    "training, PyTorch, geometric mean": (
        "Training is no slower than with PyTorch's layer, on average",
        "times as fast",
    ),
    "training, 512 units or more, as a multiple of the floor": (
        "Training with 512 units or more stays close to the floor",
        "times the floor",
    ),
    "inference, the best of Keras, anywhere": (
        "Inference is nowhere slower than the fastest of Keras's three ways",
        "times as fast",
    ),
    "memory, as a multiple of Keras's": (
        "A training step of the LSTM needs no more memory than Keras's",
        "times as much",
    ),
}


def text() -> str:
    """The part of the page that says what was measured."""
    return _filled("\n".join(part(results) for part, results in _found()))


def _filled(text: str) -> str:
    """The text with its paragraphs, which numbers have made uneven, in even lines."""
    blocks = re.split(r"\n{2,}", text)
    return "\n\n".join(
        block
        if block.startswith(("|", "!", "<", "#"))
        else textwrap.fill(block, 100, break_long_words=False, break_on_hyphens=False)
        for block in blocks
    )


def _found():
    """Each part of the page whose benchmark has been run, with its results."""
    for name, part in PARTS.items():
        file = HERE / "results" / f"{name}.json"
        if file.exists():
            yield part, json.loads(file.read_text("utf-8"))


def quality(results: dict) -> str:
    """What `benchmarks/quality.py` found."""
    told = {name: task for name, task in results["tasks"].items() if name in HEADLINES}
    rows = "".join(_headline(HEADLINES[name], task) for name, task in told.items())
    all_rows = "".join(
        f"| {task['title']} | {'<br>'.join(_scores(task))} | {_seeds(task['scores'])} "
        f"| {task['parameters'] / 1e6:.1f} M "
        f"| {np.mean(list(task['processor minutes'].values())):.0f} | {task['known']} |\n"
        for task in results["tasks"].values()
    )
    metrics = _folded(
        "All metrics, model sizes and training times",
        "Processor minutes are per seed. “Known” is the figure from which the aim was set. The "
        "translator without\nattention was trained when it dropped values twice before its "
        "read-out; now it does once.\n\n"
        "| task | here | seeds | parameters | processor minutes | known |\n"
        f"| --- | --- | --- | --- | --- | --- |\n{all_rows}",
    )
    return f"""## How good are the models?

Each model was trained from several seeds. The weights that scored best on the development set were
then scored once, on text the model had never seen. Tiny Shakespeare has no test part: there the
weights were chosen on the same validation part that is scored, which makes the number a little too
good. nanoGPT's is the best on that part, too. The number after ± is the standard deviation over the
seeds. No word vectors and no trained models came from outside. All of it ran on
{_machine(results)}.

| task | here | to compare | aim |
| --- | --- | --- | --- |
{rows}
![{plots.quality_in_words(quality_panels(results))}](pictures/quality.svg)

{_raw("quality")}

{metrics}"""


def _headline(told: Headline, task: dict) -> str:
    """One row of the first table."""
    mean = task["mean"]
    ours = _with_spread(mean[told.metric], task["spread"][told.metric])
    few = f"<br>{_seeds(task['scores'])} seeds" if len(task["scores"]) < SEEDS else ""
    rivals = "<br>".join(
        f"{_digits(mean.get(value, value), told.metric)}: {name}" for name, value in told.rivals
    )
    return (
        f"| **{told.title}**<br>{told.data} | **{ours}** {told.unit}"
        f"{few} | {rivals} "
        f"| {task['aim']}: {'reached' if _reached(told, mean) else '**missed**'} |\n"
    )


def _reached(told: Headline, mean: dict) -> bool:
    ours, aim = mean[told.metric], told.aim(mean)
    return ours <= aim if told.lower else ours >= aim


def quality_panels(results: dict) -> list[plots.Panel]:
    """What `plots.quality` draws: a panel for each task that has a headline."""
    return [
        plots.Panel(
            told.title,
            f"{told.unit} ({'lower' if told.lower else 'higher'} is better)",
            task["mean"][told.metric],
            task["spread"][told.metric],
            {name: task["mean"].get(value, value) for name, value in told.rivals},
            told.aim(task["mean"]),
            _reached(told, task["mean"]),
        )
        for name, task in results["tasks"].items()
        if (told := HEADLINES.get(name))
    ]


def _digits(value: float, metric: str) -> str:
    """A number to compare with, with the digits that its metric deserves."""
    return f"{value:.3f}" if metric.startswith("nats") else f"{value:.1f}"


def _with_spread(value: float, spread: float) -> str:
    """A mean and its spread, down to the spread's first digit.

    >>> _with_spread(95.470367, 0.097966), _with_spread(78.30958, 1.039235)
    ('95.5 ± 0.1', '78 ± 1')
    """
    if not spread:
        return f"{value:.4g}"
    first = float(f"{spread:.0e}")  # 0.097 is 0.1
    decimals = max(0, -math.floor(math.log10(first)))
    return f"{value:.{decimals}f} ± {first:.{decimals}f}"


def _scores(task: dict) -> list[str]:
    """Every metric's mean over the seeds with its spread."""
    spread = task["spread"]
    return [f"{_with_spread(value, spread[m])} {m}" for m, value in task["mean"].items()]


def _seeds(scores: dict) -> str:
    """How many seeds; conspicuous as long as there are fewer than there should be."""
    return str(len(scores)) if len(scores) >= SEEDS else f"**only {len(scores)} of {SEEDS}**"


def recurrence(results: dict) -> str:
    """What `benchmarks/recurrence.py` found."""
    found = {(r["what"], r["cell"], *r["shape"]): r for r in results["layers"]}
    cells = list(dict.fromkeys(r["cell"] for r in results["layers"]))
    columns = [(what, cell) for what in ("training", "inference") for cell in cells]
    best = "against the best of Keras"
    rows = "".join(
        f"| {', '.join(map(str, shape))} | "
        + " | ".join(_ratio(found[*column, *shape][best]) for column in columns)
        + " |\n"
        for shape in dict.fromkeys(tuple(r["shape"]) for r in results["layers"])
    )
    floor = results["multiples of the floor"]
    means = "".join(
        f"| {way} | {mean['training']:.2f} | {mean['inference']:.2f} |\n"
        for way, mean in floor.items()
    )
    ours, keras = list(floor.values())[:2]
    ahead = "Keras" if keras["inference"] < ours["inference"] else "`RNN(cell)`"
    wanted = results["aims"]["training, the best of Keras, geometric mean"]["aim"].split()[1]
    beyond = (
        "The first aim asked for more than the floor allows: even the floor itself, nothing but "
        f"the matrix products, is only {keras['training']:.2f} times as fast as the best of "
        "Keras's, on average.\n\n"
        if keras["training"] < float(wanted)
        else ""
    )
    aims = "".join(_aim(name, found) for name, found in results["aims"].items())
    models = "".join(
        f"| {name} | {_ratio(r['times as long'])} |\n" for name, r in results["models"].items()
    )
    memory = "".join(
        f"| {', '.join(map(str, r['shape']))} | "
        + " | ".join(
            f"{np.median(each):.0f} ({min(each):.0f} to {max(each):.0f})"
            for each in r["megabytes"].values()
        )
        + " |\n"
        for r in results["memory"]
    )
    ranges = _folded(
        "Every size of layer, with ranges",
        "Time of the fastest of Keras's three ways (its layer, compiled by XLA, unrolled) divided "
        "by that of the\nfaster `RNN(cell)`, with or without XLA. Above 1, `RNN(cell)` "
        f"is the faster. Median of {results['rounds']} rounds in\nwhich all took turns; lowest and "
        "highest in brackets.\n\n"
        f"| batch, timesteps, features, units | {' | '.join(' '.join(c[::-1]) for c in columns)} "
        f"|\n| --- |{' --- |' * len(columns)}\n{rows}\n"
        "The numbers behind the picture, as multiples of the floor (geometric mean over cells and "
        f"sizes):\n\n| | training | inference |\n| --- | --- | --- |\n{means}",
    )
    wholes = _folded(
        "Whole models, and memory",
        "Time of a training step of a whole model with Keras's layers, divided by that with this "
        f"package's:\n\n| model | times as long |\n| --- | --- |\n{models}\n"
        "Megabytes that a training step of the LSTM adds at most, median of several processes, "
        "lowest and highest in\nbrackets:\n\n"
        "| batch, timesteps, features, units | "
        f"{' | '.join(results['memory'][0]['megabytes'])} |\n"
        f"| --- |{' --- |' * len(results['memory'][0]['megabytes'])}\n{memory}",
    )
    return f"""## How fast are the layers?

How fast could a recurrent layer be at all? No way of computing it can do without its matrix
products, so their time alone is the *floor*. Below, each way of computing a layer is a multiple of
that floor, on {_machine(results)}. The package's layer is `RNN(cell)`: a training step takes
{ours["training"]:.2f} times the floor with the better of its two ways, plain or compiled by XLA.
The best of Keras's three ways takes {keras["training"]:.2f} times the floor. In inference the best
of Keras's ways takes {keras["inference"]:.2f} times the floor, the better of `RNN(cell)`'s two
takes {ours["inference"]:.2f}: {ahead} is ahead on average. The floor is a measured time, not a law:
where a dot lies left of it, that way ran its products faster than they run on their own.

![{plots.speed_in_words(results)}](pictures/speed.svg)

Aims set beforehand, and results:

| | aim | measured | |
| --- | --- | --- | --- |
{aims}
{beyond}{_raw("recurrence")}

{ranges}
{wholes}"""


def _aim(name: str, found: dict) -> str:
    """One row of what was wanted of the layers."""
    words, unit = AIMS.get(name, (name, ""))
    sign, number = found["aim"].split()
    low, high = found["lowest"], found["highest"]
    holds = [value >= float(number) if sign == "≥" else value <= float(number)
             for value in (low, high)]  # fmt: skip
    verdict = "reached" if all(holds) else "**missed in places**" if any(holds) else "**missed**"
    measured = " to ".join(dict.fromkeys(f"{value:.2f}" for value in (low, high)))
    return f"| {words} | {found['aim']} {unit} | {measured} | {verdict} |\n"


def _ratio(found: dict) -> str:
    return f"{found['median']:.2f} ({found['lowest']:.2f} to {found['highest']:.2f})"


def recurrence_profile(results: dict) -> str:
    """What `benchmarks/recurrence_profile.py` found."""
    ours, keras = results["steps"][0]["milliseconds"]
    rows, level = "", 0
    for r in results["steps"]:
        multiples = [
            r[how][keras] / r[how][ours] for how in ("milliseconds", "one operation at a time")
        ]
        level += multiples[1] >= 1 - LEVEL
        at_once = (sum(r["operations"][w].values()) / r["milliseconds"][w] for w in (ours, keras))
        columns = (
            " | ".join(f"{multiple:.2f}" for multiple in multiples),
            ", ".join(f"{operations:.1f}" for operations in at_once),
            ", ".join(f"{megabytes:.0f}" for megabytes in r["megabytes copied"].values()),
        )
        step = f"{r['cell']}, {', '.join(map(str, r['shape']))}, {r['what']}"
        rows += f"| {step} | {' | '.join(columns)} |\n"
    steps = len(results["steps"])
    details = _folded(
        f"The profile of these {steps} steps",
        "| cell, batch, timesteps, features, units | Keras's layer, as a multiple of `RNN(cell)` "
        "| the same, one operation at a time | operations at once, here and in Keras "
        "| MB that XLA's loop copies, here and in Keras |\n"
        f"| --- | --- | --- | --- | --- |\n{rows}",
    )
    return f"""### Why some aims were missed

In {steps} of the measured steps the best of Keras's layers is the faster one, and a profile of them
shows why.

Without XLA, Keras's layer multiplies the inputs inside its loop. While one core works on the
product of a state, the other can work on that of an input, which need not wait for anything.
`RNN(cell)` has multiplied all inputs before its loop begins, so nothing is left to run beside it.
When TensorFlow may run only one operation at a time, `RNN(cell)` is ahead, or level within
{LEVEL:.0%}, in {level} of these {steps} steps.

With XLA, the loop of `RNN(cell)` reads its inputs one step ahead, which costs copies; in inference,
Keras's loop makes none.

{_compiling()}

{_raw("recurrence_profile")}

{details}"""


def _compiling() -> str:
    """What a program compiled by XLA, and its compiler, take of the memory."""
    file = HERE / "results" / "recurrence.json"
    found = json.loads(file.read_text("utf-8"))["memory"]
    ours, plain, keras, xla = (
        np.array([np.median(r["megabytes"][way]) for r in found])
        for way in ("RNN(cell)", "RNN(cell), one part", "Keras's layer", "Keras's layer, XLA")
    )
    plain, ours = plain / keras, ours / xla
    return (
        "What a step takes of the memory more than in Keras is compiling: in parts it is a program "
        f"of XLA's. In one part, which is not compiled, a step takes {min(plain):.2f} to "
        f"{max(plain):.2f} times as much memory as with Keras's layer; in parts {min(ours):.2f} to "
        f"{max(ours):.2f} times as much as with Keras's layer where that is compiled, too."
    )


def models(results: dict) -> str:
    """What `benchmarks/models.py` found."""
    rows = "".join(
        f"| {r['model']} | {r['vocabulary']:,} | {r['embedding']}, {r['units']}"
        f"{', two layers' if r.get('layers', 1) == 2 else ''} | {r['batch']}, {r['time']} | "
        f"{r['milliseconds']['ours']:.1f} | {r['milliseconds']['PyTorch']:.1f} | "
        f"{_ratio(r['PyTorch takes times as long'])} |\n"
        for r in results["models"]
    )
    mean = results["times as long"]
    waiting = [r["first step"] for r in results["models"]]
    compiling = [r["first compiled step"] for r in results["models"]]
    return f"""### Whole models, against PyTorch

The models of this course beside the same models as one writes them in PyTorch: as many weights, the
same batches, Adam with clipped gradients, the loss fetched after every step. Each core takes its
part of a batch through the whole step. Median of {results["rounds"]} rounds in which both took
turns, lowest and highest in brackets, on {_machine(results)}.

| model | words | embedding, units | batch, length | ms | ms, PyTorch | times as long |
| --- | --- | --- | --- | --- | --- | --- |
{rows}
The geometric mean is {mean["geometric mean"]:.2f} (aim: at least 1.15), the lowest
{mean["lowest"]:.2f} (aim: at least 1). A model's first step takes {min(waiting):.0f} to
{max(waiting):.0f} seconds, its first step in parts {min(compiling):.0f} to {max(compiling):.0f}.

{_raw("models")}
"""


def parts(results: dict) -> str:
    """What `benchmarks/parts.py` found."""
    counts = max((r["milliseconds"] for r in results["number"]), key=len)
    rows = "".join(
        f"| {', '.join(map(str, r['shape']))} | "
        + " | ".join(
            f"{r['milliseconds'][n]:.1f}" if n in r["milliseconds"] else "" for n in counts
        )
        + " |\n"
        for r in results["number"]
    )
    together = "".join(
        f"| {r['processes']}, {r['way']} | {sum(r['steps a second']):.1f} |\n"
        for r in results["at once"]
    )
    return f"""### More cores, and two trainings at once

A batch in so many parts takes as long as one of them takes on a core of its own, if the cores do
not disturb each other. So one part was timed on one core: milliseconds of a training step of the
LSTM, by the number of parts. The cores of a real machine share their memory, so this is what can be
hoped for, not what was measured with as many cores.

| batch, timesteps, features, units | {" | ".join(counts)} |
| --- |{" --- |" * len(counts)}
{rows}
When two trainings share the cores there is less to gain. Steps per second, of all trainings
together, of a language model with {results["model"]["units"]} units on {_machine(results)}:

| trainings | steps per second |
| --- | --- |
{together}
{_raw("parts")}
"""


def decoding(results: dict) -> str:
    """What `benchmarks/decoding.py` found."""
    rows = "".join(
        f"| {name} | {r['median']:.0f} ({r['lowest']:.0f} to {r['highest']:.0f}) "
        f"| {results['same translation'][name]:.1%} |\n"
        for name, r in results["times as long"].items()
    )
    return f"""## How fast is beam search?

`EncoderDecoder.translate` searches for a whole batch of sentences at once. The loop one would write
first goes sentence by sentence and step by step. Both translated {results["sentences"]:,} sentences
of Tatoeba with {results["beam"]} hypotheses each, on {_machine(results)}.

| | times as long as `translate` (range of the parts timed) | same translation |
| --- | --- | --- |
{rows}
{_raw("decoding")}
"""


def grading(results: dict) -> str:
    """What `benchmarks/grading.py` found."""
    right, students = results["points as expected"], results["students"]
    minutes, at_once = results["seconds"] / 60, results["jobs"]
    return f"""## How long does grading a class take?

`rnn-course grade` needed {minutes:.0f} minutes for a class of {students}, with {at_once} notebooks
running at a time, on {_machine(results)}. That is
{results["seconds a submission"]:.1f} seconds per notebook, and it took at most
{results["peak GB"]:.1f} GB of memory. It was interrupted once and went on from where it was.
{right} of the {students} made-up students got exactly the points they should.

{_raw("grading")}
"""


def memory(results: dict) -> str:
    """What `benchmarks/memory.py` found."""
    lengths = [*next(iter(results["calls"].values()))]
    rows = "".join(
        f"| {_call(name)} | "
        + " | ".join(
            f"{found[n]['megabytes']:,.0f} ({found[n]['processor seconds']:,.1f})" for n in lengths
        )
        + " |\n"
        for name, found in results["calls"].items()
    )
    return f"""## How much memory does a long sentence take?

One sentence is much longer than the others: models answer in groups of sentences, and batches for
training are made, so that short sentences are not filled up to its length. Each call had
{results["sentences"] - 1} sentences of {results["words of the others"]} words and one of the length
above the column, and a model of the class's default sizes with {results["vocabulary"]:,} words, in
a process of its own, on {_machine(results)}. The numbers are the megabytes by which the process
grew at most, and in brackets the processor seconds of the call. Training is one pass over these
sentences; that of a language model or a translator holds the scores of all words of the vocabulary
at all places of a batch.

| | {" | ".join(f"{int(n):,} words" for n in lengths)} |
| --- |{" --- |" * len(lengths)}
{rows}
{_raw("memory")}
"""


def _call(name: str) -> str:
    """A call's name as code, what is added to it as text."""
    if name.startswith("training"):
        return name
    method, *more = name.split(", ")
    return ", ".join([f"`{method}`", *more])


PARTS = {
    "quality": quality,
    "recurrence": recurrence,
    "recurrence_profile": recurrence_profile,
    "models": models,
    "parts": parts,
    "decoding": decoding,
    "memory": memory,
    "grading": grading,
}


def _folded(title: str, inside: str) -> str:
    """Markdown that opens on a click; the blank lines let it be read as Markdown."""
    return f"<details>\n<summary>{title}</summary>\n\n{inside.rstrip()}\n\n</details>\n"


def _raw(name: str) -> str:
    return (
        f"Measured by `python benchmarks/{name}.py`; "
        f"every number is in [{name}.json](../benchmarks/results/{name}.json)."
    )


def replaced(page: str) -> str:
    """A page with the present results."""
    before, rest = page.split(START)
    _, after = rest.split(END)
    return f"{before}{START}\n{text()}\n{END}{after}"


def _machine(results: dict) -> str:
    machine = results["machine"]
    return f"{machine['cores']} cores ({machine['processor']}, TensorFlow {machine['tensorflow']})"


def draw(folder: Path) -> list[Path]:
    """Draw the page's plots.

    Args:
        folder: where they go.

    Returns:
        The files.
    """
    drawn = []
    for name, make in {
        "quality": lambda results: plots.quality(quality_panels(results)),
        "recurrence": plots.speed,
    }.items():
        file = HERE / "results" / f"{name}.json"
        if file.exists():
            figure, words = make(json.loads(file.read_text("utf-8")))
            picture = folder / {"recurrence": "speed"}.get(name, name)
            drawn.append(plots.save(figure, picture.with_suffix(".svg"), words))
    return drawn


if __name__ == "__main__":
    draw(DOCS / "pictures")
    PAGE.write_text(replaced(PAGE.read_text("utf-8")), "utf-8", newline="\n")
