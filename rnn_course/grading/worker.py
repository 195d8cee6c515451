"""What runs inside the process of one submission: cells come in, what became of each goes out."""

import contextlib
import io
import json
import linecache
import os
import sys
import traceback
from importlib import import_module

import psutil

MOST_FILE_BYTES = 1_000_000_000
MOST_TEXT = 500
MOST_PRINTED = 10_000_000
# What tests call: put back before they do, whatever a notebook has put in its place.
CALLED_BY_TESTS = ("builtins", "math", "numpy", "keras", "keras.ops")
NO_PIP = """print("Nothing is installed where notebooks are graded.")\n"""


class PrintedTooMuch(Exception):  # noqa: N818
    """Ends a cell that prints on and on."""


class _Counter(io.TextIOBase):
    """Stands in for stdout and stderr: counts what is printed and keeps none of it."""

    characters = 0

    def writable(self):
        return True

    def write(self, text):
        self.characters += len(text)
        if self.characters > MOST_PRINTED:
            raise PrintedTooMuch(f"more than {MOST_PRINTED:,} characters in one cell")
        return len(text)


def main(connection, folder):
    """Run cells until the connection closes.

    A message is a JSON object: ``source``, the cell, its ``number``, and ``forget``, a package to
    be imported anew, so that nothing that earlier cells did to it lasts; or ``fresh``: forget every
    name. The answer to a cell has its number, ``error``, empty when there was none, and ``line``,
    the line of an earlier cell where it came up. Processes that a cell has started end with it.

    Args:
        connection: one end of a pipe. JSON goes through it, never pickles: code of students is on
            this side.
        folder: where the cells run.
    """
    _leave_everything_else_alone(folder)
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    quiet = Config({"HistoryManager": {"enabled": False}})
    shell = InteractiveShell.instance(config=quiet)
    shell.showtraceback = shell.showsyntaxerror = lambda *args, **kwargs: None
    shell.enable_gui = lambda gui=None: None  # %matplotlib asks for it
    process = os.getpid()
    modules = [vars(import_module(name)) for name in CALLED_BY_TESTS]
    originals = [dict(names) for names in modules]
    with contextlib.suppress(EOFError, OSError):
        while True:
            message = json.loads(connection.recv_bytes())
            if message.get("fresh"):
                shell.reset(new_session=True)
                continue
            gone = message["forget"]
            for name in [n for n in sys.modules if n == gone or n.startswith(f"{gone}.")]:
                del sys.modules[name]
            for names, original in zip(modules, originals, strict=True):
                names.update(original)
            answer = {"number": message["number"], **_run(shell, message["source"])}
            if os.getpid() != process:
                break  # a copy that the cell has made of this process: it has no say
            end(family(process))
            connection.send_bytes(json.dumps(answer).encode())
    os._exit(0)  # threads that a student left running do not keep the process


def _run(shell, source):
    printed = _Counter()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        result = shell.run_cell(source, silent=True)
    error = result.error_before_exec or result.error_in_exec
    return {
        "error": _in_words(error) if error is not None else "",
        "line": _line_of(error, source) if error is not None else "",
    }


def family(pid):
    """The processes that a worker has started, also those whose own parent has ended.

    Args:
        pid: the worker's.

    Returns:
        What `psutil` knows of them, without the worker.
    """
    found = {}
    with contextlib.suppress(psutil.Error):
        found = {child.pid: child for child in psutil.Process(pid).children(recursive=True)}
    for other in psutil.pids() if os.name == "posix" else ():
        with contextlib.suppress(OSError, psutil.Error):
            if other != pid and other not in found and os.getsid(other) == pid:
                found[other] = psutil.Process(other)
    return list(found.values())


def end(processes):
    """Kill processes, and wait until they are gone."""
    for process in reversed(processes):
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(processes, timeout=5)


def _in_words(error):
    try:
        text = str(error)
    except Exception:  # a student's own exception class can do anything
        text = ""
    if type(error).__name__ == "NotYetError":
        return text
    if isinstance(error, SyntaxError):
        text = f"{error.msg}, line {error.lineno}"
    if isinstance(error, ModuleNotFoundError):
        text += ", and where notebooks are graded there are this course's packages alone"
    return f"{type(error).__name__}: {text}"[:MOST_TEXT].rstrip(": ")


def _line_of(error, source):
    """The innermost line of an earlier cell that an error passed through."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        lines = linecache.getlines(frame.filename)
        # Lines of the cell itself are not shown: they may be those of a hidden test.
        if "ipython" in frame.filename and "".join(lines).strip() != source.strip():
            return frame.line.strip()[:MOST_TEXT]
    return ""


def _leave_everything_else_alone(folder):
    """Nothing to read from, nowhere to print to, no large files, no GPU, no windows, no pip."""
    os.chdir(folder)
    sys.path.insert(0, folder)  # for modules that a cell writes
    instead = os.path.join(folder, ".instead")
    os.mkdir(instead)
    with open(os.path.join(instead, "pip.py"), "w", encoding="utf-8") as file:
        file.write(NO_PIP)
    os.environ.update(CUDA_VISIBLE_DEVICES="-1", MPLBACKEND="agg", TF_CPP_MIN_LOG_LEVEL="3")
    os.environ.update(IPYTHONDIR=folder, PYTHONPATH=instead)
    with open(os.devnull, "r+b", buffering=0) as nothing:
        for descriptor in (0, 1, 2):
            os.dup2(nothing.fileno(), descriptor)
    if os.name == "posix":
        import resource

        os.setsid()  # Ctrl-C is for the command that grades
        resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_FILE_BYTES, MOST_FILE_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
