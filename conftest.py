"""How nbval checks the notebooks: stderr is not compared, real-data cells run where they can."""

import sys

import nbval.kernel
import pytest
from nbval.plugin import IPyNbCell, IPyNbFile

from rnn_course.notebooks.running import corpora_of, why_skipped

start_once = nbval.kernel.start_new_kernel


def start_new_kernel(*args, **kwargs):
    """Start a notebook's kernel; again where it fails.

    It is told ports that were free just before. Where several start at once, another may have them.
    """
    for _ in range(2):
        try:
            return start_once(*args, **kwargs)
        except RuntimeError:
            continue
    return start_once(*args, **kwargs)


nbval.kernel.start_new_kernel = start_new_kernel


def pytest_collectstart(collector):
    if isinstance(collector, IPyNbFile):
        # Warnings differ between machines, and pictures by how their letters are drawn.
        collector.skip_compare += ("stderr", "image/svg+xml")


@pytest.fixture(autouse=True)
def closed_figures():
    """Close the figures of a test or an example: matplotlib warns of those that stay open."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


@pytest.hookimpl(tryfirst=True)  # before -m selects by marker
def pytest_collection_modifyitems(items):
    for item in items:
        if isinstance(item, IPyNbCell) and corpora_of(item.cell):
            item.add_marker("real_data")
            if reason := why_skipped(item.cell):
                item.add_marker(pytest.mark.skip(reason=reason))


# Importing it sets the environment of the process, which is for submissions and not for notebooks.
collect_ignore = ["rnn_course/grading/preload.py", "tests/pipelines/distributed_program.py"]
