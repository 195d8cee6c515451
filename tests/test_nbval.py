"""How nbval re-runs the notebooks, with the settings of conftest.py and pyproject.toml."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbval.kernel
import pytest
from nbformat.v4 import new_code_cell, new_output

ROOT = Path(__file__).parents[1]


@pytest.fixture
def validate(tmp_path, write_notebook):
    """Run pytest over a notebook of the given cells, as the repository does."""

    def run(*cells):
        for count, cell in enumerate(cells, start=1):
            cell.execution_count = count
        path = write_notebook("01_a.ipynb", *cells)
        shutil.copy(ROOT / "conftest.py", tmp_path)
        shutil.copy(ROOT / "pyproject.toml", tmp_path)
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(path)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    return run


def printed(source, text, **metadata):
    output = [new_output("stream", text=text)]
    return new_code_cell(source, outputs=output, metadata=metadata)


def test_outputs_are_compared_and_stderr_is_not(validate):
    warn = printed("import sys; print(1); print('careful', file=sys.stderr)", "1\n")
    done = validate(warn, printed("print(2)", "3\n"))
    assert "1 failed, 1 passed" in done.stdout
    assert "Cell 1" in done.stdout


def test_real_data_cells_are_skipped_visibly_without_their_corpus(validate, empty_cache):
    metadata = {"tags": ["real-data"], "rnn_course": {"corpora": ["tiny_shakespeare"]}}
    done = validate(printed("print(1)", "1\n"), printed("1 / 0", "", **metadata))
    assert done.returncode == 0
    assert "1 passed, 1 skipped" in done.stdout
    assert "rnn-course corpora download tiny_shakespeare" in done.stdout.replace("\n", "")


def test_the_kernel_is_this_interpreter(validate):
    done = validate(printed("import sys; print(sys.executable)", f"{sys.executable}\n"))
    assert "1 passed" in done.stdout


@pytest.mark.parametrize("failures", [0, 1, 2, 3])
def test_a_kernel_that_does_not_start_is_started_again(monkeypatch, failures):
    started = []

    class Kernel:
        """Stands for the manager of a kernel and for its client."""

        def __init__(self, **options):
            started.append(self)

        def client(self):
            return self

        def wait_for_ready(self, timeout):
            if len(started) <= failures:
                raise RuntimeError("Kernel died before replying to kernel_info")

        start_kernel = start_channels = stop_channels = shutdown_kernel = lambda self: None

    monkeypatch.setattr(nbval.kernel, "KernelManager", Kernel)
    if failures < 3:
        assert nbval.kernel.start_new_kernel() == (started[-1], started[-1])
        assert len(started) == failures + 1
    else:
        with pytest.raises(RuntimeError, match="Kernel died"):
            nbval.kernel.start_new_kernel()
