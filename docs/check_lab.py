"""JupyterLab as a student meets it, in headless Chromium. `make lab-check` runs this.

    python -m pytest docs/check_lab.py

It starts `rnn-course lab` on a copy of the course. The start page must be there, with nothing in
front of it, and lead to the first notebook; nbgrader's panels only with `--teach`. Then it opens a
notebook, runs all cells and waits: every cell must have run without an error, and every figure must
be there to see. Cells whose real corpus is not in the cache are left out of the copy.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import nbformat
import psutil
import pytest

from rnn_course.notebooks.running import why_skipped

ROOT = Path(__file__).resolve().parents[1]
NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"]
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
PATIENCE = 1800  # seconds for one notebook; on two quiet cores it takes one or two minutes
pytestmark = pytest.mark.skipif(
    CHROMIUM is None,
    reason="no Chromium found: install chromium, or name its program in CHROMIUM",
)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course whose notebooks have no outputs, so that those seen are new."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "rnn_course").mkdir()  # by this and notebooks/, `rnn-course` knows the course
    (folder / "notebooks").mkdir()
    for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"):
        notebook = nbformat.read(path, 4)
        notebook.cells = [cell for cell in notebook.cells if not why_skipped(cell)]
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, folder / "notebooks" / path.name)
    for path in (ROOT / "notebooks").glob("START.*"):
        shutil.copy(path, folder / "notebooks")
    return folder


@pytest.fixture(scope="module")
def lab(course):
    """The address of a server that `rnn-course lab` has started, and how to ask it."""
    with serving(course) as served:
        yield served


@contextmanager
def serving(course, *more):
    """A server that `rnn-course lab` starts: its address, and how to ask it."""
    port = free_port()
    options = [
        "--no-browser",
        "--allow-root",  # as root in a container
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=secret",
        *more,
    ]
    environment = os.environ | {
        name: str(course / "jupyter" / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    with (course / "log").open("w") as log:
        server = subprocess.Popen(
            [Path(sys.executable).with_name("rnn-course"), "lab", *options],
            cwd=course,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}/"

    def ask(path):
        request = urllib.request.Request(address + path, headers={"Authorization": "token secret"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    deadline = time.monotonic() + 120
    while True:
        try:
            ask("api/status")
            break
        except OSError:
            log = (course / "log").read_text("utf-8")
            assert server.poll() is None, f"the server stopped: {log[-3000:]}"
            assert time.monotonic() < deadline, f"the server does not answer: {log[-3000:]}"
            time.sleep(0.5)
    yield address, ask
    processes = [*psutil.Process(server.pid).children(recursive=True), psutil.Process(server.pid)]
    for process in processes:
        process.terminate()
    for process in psutil.wait_procs(processes, timeout=20)[1]:
        process.kill()
    server.wait()


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
        )
        yield browser
        browser.close()


NBGRADER = ".lm-MenuBar-itemLabel:text('Nbgrader'), .lm-TabBar-tab[title*='Nbgrader']"


def opened(browser, address):
    """What a user sees after `rnn-course lab` has opened the browser."""
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.set_default_timeout(120_000)
    tab.goto(f"{address}?token=secret")
    tab.locator(".jp-MarkdownViewer:visible").wait_for()
    tab.wait_for_timeout(5000)  # what would pop up has done so
    return tab


def test_the_start_page_leads_to_the_first_notebook(lab, browser):
    tab = opened(browser, lab[0])
    page = tab.locator(".jp-MarkdownViewer")
    assert page.locator("h1").inner_text().startswith("Welcome")
    assert not tab.locator(".Toastify__toast, dialog:visible").count(), "something pops up"
    assert not tab.locator(NBGRADER).count()
    page.locator("img").scroll_into_view_if_needed()
    assert page.evaluate(SEEN.replace(".jp-OutputArea img", "img")) == [True]
    page.locator("a[href*='.ipynb']:visible").first.click()
    tab.locator(".jp-NotebookPanel:visible").wait_for()
    assert tab.url.endswith("/00_text_to_vectors.ipynb")
    tab.context.close()


def test_a_lecturer_has_nbgraders_panels_too(course, browser):
    with serving(course, "--teach") as (address, _):
        tab = opened(browser, address)
        assert tab.locator(NBGRADER).count() == 2  # a menu, and a panel to create assignments
        assert not tab.locator(".Toastify__toast, dialog:visible").count(), "something pops up"
        tab.context.close()


SEEN = """(cell) => [...cell.querySelectorAll('.jp-OutputArea img')].map(image => {
    const box = image.getBoundingClientRect();
    return image.complete && image.naturalWidth > 0 && box.width > 50 && box.height > 50;
})"""


def choose(tab, menu, command):
    dialogs = tab.locator("dialog:visible")
    assert not dialogs.count(), f"JupyterLab asks: {dialogs.first.inner_text()}"
    tab.locator(".lm-MenuBar-itemLabel", has_text=menu).first.click()
    tab.locator(f".lm-Menu-item[data-command='{command}']").click()


def errors_in(notebook):
    return [
        f"cell {i}: {output.ename}: {output.evalue}\n{cell.source[:300]}"
        for i, cell in enumerate(notebook.cells)
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]


WIDGET = "application/vnd.jupyter.widget-view+json"  # in whose place no picture is shown


def pictures_in(cell):
    shown = [output.get("data", {}) for output in cell.get("outputs", [])]
    return sum("image/png" in data and WIDGET not in data for data in shown)


@pytest.mark.parametrize("name", ["01_simple_rnn", "05_language_model"])
def test_run_all(lab, browser, course, name):
    address, ask = lab
    path = course / "notebooks" / f"{name}.ipynb"
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.set_default_timeout(120_000)
    crashes = []
    tab.on("pageerror", lambda error: crashes.append(str(error)))
    # A workspace of its own: the default one brings back the notebook that was open before.
    tab.goto(f"{address}lab/workspaces/{name}/tree/{path.name}?token=secret")
    status = tab.locator(".jp-NotebookPanel:visible .jp-Notebook-ExecutionIndicator")
    idle = tab.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]:visible")
    started = time.monotonic()
    while not any(
        each["path"] == path.name and each["kernel"]["execution_state"] == "idle"
        for each in ask("api/sessions")
    ):
        assert time.monotonic() < started + 120, "no kernel starts"
        time.sleep(0.5)
    tab.wait_for_timeout(2000)  # until the page has heard of it, too
    idle.wait_for()
    choose(tab, "Run", "runmenu:run-all")

    deadline = time.monotonic() + PATIENCE
    while True:  # until the kernel has nothing left to do, and the notebook that is saved says so
        time.sleep(2)
        assert time.monotonic() < deadline, f"{name} still runs after {PATIENCE} seconds"
        if status.first.get_attribute("data-status") != "idle":
            continue
        choose(tab, "File", "docmanager:save")
        tab.wait_for_timeout(3000)
        notebook = nbformat.read(path, 4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        if errors_in(notebook) or all(cell.execution_count for cell in code):
            break
    assert not errors_in(notebook)
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    (session,) = [each for each in ask("api/sessions") if each["path"] == path.name]
    assert session["kernel"]["execution_state"] == "idle"

    expected = {i: pictures_in(cell) for i, cell in enumerate(notebook.cells)}
    assert sum(expected.values()) > 1
    for i, count in expected.items():
        if count:
            cell = tab.locator(f".jp-Notebook .jp-Cell[data-windowed-list-index='{i}']")
            cell.scroll_into_view_if_needed()
            cell.locator("img").first.wait_for()
            assert cell.evaluate(SEEN) == [True] * count, f"cell {i}"
    assert not crashes
    tab.close()
