"""Run the cells of a stranger's notebook in a process of its own, with limits of time and memory.

This keeps mistakes from spreading: a hang, a crash, memory without end. It does not keep malice
out: the code runs with the rights of whoever grades. For that there is the container.
"""

import contextlib
import json
import multiprocessing
import shutil
import sys
import tempfile
import threading
import time
import types
from collections.abc import Iterator
from dataclasses import dataclass, field

import psutil

from rnn_course.grading import worker

SAMPLE_SECONDS = 0.1
START_SECONDS = 120
MOST_BYTES = 100_000  # of an answer from the process


class Stopped(Exception):  # noqa: N818
    """Why the process is no more; it takes no further cells."""


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    Attributes:
        cell_seconds: Time for one cell.
        seconds: Time for the whole notebook.
        memory: Bytes held by the process and those it starts.
        stop: When it is set from outside, the process ends at once.
    """

    cell_seconds: float = 60.0
    seconds: float = 300.0
    memory: float = 2e9
    stop: threading.Event = field(default_factory=threading.Event, repr=False, compare=False)


@dataclass(frozen=True)
class Outcome:
    """What became of a cell.

    Attributes:
        error: What went wrong, in a sentence; empty when nothing did.
        line: The line of an earlier cell where it came up, if there is one.
    """

    error: str = ""
    line: str = ""


def _context() -> multiprocessing.context.BaseContext:
    """How processes start: on Linux as copies of one that has imported TensorFlow already."""
    if not sys.platform.startswith("linux"):
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["rnn_course.grading.preload"])
    return context


_STARTING = threading.Lock()


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Keep a new process from importing the program that grades, of which it needs nothing."""
    with _STARTING:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


class Sandbox:
    """A process that runs cells, one after the other, as a notebook's kernel does.

    Use it in a ``with`` statement: at its end the process and all that it started are gone, and so
    is the folder they ran in.

    Args:
        limits: What the process may use.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()

    def __enter__(self) -> "Sandbox":
        self._folder = tempfile.mkdtemp(prefix="rnn-course-")
        context = _context()
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=worker.main, args=(theirs, self._folder))
        with _without_main():
            self._process.start()
        theirs.close()  # so that the end of the process is the end of the connection
        self._start = time.monotonic()
        self._begun = False
        self._sent = 0
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        self._connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def execute(self, source: str, forget: str = "") -> Outcome:
        """Run one cell.

        Args:
            source: The cell: Python, and IPython's magics.
            forget: A package that is to be imported anew, with all its modules.

        Returns:
            What became of it. An exception in the cell is an outcome, not an exception here.

        Raises:
            Stopped: It hung, used too much memory, or ended the process.
        """
        if not self._begun:  # how long the process takes to start is nobody's fault
            self._send(source="", forget="")
            self._receive(START_SECONDS)
            self._start, self._begun = time.monotonic(), True
        self._send(source=source, forget=forget)
        return Outcome(**self._receive(self.limits.cell_seconds))

    def fresh(self) -> None:
        """Forget every name, as if the notebook began anew."""
        self._send(fresh=True)

    def _send(self, **message: object) -> None:
        self._sent += 1
        message["number"] = self._sent
        with contextlib.suppress(OSError):  # it has ended: `_receive` says so
            self._connection.send_bytes(json.dumps(message).encode())

    def _receive(self, seconds: float) -> dict:
        start = time.monotonic()
        try:
            return self._answer(start, seconds)
        except (EOFError, OSError, ValueError, KeyError):
            self._process.join(timeout=5)
            code = self._process.exitcode
            if code is not None and code < 0:
                self._stop(f"ended its process (signal {-code}): it crashed or killed it")
            self._stop("ended its process")

    def _answer(self, start: float, seconds: float) -> dict:
        while True:
            while not self._connection.poll(SAMPLE_SECONDS):
                now = time.monotonic()
                if self.limits.stop.is_set():
                    self._stop("was interrupted")
                if now - start > seconds:
                    self._stop(f"took longer than {seconds:g} s and was stopped")
                if self._begun and now - self._start > self.limits.seconds:
                    self._stop(f"the notebook took longer than {self.limits.seconds:g} s")
                if self._memory() > self.limits.memory:
                    self._stop(f"used more than {self.limits.memory / 1e9:g} GB of memory")
            answer = json.loads(self._connection.recv_bytes(MOST_BYTES))
            if answer.pop("number") == self._sent:  # else it is of something else
                return answer

    def _stop(self, reason: str) -> None:
        self._end()
        raise Stopped(reason)

    def _family(self) -> list[psutil.Process]:
        with contextlib.suppress(psutil.Error):
            return [psutil.Process(self._process.pid), *worker.family(self._process.pid)]
        return []

    def _memory(self) -> int:
        held = 0
        for process in self._family():
            with contextlib.suppress(psutil.Error):  # it may end while it is looked at
                held += process.memory_info().rss
        return held

    def _end(self) -> None:
        left = worker.family(self._process.pid)
        with contextlib.suppress(psutil.Error):
            psutil.Process(self._process.pid).kill()
        worker.end(left)
        self._process.join()
