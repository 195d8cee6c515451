"""What several tests share: a maker of small notebooks."""

import nbformat
import pytest


@pytest.fixture
def write_notebook(tmp_path):
    """Write a notebook of the given cells; text makes a code cell."""

    def write(name, *cells, folder=tmp_path):
        folder.mkdir(parents=True, exist_ok=True)
        made = [nbformat.v4.new_code_cell(c) if isinstance(c, str) else c for c in cells]
        nbformat.write(nbformat.v4.new_notebook(cells=made), folder / name)
        return folder / name

    return write


@pytest.fixture
def real_data_cell():
    """Make a code cell that needs corpora."""

    def make(source, *corpora):
        metadata = {"tags": ["real-data"], "rnn_course": {"corpora": list(corpora)}}
        return nbformat.v4.new_code_cell(source, metadata=metadata)

    return make


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    """Point the corpus cache at an empty folder."""
    monkeypatch.setenv("RNN_COURSE_DATA", str(tmp_path / "cache"))
    return tmp_path / "cache"
