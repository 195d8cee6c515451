"""Notebooks run in a fresh kernel of this interpreter; whatever goes wrong is told, not thrown."""

import re
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser

import nbformat
import pytest

from rnn_course.notebooks import report, running


def texts(notebook):
    return [o.get("text", "") for cell in notebook.cells for o in cell.get("outputs", [])]


def test_a_notebook_runs_in_order_in_its_folder_with_this_interpreter(write_notebook):
    path = write_notebook(
        "01_a.ipynb", "import os, sys; n = 1", "print(n + 1)", "print(sys.executable, os.getcwd())"
    )
    before = path.read_bytes()
    result = running.run_notebook(path)
    assert (result.status, result.error) == ("passed", "")
    assert texts(result.notebook) == ["2\n", f"{sys.executable} {path.parent}\n"]
    assert [cell.execution_count for cell in result.notebook.cells] == [1, 2, 3]
    assert path.read_bytes() == before
    assert result.seconds > 0


def test_a_kernel_installed_under_the_same_name_is_not_used(write_notebook, tmp_path, monkeypatch):
    other = tmp_path / "share" / "kernels" / "python3"
    other.mkdir(parents=True)
    (other / "kernel.json").write_text('{"argv": ["no-such-python"], "display_name": "other"}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share"))
    path = write_notebook("01_a.ipynb", "import sys; print(sys.executable)")
    assert texts(running.run_notebook(path).notebook) == [f"{sys.executable}\n"]


def test_peak_memory_counts_what_the_kernel_held_and_gave_back(write_notebook):
    path = write_notebook(
        "01_a.ipynb",
        "import time; block = bytearray(300_000_000); block[::4096] = b'x' * len(block[::4096])",
        "time.sleep(0.5); del block",
    )
    assert 3e8 < running.run_notebook(path).peak_memory < 6e8


def test_a_failing_cell_ends_the_notebook_and_old_outputs_do_not_stay(write_notebook):
    old = nbformat.v4.new_output("stream", text="old")
    after = nbformat.v4.new_code_cell("print('never')", execution_count=9, outputs=[old])
    text = nbformat.v4.new_markdown_cell("# Title")
    path = write_notebook("01_a.ipynb", text, "x = 1", "x / 0", after)
    result = running.run_notebook(path)
    assert result.status == "failed"
    assert result.error == (
        "code cell 2 of 3 (cell 3 of the notebook): ZeroDivisionError: division by zero"
    )
    assert result.notebook.cells[2].outputs[0].ename == "ZeroDivisionError"
    assert result.notebook.cells[3].outputs == []


def test_a_cell_tagged_raises_exception_may_raise(write_notebook):
    raises = nbformat.v4.new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]})
    result = running.run_notebook(write_notebook("01_a.ipynb", raises, "print('on')"))
    assert result.status == "passed"
    assert texts(result.notebook)[-1] == "on\n"


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is not of Windows")
def test_a_killed_kernel_is_told(write_notebook):
    path = write_notebook("01_a.ipynb", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    result = running.run_notebook(path)
    assert result.status == "failed"
    assert "code cell 1 of 1" in result.error
    assert "the kernel died" in result.error


def test_a_hanging_cell_is_stopped_after_the_timeout(write_notebook):
    path = write_notebook("01_a.ipynb", "while True: pass", "print('never')")
    result = running.run_notebook(path, timeout=2)
    assert "took longer than 2 s" in result.error
    assert result.seconds < 30


def test_a_kernel_that_does_not_start_is_told(write_notebook, monkeypatch):
    spec = running.KernelSpec(argv=[sys.executable, "-c", "raise SystemExit(3)"])
    monkeypatch.setattr(running._ThisInterpreter, "kernel_spec", spec)
    result = running.run_notebook(write_notebook("01_a.ipynb", "1"))
    assert result.status == "failed"
    assert result.error.startswith("the kernel did not start")


def test_real_data_cells_without_their_corpus_are_skipped_visibly(
    write_notebook, real_data_cell, empty_cache
):
    path = write_notebook(
        "01_a.ipynb", "x = 1", real_data_cell("x = 2", "tiny_shakespeare"), "print(x)"
    )
    result = running.run_notebook(path)
    assert result.status == "passed"
    skipped, after = texts(result.notebook)
    assert "rnn-course corpora download tiny_shakespeare" in skipped
    assert after == "1\n"
    assert result.skipped == [skipped.strip()]
    assert result.notebook.cells[1].execution_count is None


def test_real_data_cells_run_when_their_corpus_is_there(
    write_notebook, real_data_cell, monkeypatch
):
    monkeypatch.setattr(running.corpora, "is_cached", lambda name: True)
    path = write_notebook("01_a.ipynb", real_data_cell("print('ran')", "tiny_shakespeare"))
    result = running.run_notebook(path)
    assert (texts(result.notebook), result.skipped) == (["ran\n"], [])


def test_a_corpus_that_does_not_exist_is_the_cells_error(write_notebook, real_data_cell):
    path = write_notebook("01_a.ipynb", real_data_cell("1", "shakespear"))
    result = running.run_notebook(path)
    assert result.status == "failed"
    assert "code cell 1 of 1" in result.error
    assert "shakespear" in result.error


def test_a_missing_notebook_is_named_with_those_beside_it(write_notebook, tmp_path):
    write_notebook("01_a.ipynb", "1")
    with pytest.raises(running.NotebookError, match=r"no notebook .*02_b\.ipynb.*01_a\.ipynb"):
        running.read_notebook(tmp_path / "02_b.ipynb")


@pytest.mark.parametrize("content", ["", "no JSON", "[]", '{"cells": 3}'])
def test_a_file_that_is_no_notebook_is_named(tmp_path, content):
    (tmp_path / "01_a.ipynb").write_text(content)
    with pytest.raises(running.NotebookError, match=r"01_a\.ipynb is not a notebook"):
        running.read_notebook(tmp_path / "01_a.ipynb")


def attributes(page, tag):
    """Collect the attributes of every element of one kind in a page."""
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda name, pairs: name == tag and found.append(dict(pairs))
    parser.handle_startendtag = parser.handle_starttag
    parser.feed(page)
    return found


PICTURE = "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()"


def test_the_pages_hold_picture_alt_text_and_ask_nothing_of_the_network(write_notebook, tmp_path):
    alt = 'a line that rises from "one" to <two>'
    figure = nbformat.v4.new_code_cell(PICTURE, metadata={"mystnb": {"image": {"alt": alt}}})
    equation = nbformat.v4.new_markdown_cell("# Sum\n$$\\sum_t x_t$$")
    result = running.run_notebook(write_notebook("01_a.ipynb", equation, figure))
    report.write_notebook(result, tmp_path / "out")
    index = report.write_index([result], tmp_path / "out").read_text("utf-8")
    page = (tmp_path / "out" / "01_a.html").read_text("utf-8")
    for html in (index, page):
        pictures = attributes(html, "img")
        assert [picture["alt"] for picture in pictures] == [alt]
        assert pictures[0]["src"].startswith("data:image/png;base64,")
        loaded = [a["src"] for a in attributes(html, "script") if "src" in a]
        assert all(source.startswith("mathjax/") for source in loaded)
        assert attributes(html, "link") == []
    assert [a["href"] for a in attributes(index, "a")] == ["01_a.html"]
    assert "1 of 1 notebooks passed" in index
    font = re.search(r'webFont: "(.+?)"', page)[1]
    assert (tmp_path / "out" / "mathjax" / "MathJax.js").exists()
    assert (tmp_path / "out" / "mathjax" / "fonts" / "HTML-CSS" / font).exists()
    nbformat.validate(nbformat.read(tmp_path / "out" / "01_a.ipynb", as_version=4))


def test_a_failed_run_is_marked_in_notebook_page_and_index(write_notebook, tmp_path):
    result = running.run_notebook(write_notebook("01_a.ipynb", "raise ValueError('<bad>')"))
    running.mark_failure(result)
    report.write_notebook(result, tmp_path / "out")
    index = report.write_index([result], tmp_path / "out").read_text("utf-8")
    assert "0 of 1 notebooks passed" in index
    assert "ValueError: &lt;bad&gt;" in index
    written = nbformat.read(tmp_path / "out" / "01_a.ipynb", as_version=4)
    assert written.cells[0].source.startswith("**This run failed:**")
    page = (tmp_path / "out" / "01_a.html").read_text("utf-8")
    assert "This run failed" in page
    assert "of the notebook): ValueError: &lt;bad&gt;" in page


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process there")
def test_ctrl_c_keeps_what_is_finished(write_notebook, tmp_path):
    first = write_notebook("01_a.ipynb", "print('done')")
    started = tmp_path / "started"
    begin = f"import pathlib, time; first = pathlib.Path({str(tmp_path / 'out' / '01_a.html')!r})"
    follow = "while not first.exists(): time.sleep(0.1)"
    second = write_notebook(
        "02_b.ipynb", begin, follow, f"pathlib.Path({str(started)!r}).touch(); time.sleep(60)"
    )
    third = write_notebook("03_c.ipynb", "import time; time.sleep(60)")
    fourth = write_notebook("04_d.ipynb", "print('never begun')")
    command = [sys.executable, "-c", "from rnn_course.cli import app; app()", "run"]
    process = subprocess.Popen(
        [*command, *map(str, (first, second, third, fourth)), "--out", str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # Where the tests run in the background, Ctrl-C is ignored, and so it would be here.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not started.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=30)
    assert process.returncode == 130, told
    assert "02_b.ipynb: code cell 3 of 3 (cell 3 of the notebook): interrupted" in told
    assert "03_c.ipynb: code cell 1 of 1 (cell 1 of the notebook): interrupted" in told
    assert "04_d" not in told
    assert "1 of 3 notebooks passed" in (tmp_path / "out" / "index.html").read_text("utf-8")
    assert (tmp_path / "out" / "02_b.ipynb").exists()
