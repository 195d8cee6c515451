"""The pages beside the notebooks keep what they promise: their code runs, their links lead on."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = [path for path in sorted((ROOT / "docs").glob("*.md")) if path.stem != "index"]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS]  # the index is for the site alone
OWN_TEXT = (ROOT / "docs" / "your-own-text.md").read_text("utf-8")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_of_a_page_lead_to_files(path):
    text = re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text):
        assert (path.parent / link).exists(), link


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_to_a_heading_of_a_page_lead_there(path):
    """As GitHub names it; the site knows that name too."""
    for page, anchor in re.findall(r"\]\(([^)#\s:]*)#([^)\s]+)\)", path.read_text("utf-8")):
        if page.endswith(".md") or not page:
            text = ((path.parent / page) if page else path).read_text("utf-8")
            headings = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
            names = [re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings]
            assert anchor in names, (page, anchor)


def test_the_readme_is_short_and_names_every_notebook():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert len(readme.splitlines()) <= 90
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        items = re.findall(rf"^- \*\*\[.+\]\(notebooks/{path.name}\)\*\*<br>\n  .+$", readme, re.M)
        assert len(items) == 1, path.stem


@pytest.mark.skipif(not shutil.which("make"), reason="there is no make here")
def test_make_help_names_every_target():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (targets,) = re.findall(r"^\.PHONY: (.+)$", makefile, re.M)
    # These tests may themselves be run by make, which would then name the folders it enters.
    command = ["make", "--no-print-directory", "help"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True, encoding="utf-8"
    )
    named = [line.split()[1] for line in done.stdout.splitlines()]
    assert sorted(named) == sorted(targets.split())
    assert named[0] == "course", "which is what make alone does"


@pytest.mark.trains
def test_the_examples_for_ones_own_text_run_as_they_stand(tmp_path):
    """Each section is a program of its own, in a folder where the files of the page lie."""
    files = re.findall(r"`(\w+\.(?:conll|tsv|txt))` .*?^```text\n(.*?)^```$", OWN_TEXT, re.M | re.S)
    assert len(files) == 4
    for name, content in files:
        (tmp_path / name).write_text(content, "utf-8")
    sections = [s for s in re.split(r"^## ", OWN_TEXT, flags=re.M) if "```python" in s]
    assert len(sections) == 5
    for section in sections:
        program = "".join(re.findall(r"^```python\n(.*?)^```$", section, re.M | re.S))
        (expected,) = re.findall(r"^```text output\n(.*?)^```$", section, re.M | re.S)
        done = subprocess.run(
            [sys.executable, "-X", "utf8", "-c", program],
            cwd=tmp_path,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout == expected
