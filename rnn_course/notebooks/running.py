"""Run notebooks from top to bottom, each in a kernel of its own, and keep what came out."""

import contextlib
import subprocess
import textwrap
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import psutil
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import (
    CellControlSignal,
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from nbformat import NotebookNode
from tqdm import tqdm

from rnn_course import corpora

SAMPLE_SECONDS = 0.2


class NotebookError(ValueError):
    """What to do about a notebook that cannot be read."""


@dataclass
class Result:
    """What happened to one notebook.

    Attributes:
        path: Where the notebook came from.
        notebook: The notebook with its new outputs, as far as it was run.
        status: ``"passed"``, ``"failed"`` or ``"interrupted"``.
        seconds: Time from the kernel's start to its end.
        peak_memory: The most memory the kernel was seen to hold, in bytes.
        skipped: For each cell not run, what it would need.
        error: Which cell failed, and how; empty when none did.
    """

    path: Path
    notebook: NotebookNode
    status: str = "passed"
    seconds: float = 0.0
    peak_memory: int = 0
    skipped: list[str] = field(default_factory=list)
    error: str = ""


class _ThisInterpreter(AsyncKernelManager):
    """Starts the Python that runs this command, whatever kernels are installed by that name."""

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(**get_kernel_dict())


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook.

    Args:
        path: The ``.ipynb`` file.

    Raises:
        NotebookError: There is no such file, or it is not a notebook.
    """
    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError:
        beside = ", ".join(sorted(p.name for p in path.parent.glob("*.ipynb"))) or "none"
        raise NotebookError(f"There is no notebook {path}. In that folder: {beside}") from None
    except Exception as error:  # nbformat raises several kinds, also on what is not JSON
        raise NotebookError(f"{path} is not a notebook ({type(error).__name__}: {error})") from None


def corpora_of(cell: NotebookNode) -> list[str]:
    """Name the real corpora that a cell needs.

    A cell that needs some carries the tag ``real-data`` and the metadata
    ``{"rnn_course": {"corpora": ["tiny_shakespeare"]}}``.

    Args:
        cell: A cell of a notebook.
    """
    if "real-data" not in cell.metadata.get("tags", []):
        return []
    return list(cell.metadata.get("rnn_course", {}).get("corpora", []))


def why_skipped(cell: NotebookNode) -> str:
    """Say which corpora a cell lacks and how to get them.

    Args:
        cell: A cell of a notebook.

    Returns:
        One sentence, or an empty string when the cell can run.

    Raises:
        rnn_course.corpora.CorpusError: The cell names a corpus that does not exist.
    """
    missing = " ".join(name for name in corpora_of(cell) if not corpora.is_cached(name))
    if not missing:
        return ""
    return (
        f"Skipped: not in the corpus cache: {missing}. "
        f"To run this cell too: rnn-course corpora download {missing}"
    )


def run_notebook(
    path: Path,
    bar: tqdm | None = None,
    timeout: int = 1800,
    stop: threading.Event | None = None,
) -> Result:
    """Run one notebook in a fresh kernel of this Python, in the notebook's folder.

    A cell that fails ends the run; what follows it stays without output.

    Args:
        path: The ``.ipynb`` file, which is not changed.
        bar: Progress bar, moved on by one for each code cell. Several runs may share it.
        timeout: Seconds that one cell may take.
        stop: Interrupts the run when it is set.

    Returns:
        What happened. A failing cell is a result, not an exception.

    Raises:
        NotebookError: The file cannot be read as a notebook.
    """
    notebook = read_notebook(path)
    code = [(i, c) for i, c in enumerate(notebook.cells) if c.cell_type == "code"]
    for _, cell in code:  # nothing old may pass for a result of this run
        cell.outputs, cell.execution_count = [], None
    result = Result(path, notebook)
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_manager_class=_ThisInterpreter,
        record_timing=False,
        store_widget_state=False,  # a network and its JavaScript: beside it stands a still picture
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.log.disabled = True  # it repeats the errors reported below
    stop = stop or threading.Event()
    where, left = "the kernel did not start", len(code)
    start = time.monotonic()
    try:
        # What a kernel writes to its own stderr are notes for its developers, not a cell's output.
        with client.setup_kernel(stderr=subprocess.DEVNULL), _watch(client, result, bar, stop):
            client.reset_execution_trackers()
            for number, (index, cell) in enumerate(code, start=1):
                where = f"code cell {number} of {len(code)} (cell {index + 1} of the notebook)"
                if bar is not None:
                    bar.set_description(f"{path.stem} cell {number}/{len(code)}")
                if reason := why_skipped(cell):
                    result.skipped.append(reason)
                    cell.outputs = [nbformat.v4.new_output("stream", text=reason + "\n")]
                else:
                    client.execute_cell(cell, index, execution_count=client.code_cells_executed + 1)
                left -= 1
                _advance(bar, 1)
    except (CellControlSignal, RuntimeError, corpora.CorpusError) as error:
        result.status, result.error = "failed", f"{where}: {_in_words(error, timeout)}"
        if stop.is_set():
            result.status, result.error = "interrupted", f"{where}: interrupted"
    _advance(bar, left)  # past the cells that a failure left out
    result.seconds = time.monotonic() - start
    return result


def _advance(bar: tqdm | None, cells: int) -> None:
    if bar is not None:
        with bar.get_lock():  # counting is not safe among threads
            bar.update(cells)


def _in_words(error: Exception, timeout: int) -> str:
    if isinstance(error, CellExecutionError):  # on one line; the notebook has the rest
        return textwrap.shorten(f"{error.ename}: {error.evalue}", 300)
    if isinstance(error, CellTimeoutError):
        return f"took longer than {timeout} s and was stopped (--timeout allows more)"
    if isinstance(error, DeadKernelError):
        return "the kernel died: it was killed, perhaps for lack of memory, or it crashed"
    return str(error)


@contextlib.contextmanager
def _watch(
    client: NotebookClient, result: Result, bar: tqdm | None, stop: threading.Event
) -> Iterator[None]:
    """Sample the kernel's memory, keep the bar's clock going, end the kernel when told to."""
    kernel = psutil.Process(client.km.provisioner.pid)
    done = threading.Event()

    def sample() -> None:
        waiting = True
        while waiting:
            with contextlib.suppress(psutil.Error):  # a process may end while it is looked at
                family = [kernel, *kernel.children(recursive=True)]
                held = sum(process.memory_info().rss for process in family)
                result.peak_memory = max(result.peak_memory, held)
                if stop.is_set():
                    kernel.kill()
            if bar is not None:
                bar.refresh()
            waiting = not done.wait(SAMPLE_SECONDS)

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def mark_failure(result: Result) -> None:
    """Say at the top of a notebook that its run did not get to the end.

    Args:
        result: A failed or interrupted result; its notebook is changed.
    """
    text = f"**This run {result.status}:**\n\n    {result.error}"
    result.notebook.cells.insert(0, nbformat.v4.new_markdown_cell(text))
