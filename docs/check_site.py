"""The built site as a reader meets it, in headless Chromium. `make site-check` runs this.

    python -m pytest -n 2 docs/check_site.py

Every page must load without a console error, a failed request or a request to another host; show
its equations; pass axe-core in light and dark; and not scroll sideways on a phone. Links and
anchors are followed in the files themselves.
"""

import functools
import http.server
import os
import re
import shutil
import threading
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

SITE = Path(__file__).resolve().parents[1] / "build" / "site"
PAGES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
PAGES = [page for page in PAGES if not page.startswith("_static/")]
SLIDES = [page for page in PAGES if page.startswith("slides/")]
READ = [page for page in PAGES if page not in SLIDES]
NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"]
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
DESKTOP = {"width": 1280, "height": 800}
FLAGS = [
    "--no-sandbox",  # as root in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None,
    reason="no Chromium found: install chromium, or name its program in CHROMIUM",
)
# axe-core's rules for WCAG 2.1 AA and good practice, but for tables whose corner is empty.
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    "resultTypes": ["violations"],
    "rules": {"empty-table-header": {"enabled": False}},
    "iframes": False,
    "preload": False,  # it would ask for style sheets where there are none
}


def test_the_site_is_built():
    assert len(PAGES) > 50, "build it first: make site"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def address():
    handler = functools.partial(Quiet, directory=SITE)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def only_tab(browser, address):
    """One for all tests: what pages share is loaded once, and a new tab costs more than a page."""
    tab = browser.new_page(base_url=address)
    tab.set_default_timeout(180_000)  # a machine that does much else
    tab.wrong = []
    tab.on("console", lambda m: tab.wrong.append(m.text) if m.type == "error" else None)
    tab.on("pageerror", lambda error: tab.wrong.append(str(error)))
    tab.on("requestfailed", lambda r: tab.wrong.append(f"failed: {r.url}"))
    tab.on("response", lambda r: tab.wrong.append(f"{r.status}: {r.url}") if r.status > 399 else 0)

    def foreign(request):
        if not request.url.startswith((address, "data:", "blob:")):
            tab.wrong.append(f"leaves the site: {request.url}")

    tab.on("request", foreign)
    return tab


@pytest.fixture
def tab(only_tab):
    """The tab, empty; it remembers what goes wrong in it, as ``tab.wrong``."""
    only_tab.goto("about:blank")
    only_tab.set_viewport_size(DESKTOP)
    only_tab.wrong.clear()
    return only_tab


def visit(tab, page):
    """Open a page and wait until its equations are set."""
    tab.goto(page, wait_until="load")
    tab.add_style_tag(content="* { transition: none !important }")  # colours change at once
    tab.evaluate("() => window.MathJax && MathJax.startup && MathJax.startup.promise")
    if page in SLIDES:
        tab.wait_for_function("() => Reveal.isReady()")


# What is repeated is looked at once: the inside of an equation never, as it has the colour of the
# text around it; of code one token of a kind; of contents, which are the same on all pages, the
# first links and the present one. Otherwise axe-core takes minutes for a notebook.
THIN_OUT = """() => {
    const links = ':is(.bd-sidenav, .bd-toc-nav) li:nth-child(n + 4):not(.current, :has(.current))';
    for (const link of document.querySelectorAll(links)) link.remove();
    for (const equation of document.querySelectorAll('mjx-container')) equation.textContent = 'x';
    const seen = new Set();
    for (const token of document.querySelectorAll('.highlight pre span')) {
        if (seen.has(token.className)) token.replaceWith(token.textContent);
        seen.add(token.className);
    }
}"""


def axe(tab, rules=None):
    """What axe-core finds wrong, in a line each; by all its rules, or by those named."""
    from axe_playwright_python.base import AXE_SCRIPT

    options = AXE_OPTIONS | ({"runOnly": rules} if rules else {})
    if tab.evaluate("() => !window.axe"):
        tab.evaluate(AXE_SCRIPT)
        tab.evaluate(THIN_OUT)
    found = tab.evaluate("async options => (await axe.run(document, options)).violations", options)
    return [
        f"{rule['id']}: {node['html'][:120]} {node['failureSummary'][-200:]}"
        for rule in found
        for node in rule["nodes"][:3]
    ]


# Equations in the page, set and not: an error, or TeX that was left as it is.
EQUATIONS = """() => ({
    wanted: document.querySelectorAll('.math').length,
    set: document.querySelectorAll('mjx-container').length,
    errors: [...document.querySelectorAll('mjx-merror')].map(e => e.title || e.textContent),
    left: [...document.querySelectorAll('.math')]
        .filter(e => !e.querySelector('mjx-container')).map(e => e.textContent.slice(0, 80)),
})"""
NO_ALT = "() => [...document.images].filter(i => !i.alt.trim()).map(i => i.src.slice(0, 99))"


@needs_chromium
@pytest.mark.parametrize("page", READ)
def test_page(tab, page):
    tab.emulate_media(color_scheme="light")
    visit(tab, page)
    equations = tab.evaluate(EQUATIONS)
    assert not equations["errors"]
    assert not equations["left"]
    assert equations["set"] >= equations["wanted"]
    assert not tab.evaluate(NO_ALT)
    tab.set_viewport_size({"width": 375, "height": 700})
    width = tab.evaluate("() => document.documentElement.scrollWidth")
    assert width <= 375, f"scrolls sideways on a phone: {width} pixels"
    tab.set_viewport_size(DESKTOP)
    assert tab.evaluate("() => document.documentElement.dataset.theme") == "light"
    assert not axe(tab), "in light"
    assert not tab.wrong
    if page.startswith("api/") and page not in ("api/index.html", "api/rnn_course.layers.html"):
        return  # of one template: two stand for all in dark
    tab.emulate_media(color_scheme="dark")
    tab.wait_for_function("() => document.documentElement.dataset.theme == 'dark'")
    assert not axe(tab, ["color-contrast", "link-in-text-block"]), "in dark"
    assert not tab.wrong


@needs_chromium
@pytest.mark.parametrize("page", SLIDES)
def test_slides(tab, page):
    tab.set_viewport_size({"width": 1280, "height": 720})
    visit(tab, page)
    tab.wait_for_function("() => document.querySelector('section.present')")
    assert not tab.evaluate(EQUATIONS)["errors"]
    assert "$" not in tab.evaluate(
        "() => [...document.querySelectorAll('.jp-MarkdownOutput')]"
        ".map(e => e.textContent.replace(/`[^`]*`/g, '')).join('').replace(/\\$\\d/g, '')"
    )
    assert not tab.evaluate(NO_ALT)
    count = tab.evaluate("() => Reveal.getTotalSlides()")
    assert count > 20
    wide = tab.evaluate(
        """(count) => Array.from({length: count}, () => {
        const slide = Reveal.getCurrentSlide(), text = slide.innerText.slice(0, 60);
        const wide = slide.scrollWidth - slide.clientWidth;
        Reveal.next();
        return wide > 0 ? `${wide} pixels too wide: ${text}` : "";
    }).filter(each => each)""",
        count,
    )
    assert not wide
    assert tab.evaluate("() => Reveal.isLastSlide()")
    tab.evaluate("() => Reveal.slide(0)")
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate("() => Reveal.getIndices().h") == 1
    assert not axe(tab)
    assert not tab.wrong


@needs_chromium
def test_the_front_page_shows_the_sentence_that_is_chosen(tab):
    visit(tab, "index.html")
    shown = tab.locator("svg.unrolled:visible")
    for name, verb in (("keys", "are"), ("key", "is")):
        tab.get_by_role("radio", name=name, exact=True).check()
        assert shown.count() == 1
        assert f"“the {name} to the cabinet”" in shown.get_attribute("aria-label")
        assert verb in shown.locator(".answer").last.text_content()
    for motion, seen in (("no-preference", "0"), ("reduce", "1")):
        tab.emulate_media(reduced_motion=motion)
        tab.reload()
        last = shown.locator(".answer").last
        assert last.evaluate("one => getComputedStyle(one).opacity") == seen
    tab.emulate_media(reduced_motion="no-preference")
    tab.wait_for_timeout(5000)  # what moves for longer must be possible to stop
    assert last.evaluate("one => getComputedStyle(one).opacity") == "1"
    assert not tab.wrong


@needs_chromium
def test_a_card_of_the_front_page_leads_to_its_notebook(tab):
    visit(tab, "index.html")
    cards = tab.locator("ul.cards > li")
    assert cards.count() == len([page for page in READ if re.match(r"notebooks/\d", page)])
    cards.first.scroll_into_view_if_needed()
    box = cards.first.locator("img").bounding_box()
    tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.wait_for_url("**/notebooks/00_*.html")


@needs_chromium
@pytest.mark.parametrize("word", ["attention", "perplexity"])
def test_search_finds(tab, word):
    tab.goto(f"search.html?q={word}")
    tab.wait_for_selector("#search-results li")
    assert tab.locator("#search-results li").count() > 2
    assert not tab.wrong


@needs_chromium
@pytest.mark.parametrize("page", ["index.html", "notebooks/01_simple_rnn.html"])
def test_the_tab_key_goes_through_the_page_in_order(tab, page):
    visit(tab, page)
    where = """() => {
        const e = document.activeElement, all = [...document.querySelectorAll('*')];
        const boxes = [e, ...e.querySelectorAll('*')].map(each => each.getBoundingClientRect());
        return {tag: e.tagName, text: e.innerText, at: all.indexOf(e),
                seen: boxes.some(b => b.width > 0 && b.height > 0) && e.checkVisibility()};
    }"""
    stops = []
    for _ in range(60):
        tab.keyboard.press("Tab")
        stops.append(tab.evaluate(where))
        if stops[-1]["tag"] == "BODY":
            break
    assert stops[0]["text"].strip() == "Skip to main content"
    stops = [stop for stop in stops if stop["tag"] != "BODY"]
    assert all(stop["seen"] for stop in stops), [s for s in stops if not s["seen"]]
    places = [stop["at"] for stop in stops]
    assert places == sorted(set(places)), "not in the order of the page, or trapped"
    assert len(stops) > 20


@needs_chromium
def test_light_and_dark_can_be_chosen(tab):
    tab.emulate_media(color_scheme="light")
    visit(tab, "index.html")
    for mode in ("dark", "light"):
        tab.locator(".theme-switch-button:visible").first.click()
        tab.locator(f".theme-change-button[data-mode={mode}]:visible").first.click()
        assert tab.evaluate("() => document.documentElement.dataset.theme") == mode
    assert not tab.wrong


@functools.cache
def parsed(page):
    return BeautifulSoup((SITE / page).read_text("utf-8"), "lxml")


@functools.cache
def anchors(page):
    return set(re.findall(r'\bid="([^"]+)"', (SITE / page).read_text("utf-8")))


@pytest.mark.parametrize("page", PAGES)
def test_links_and_anchors_exist(page):
    wrong = []
    for tag, name in [("a", "href"), ("link", "href"), ("script", "src"), ("img", "src")]:
        for element in parsed(page).find_all(tag, attrs={name: True}):
            url = urlsplit(element[name])
            if tag != "a" and (url.netloc or url.scheme not in ("", "data")):
                wrong.append(element[name])
            if url.scheme or url.netloc:
                continue
            path = (SITE / page).parent / unquote(url.path) if url.path else SITE / page
            if not path.is_file():
                wrong.append(element[name])
            elif url.fragment and path.suffix == ".html" and not url.fragment.startswith("/"):
                target = path.resolve().relative_to(SITE).as_posix()
                if unquote(url.fragment) not in anchors(target):
                    wrong.append(element[name])
    assert not wrong


def test_solutions_are_not_on_the_site():
    texts = [path for path in SITE.rglob("*") if path.suffix in (".html", ".ipynb", ".js")]
    assert not [path for path in texts if "solutions" in path.relative_to(SITE).parts]
    for path in texts:
        if "_static" not in path.parts and path.stem != "CONTRIBUTING":  # it explains the mark
            assert "BEGIN SOLUTION" not in path.read_text("utf-8"), path
