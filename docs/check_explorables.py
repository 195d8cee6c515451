"""What can be moved, in headless Chromium: on the site, in JupyterLab and in Notebook 7.

    python -m pytest docs/check_explorables.py

Each is opened, moved by mouse and by keyboard, and the numbers it shows are read back and held
against Python's. `make explorables-check` runs this; without a built site, its part is skipped.
"""

import functools
import http.server
import re
import threading
import time
from contextlib import contextmanager

import nbformat
import numpy as np
import pytest
from check_lab import CHROMIUM, serving
from check_site import FLAGS, SITE, Quiet, axe, needs_chromium

from rnn_course import explorables

pytestmark = needs_chromium
NAMES = ("step_through", "sampler", "attend", "trellis", "scan")
TEXT = "the ending was not gripping zebra"


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site():
    if not (SITE / "play.html").is_file():
        pytest.skip("needs the site: make site")
    handler = functools.partial(Quiet, directory=SITE)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@contextmanager
def opened(browser, url, **options):
    """A tab, and what went wrong in it."""
    tab = browser.new_page(viewport={"width": 1400, "height": 900}, **options)
    tab.set_default_timeout(120_000)
    wrong = []
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.goto(url)
    yield tab, wrong
    tab.close()


def numbers(part, css):
    """The numbers behind the cells of one, unrounded."""
    return part.locator(css).evaluate_all("cells => cells.map(cell => Number(cell.dataset.value))")


def step_through(tab, part):
    part.locator("input[type=text]").fill(TEXT)
    wanted, shares = explorables.StepThrough(TEXT).run()
    found = np.reshape(numbers(part, "button.cell"), (wanted.shape[1], len(wanted))).T
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    np.testing.assert_allclose(numbers(part, ".answers .cell"), shares[:, -1], atol=1e-5)
    assert "“zebra”" in part.locator(".note").inner_text()
    slider = part.locator("input[type=range]")
    slider.focus()
    tab.keyboard.press("ArrowLeft")
    assert slider.input_value() == "5"
    assert part.locator("button.cell").count() == 5 * 8
    part.get_by_role("button", name="One step back").click()
    assert part.locator("button.cell").count() == 4 * 8
    first = part.locator("button.cell").first
    first.focus()
    tab.keyboard.press("ArrowDown")
    assert "unit 2 after “the”" in part.locator(".sum").inner_text()
    part.locator("button.cell").nth(9).hover()
    assert "unit 3 after “ending”" in part.locator(".sum").inner_text()


def sampler(tab, part):
    part.locator("input[type=text]").fill("JULIET: ")
    logits = explorables.Sampler("JULIET: ").logits()
    shares = np.exp(logits - logits.max())
    wanted = np.sort(shares / shares.sum())[::-1][:12]
    np.testing.assert_allclose(numbers(part, ".bar"), wanted, atol=1e-4)
    top_k = part.locator("input[type=range]").nth(1)
    top_k.focus()
    tab.keyboard.press("Home")
    assert top_k.input_value() == "1"
    assert part.locator(".bar:not(.out)").count() == 1
    part.get_by_role("button", name="One letter").click()
    assert len(part.locator(".written").text_content()) == len("JULIET: ") + 1


def attend(tab, part):
    part.locator("input[type=text]").fill(TEXT)
    scores, weights, _ = explorables.Attend(TEXT).run()
    np.testing.assert_allclose(numbers(part, ".scores .cell"), scores, atol=1e-4)
    np.testing.assert_allclose(numbers(part, ".weights .cell"), weights, atol=1e-5)
    part.locator("button.cell").first.focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Enter")
    assert part.locator("select").input_value() == "1"
    states = explorables.Attend(TEXT).states()
    wanted = states @ states[1] / np.sqrt(states.shape[1])
    np.testing.assert_allclose(numbers(part, ".scores .cell"), wanted, atol=1e-4)


def trellis(tab, part):
    assert "Viterbi: B I O O, score 8.5." in part.locator(".sum").inner_text()
    part.get_by_label("B at lung").fill("-3")
    emissions = [list(row) for row in explorables.Trellis().emissions]
    emissions[0][1] = -3
    says = explorables.Trellis(emissions=emissions).still().get_label()
    way = " ".join(re.search(r"Best way: \w+ (.), \w+ (.), \w+ (.), \w+ (.),", says).groups())
    assert f"Viterbi: {way}, " in part.locator(".sum").inner_text()
    slider = part.locator("input[type=range]")
    slider.focus()
    tab.keyboard.press("Home")
    assert slider.input_value() == "0"


def scan(tab, part):
    slider = part.locator("input[type=range]").first
    slider.focus()
    tab.keyboard.press("ArrowRight")
    assert slider.input_value() == "9"
    part.locator("input[type=range]").last.press("End")
    state, wanted = 0.0, []
    for value in explorables.Scan(9).inputs():
        state = 0.5 * state + value
        wanted.append(state)
    for table in part.locator(".states").all():
        found = table.locator(".cell").evaluate_all("all => all.map(c => Number(c.dataset.value))")
        np.testing.assert_allclose(found, wanted, atol=1e-9)


MOVES = {f.__name__: f for f in (step_through, sampler, attend, trellis, scan)}


def test_every_explorable_is_moved_here():
    assert tuple(MOVES) == NAMES
    assert {path.stem for path in (explorables.FOLDER / "static").glob("*.js")} == {*NAMES, "play"}


@pytest.mark.parametrize("name", NAMES)
def test_on_the_site(browser, site, name):
    with opened(browser, f"{site}play.html") as (tab, wrong):
        part = tab.locator(f".explorable-frame[data-name={name}]")
        part.wait_for()
        MOVES[name](tab, part)
        assert not axe(tab)
        assert not wrong


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_without_motion(browser, site, scheme):
    options = {"color_scheme": scheme, "reduced_motion": "reduce"}
    with opened(browser, f"{site}play.html", **options) as (tab, wrong):
        tab.set_viewport_size({"width": 390, "height": 800})
        tab.locator(".explorable-frame").nth(len(NAMES) - 1).wait_for()
        assert tab.evaluate("() => document.documentElement.scrollWidth") <= 390
        cell = tab.locator("button.cell").first
        assert cell.evaluate("e => getComputedStyle(e).transitionDuration") == "0s"
        assert not axe(tab, ["color-contrast"])
        assert not wrong


def test_without_scripts_the_still_picture_stays(browser, site):
    with opened(browser, f"{site}play.html", java_script_enabled=False) as (tab, _):
        assert tab.locator("[data-explorable] img.only-light").count() == len(NAMES)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A course with one notebook that shows one of each."""
    folder = tmp_path_factory.mktemp("explorables")
    (folder / "rnn_course").mkdir()
    (folder / "notebooks").mkdir()
    classes = ("StepThrough", "Sampler", "Attend", "Trellis", "Scan")
    cells = [
        nbformat.v4.new_code_cell(f"from rnn_course import explorables\nexplorables.{name}()")
        for name in classes
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, folder / "notebooks" / "play.ipynb")
    with serving(folder) as (address, _):
        yield address, folder / "notebooks" / "play.ipynb"


@pytest.mark.parametrize("place", ["lab/tree", "notebooks"])
def test_in_jupyter(browser, server, place):
    address, path = server
    with opened(browser, f"{address}{place}/{path.name}?token=secret") as (tab, wrong):
        tab.locator(".jp-Notebook .jp-Cell").first.wait_for()
        tab.wait_for_timeout(5000)
        wrong.clear()  # Notebook 7's own: it looks for commands of JupyterLab's
        tab.locator(".lm-MenuBar-itemLabel", has_text="Run").first.click()
        tab.locator(".lm-Menu-item[data-command='runmenu:run-all']").click()
        started = time.monotonic()
        for name in NAMES:
            part = tab.locator(f".explorable-frame[data-name={name}]")
            part.wait_for(timeout=240_000)
        tab.wait_for_timeout(2000)  # running a cell moves the focus
        for name in NAMES:
            part = tab.locator(f".explorable-frame[data-name={name}]")
            part.scroll_into_view_if_needed()
            MOVES[name](tab, part)
        assert time.monotonic() < started + 300
        assert not wrong
