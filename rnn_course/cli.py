"""The ``rnn-course`` command: notebooks, corpora, studies, your own text, grading, what is wrong.

Each command imports what it needs when it is called, so that all of them start quickly and those
that need no notebook software work without it.
"""

import contextlib
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, NoReturn

import typer

app = typer.Typer(
    help="Run the course's notebooks, fetch corpora, train and use models of your own text.",
    no_args_is_help=True,
    add_completion=False,
)
corpora_app = typer.Typer(help="List the corpora, or download real ones into the cache.")
app.add_typer(corpora_app, name="corpora", invoke_without_command=True)
study_app = typer.Typer(help="List the studies behind the course's claims, run them, show them.")
app.add_typer(study_app, name="study", invoke_without_command=True)


def _stop(message: str) -> NoReturn:
    typer.echo(f"Error: {message}", err=True)
    raise typer.Exit(1)


def checkout(start: Path | None = None) -> Path:
    """Find the repository's folder: the current one, or the nearest above it.

    Args:
        start: Where to begin, instead of the current folder.

    Returns:
        The folder that holds ``notebooks/`` and ``rnn_course/``.
    """
    start = (start or Path.cwd()).resolve()
    for folder in [start, *start.parents]:
        if (folder / "notebooks").is_dir() and (folder / "rnn_course").is_dir():
            return folder
    _stop(f"{start} is not inside the course's repository: go to the folder with README.md first")


def _need(package: str) -> None:
    if find_spec(package) is None:
        _stop(f'{package} is not installed. Get it: {sys.executable} -m pip install -e ".[lab]"')


@app.command()
def run(
    notebooks: Annotated[
        list[Path] | None, typer.Argument(help="Notebooks to run; all numbered ones by default.")
    ] = None,
    download: Annotated[
        bool, typer.Option("--download", help="Fetch the real corpora they use first.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("build/course"),
    timeout: Annotated[int, typer.Option(min=1, help="Seconds that one cell may take.")] = 1800,
    jobs: Annotated[
        int, typer.Option(min=1, help="Notebooks to run at once; each may hold 1.5 GB.")
    ] = min(2, os.cpu_count() or 1),
    save: Annotated[
        bool, typer.Option("--save", help="Write outputs into the notebooks that passed.")
    ] = False,
) -> None:
    """Run notebooks from top to bottom and write them, their HTML and an index page.

    A failing cell stops its notebook only. Cells whose corpus is not in the cache are skipped.
    With --save nothing may be skipped, and a notebook that failed stays as it was.
    """
    for package in ("nbclient", "nbconvert", "jupyter_server_mathjax"):
        _need(package)
    from tqdm import tqdm

    from rnn_course.notebooks import report, running, saving

    paths = notebooks or sorted((checkout() / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    if not paths:
        _stop(f"there are no numbered notebooks in {checkout() / 'notebooks'}")
    if len({path.name for path in paths}) < len(paths):
        _stop("two of these notebooks have the same name: run one after the other, with two --out")
    try:
        cells = {path: running.read_notebook(path).cells for path in paths}
    except running.NotebookError as error:
        _stop(str(error))

    wanted = dict.fromkeys(n for path in paths for c in cells[path] for n in running.corpora_of(c))
    complete = _download(list(wanted)) if download else True
    if save and (missing := _not_cached(wanted)):
        _stop(
            f"--save needs every cell to run, and not in the corpus cache: {missing}. "
            f"Get them: rnn-course corpora download {missing}"
        )
    total = sum(cell.cell_type == "code" for path in paths for cell in cells[path])
    results, unsaved, doubts, stop = [], [], [], threading.Event()
    # disable=None: in a log file the lines below say it all.
    style = "{desc} |{bar}| {n_fmt}/{total_fmt} cells {elapsed}"  # cells are too uneven for a rate
    with (
        tqdm(total=total, bar_format=style, disable=None, dynamic_ncols=True) as bar,
        ThreadPoolExecutor(jobs) as pool,
    ):
        left = {pool.submit(running.run_notebook, path, bar, timeout, stop) for path in paths}
        while left:
            try:  # wait a second and again, for Windows hears Ctrl-C in between only
                done, left = wait(left, timeout=1, return_when=FIRST_COMPLETED)
            except KeyboardInterrupt:
                stop.set()
                left = {future for future in left if not future.cancel()}
                continue
            for result in (future.result() for future in done):
                results = sorted([*results, result], key=lambda r: paths.index(r.path))
                if result.error:
                    running.mark_failure(result)
                report.write_notebook(result, out)
                index = report.write_index(results, out)
                tqdm.write(f"{result.path.stem}: {report.summary_line(result)}")
                if save and not result.error:
                    try:
                        doubts += saving.save(result)
                    except saving.SaveError as error:
                        unsaved.append(str(error))
    for reason in dict.fromkeys(reason for result in results for reason in result.skipped):
        typer.echo(reason)
    typer.echo(f"Results: {index}")
    for doubt in doubts:
        typer.echo(doubt)
    for result in results:
        if result.error:
            typer.echo(f"{result.path}: {result.error}", err=True)
    for error in unsaved:
        typer.echo(error, err=True)
    if stop.is_set():
        raise typer.Exit(130)
    if not complete or unsaved or any(result.error for result in results):
        raise typer.Exit(1)


def _not_cached(names: Iterable[str]) -> str:
    """Name the corpora that are not in the cache, also those that do not exist."""
    from rnn_course import corpora

    known = corpora.names()
    return " ".join(name for name in names if name not in known or not corpora.is_cached(name))


def _download(names: list[str]) -> bool:
    """Fetch corpora that are not in the cache; report those that do not come and go on."""
    from rnn_course import corpora

    complete = True
    for name in names:
        try:
            corpora.download(name)
            typer.echo(f"{name}: in {corpora.cache_folder()}")
        except corpora.CorpusError as error:
            complete = False
            typer.echo(f"{name}: {error}", err=True)
    return complete


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(
    context: typer.Context,
    teach: Annotated[
        bool, typer.Option("--teach", help="Show nbgrader's panels, to make and grade assignments.")
    ] = False,
) -> None:
    """Open the course in JupyterLab; further options, such as --no-browser, go to JupyterLab."""
    folder = checkout() / "notebooks"
    _need("jupyterlab")
    from rnn_course.notebooks.lab import command, environment

    opened = command(folder, context.args)
    raise typer.Exit(subprocess.call(opened, env=environment(teach)))


@corpora_app.callback()
def list_corpora(context: typer.Context) -> None:
    """List the corpora: task, size, licence, attribution, and whether they are at hand."""
    if context.invoked_subcommand:
        return
    from rnn_course import corpora

    for name in corpora.names():
        corpus = corpora.info(name)
        state = "embedded"
        if not corpus.embedded:
            state = "cached" if corpora.is_cached(name) else "not cached"
            state = f"{corpus.bytes / 1e6:.1f} MB, {state}"
        typer.echo(f"{name}: {corpus.task} ({state})")
        typer.echo(f"    licence: {corpus.licence}")
        typer.echo(f"    attribution: {corpus.attribution}")
    typer.echo(f"Cache folder: {corpora.cache_folder()} (RNN_COURSE_DATA moves it)")


@corpora_app.command("download")
def download_corpora(
    names: Annotated[list[str], typer.Argument(help="Names, as `rnn-course corpora` lists them.")],
) -> None:
    """Download corpora into the cache."""
    if not _download(names):
        raise typer.Exit(1)


@study_app.callback()
def list_studies(context: typer.Context) -> None:
    """List the studies: their questions, processor minutes, and whether their claims hold."""
    if context.invoked_subcommand:
        return
    from rnn_course import studies

    for name in studies.names():
        study = studies.study(name)
        typer.echo(f"{name}: {study.question}")
        try:
            results = studies.load(name)
        except FileNotFoundError:
            typer.echo(f"    not run yet; estimated processor minutes: {study.cost:.0f}")
            continue
        found = [studies.outcome(studies.evaluate(claim, results)) for claim in study.claims]
        counts = ", ".join(f"{found.count(each)} {each}" for each in dict.fromkeys(found))
        typer.echo(f"    {results.minutes:.0f} processor minutes; claims: {counts or 'none'}")


@study_app.command("run")
def run_study(
    names: Annotated[list[str], typer.Argument(help="Names, as `rnn-course study` lists them.")],
    runs: Annotated[Path, typer.Option(help="Folder of the trainings.")] = Path("build/studies"),
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results; the package's own by default.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Trainings at a time, a core each.")] = min(
        2, os.cpu_count() or 1
    ),
) -> None:
    """Run studies, or go on where they were, and write their results."""
    from rnn_course.studies import results, running

    for study in map(_study, names):
        running.run(study, runs, jobs, say=typer.echo)
        path = out / f"{study.name}.json" if out else results.shipped(study.name)
        results.write(results.collect(study, runs), path)
        typer.echo(f"Results: {path}")


@study_app.command("show")
def show_study(
    name: Annotated[str, typer.Argument(help="As `rnn-course study` lists it.")],
) -> None:
    """Show what a study found: scores by setting and budget, and each claim with its interval."""
    from rnn_course import studies
    from rnn_course.studies import page

    study = _study(name)
    try:
        results = studies.load(name)
    except FileNotFoundError as error:
        _stop(str(error))
    typer.echo(page.report(study, results))


def _study(name: str):
    from rnn_course import studies

    try:
        return studies.study(name)
    except KeyError as error:
        _stop(error.args[0])


_FORMAT = typer.Option(help="conllu, columns; labelled, polarity; text; pairs, aligned.")
_HEADER = typer.Option("--header", help="The first line names the columns.")
_COLUMNS = typer.Option(help="Two columns from 0: word,tag or text,translation.")
_LABEL = typer.Option(help="Where a labelled line has its label: first or last.")
_SCHEME = typer.Option(help="Of entity tags: iob2, iob1, bilou, bioes, bare; none: other tags.")
_ENCODING = typer.Option(help="Of the files.")


@app.command()
def train(
    task: Annotated[str, typer.Argument(help="tagger, classifier, writer or translator.")],
    files: Annotated[list[Path], typer.Argument(help="What to learn from.")],
    out: Annotated[Path, typer.Option(help="The file for the model.")],
    split: Annotated[
        str | None, typer.Option(help="How text is cut: words, characters, subwords or given.")
    ] = None,
    dev: Annotated[
        Path | None, typer.Option(help="To tell when to stop; else a tenth of the files.")
    ] = None,
    test: Annotated[
        Path | None, typer.Option(help="To score the model; else another tenth of the files.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="At most.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0, help="After which to stop.")] = None,
    seed: Annotated[int, typer.Option(help="Another one is another training.")] = 0,
    precision: Annotated[str, typer.Option(help="float32, float16 or int8.")] = "float32",
    format: Annotated[str | None, _FORMAT] = None,
    columns: Annotated[str | None, _COLUMNS] = None,
    label: Annotated[str | None, _LABEL] = None,
    scheme: Annotated[str | None, _SCHEME] = None,
    header: Annotated[bool, _HEADER] = False,
    encoding: Annotated[str, _ENCODING] = "utf-8",
) -> None:
    """Train a model on your own text and save it to one file.

    A tenth of the text tells when to stop, another tenth how good the model is. Ctrl-C keeps the
    best so far; the same command again goes on from there.
    """
    commands = _commands()
    limits = dict(epochs=epochs, minutes=minutes, seed=seed)
    reading = commands.Reading(format, columns, label, scheme, header, encoding)
    with _errors_of_pipelines():
        finished = commands.train(
            task, files, out, split, dev, test, precision, reading, limits, say=typer.echo
        )
    if not finished:
        raise typer.Exit(130)


@app.command()
def use(
    model: Annotated[Path, typer.Argument(help="The file that train has written.")],
    texts: Annotated[
        list[str] | None, typer.Argument(help="Texts; else each line of the standard input.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="An answer as JSON on each line.")
    ] = False,
    length: Annotated[int | None, typer.Option(min=1, help="Tokens that a writer adds.")] = None,
    temperature: Annotated[float, typer.Option(min=0, help="Of a writer; 0: no chance.")] = 0.8,
    seed: Annotated[int | None, typer.Option(help="Of a writer: the same text again.")] = None,
    beam: Annotated[int, typer.Option(min=1, help="Of a translator; 1 is fastest.")] = 5,
) -> None:
    """Tag, label, continue or translate texts with a model of your own."""
    commands = _commands()
    options = dict(length=length, temperature=temperature, seed=seed, beam=beam)
    with _errors_of_pipelines():
        for answer in commands.use(model, texts or sys.stdin, as_json, options):
            typer.echo(answer)


@app.command()
def evaluate(
    model: Annotated[Path, typer.Argument(help="The file that train has written.")],
    files: Annotated[list[Path], typer.Argument(help="What it has not learned from.")],
    as_json: Annotated[bool, typer.Option("--json", help="The score as JSON.")] = False,
    format: Annotated[str | None, _FORMAT] = None,
    columns: Annotated[str | None, _COLUMNS] = None,
    label: Annotated[str | None, _LABEL] = None,
    scheme: Annotated[str | None, _SCHEME] = None,
    header: Annotated[bool, _HEADER] = False,
    encoding: Annotated[str, _ENCODING] = "utf-8",
) -> None:
    """Score a model of your own on files, beside a trivial baseline."""
    commands = _commands()
    reading = commands.Reading(format, columns, label, scheme, header, encoding)
    with _errors_of_pipelines():
        typer.echo(commands.evaluate(model, files, reading, as_json))


def _commands():
    """The commands' module; what TensorFlow's libraries say while they are loaded is dropped."""
    from rnn_course.notebooks.first_cell import silent_stderr

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with silent_stderr():
        from rnn_course.pipelines import commands
    return commands


@contextlib.contextmanager
def _errors_of_pipelines():
    """Say what is wrong with a user's files in a line, and no more."""
    from rnn_course.corpora import CorpusError
    from rnn_course.pipelines import PipelineError
    from rnn_course.text import TokeniserError, VocabularyError

    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # advice on retracing, for one

    try:
        yield
    except (PipelineError, CorpusError, TokeniserError, VocabularyError) as error:
        _stop(str(error))


@app.command()
def doctor() -> None:
    """Report what is installed and whether it works together; say how to cure what does not."""
    from rnn_course.notebooks.doctor import examine

    problems = []
    for finding in examine():
        typer.echo(f"{finding.subject:23} {finding.value}")
        if finding.problem:
            problems.append(finding.problem)
    for problem in problems:
        typer.echo(f"Problem: {problem}", err=True)
    if problems:
        raise typer.Exit(1)
    typer.echo("All is well.")


@app.command()
def launch(
    repo: Annotated[str, typer.Option(help="owner/name on GitHub; else as stated before.")] = "",
    ref: Annotated[str, typer.Option(help="Tag or branch; else as stated before.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take the address out again.")] = False,
) -> None:
    """Stamp Colab and Binder links into README.md and the notebooks, or take them out again."""
    from rnn_course.notebooks.launch import NOWHERE, LaunchError, find_address, stamp

    root = checkout()
    try:
        where = NOWHERE if undo else find_address(root, repo, ref)
        changed = stamp(root, where)
    except LaunchError as error:
        _stop(str(error))
    if undo:
        typer.echo("No address is stated any more.")
    else:
        typer.echo(f"Address: https://github.com/{where.repository} at {where.ref}")
    for path in changed:
        typer.echo(f"stamped {path.relative_to(root)}")


@app.command()
def exercises() -> None:
    """Derive notebooks/exercises/, which students get, from notebooks/solutions/."""
    _need("nbgrader")
    from rnn_course.grading.assignments import AssignmentError, write_exercises

    root = checkout()
    try:
        changed = write_exercises(root)
    except AssignmentError as error:
        _stop(str(error))
    for path in changed:
        typer.echo(f"derived {path.relative_to(root)}")


@app.command()
def grade(
    submissions: Annotated[
        Path, typer.Argument(help="Folder of students' notebooks and archives, or an archive.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for grades and feedback.")],
    again: Annotated[
        str, typer.Option(help="Grade anew: part of a file's name, an exercise, an assignment.")
    ] = "",
    jobs: Annotated[int, typer.Option(min=1, help="How many at a time.")] = min(
        2, os.cpu_count() or 1
    ),
    cell_timeout: Annotated[float, typer.Option(min=1, help="Seconds for one cell.")] = 60,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds for one notebook.")] = 300,
    memory: Annotated[float, typer.Option(min=0.5, help="GB for one notebook.")] = 2,
) -> None:
    """Grade students' notebooks. This runs their code, with your rights: use a container.

    Each runs in a process of its own, with limits. Writes grades.csv, written_answers.csv for the
    points that a person gives, a page of feedback for each file, and index.html. What has been
    graded is not run again unless it has changed.
    """
    _need("IPython")
    if not submissions.exists():
        _stop(f"there is no folder {submissions}")
    from tqdm import tqdm

    from rnn_course.grading import feedback, gradebook
    from rnn_course.grading import marks as grading
    from rnn_course.grading import submissions as handed_in
    from rnn_course.grading.assignments import read_assignments
    from rnn_course.grading.sandbox import Limits

    files = handed_in.find_submissions(submissions, besides=out)
    if not files:
        _stop(f"there are no files in {submissions}")
    assignments = read_assignments(checkout())
    typer.echo(
        f"This runs the code of {len(files)} submissions on this computer, with your rights. "
        "Limits of time and memory are no protection from malice: docs/teaching.md says how to use "
        "a container."
    )
    (out / "feedback").mkdir(parents=True, exist_ok=True)
    if again and not grading.forget(again, files, out / "graded"):
        _stop(f"no grade in {out} is of a file, an exercise or an assignment called {again!r}")
    limits = Limits(cell_timeout, timeout, memory * 1e9)
    done = {}
    try:
        every = grading.grade_all(files, assignments, limits, out / "graded", jobs)
        for result in tqdm(every, total=len(files), unit=" submissions", dynamic_ncols=True):
            done[result.file] = result
    except KeyboardInterrupt:
        typer.echo(
            f"Interrupted after {len(done)} of {len(files)}: grade again to go on.", err=True
        )
        raise typer.Exit(130) from None
    try:
        grades = gradebook.take_up_written([done[file] for file in files], out)
    except gradebook.GradebookError as error:
        _stop(str(error))
    gradebook.write_tables(grades, out)
    for result in grades:
        feedback.write_feedback(result, assignments.get(result.assignment), out / "feedback")
    for result in grades:
        if result.reason:
            typer.echo(f"{result.file}: {result.reason}")
    typer.echo(f"Results: {feedback.write_summary(grades, assignments, out)}")
