"""What several tests share: a maker of small notebooks, what needs TensorFlow."""

import zlib

import keras
import pytest
from backends import double_precision


def pytest_configure(config):
    """Let tests look at the numbers of a PyTorch tensor that has a gradient; see `backends`."""
    message = "Converting a tensor with requires_grad=True to a scalar"
    config.addinivalue_line("filterwarnings", f"ignore:{message}:UserWarning")
    config.addinivalue_line("markers", "requires_trainable_backend: in tests of Keras's own")


def pytest_collection_modifyitems(config, items):
    """Skip what is marked as TensorFlow's alone where Keras runs on another backend."""
    if keras.backend.backend() == "tensorflow":
        return
    for item in items:
        if mark := item.get_closest_marker("tensorflow"):
            item.add_marker(pytest.mark.skip(reason=f"TensorFlow alone: {mark.args[0]}"))
    if keras.backend.backend() == "jax" and not config.getoption("keyword"):
        left_out = set(items) - set(representatives(items))
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = [item for item in items if item not in left_out]


def representatives(items, stride=5):
    """Every fifth case of each test with more than four: JAX compiles each, for a second or so.

    Five has no factor in common with 2, 3 or 4: of a product of choices each is still among them.
    Tests begin at different cases, by their names, so that what one leaves out is in another.
    """
    tests = {}
    for item in items:
        tests.setdefault(item.nodeid.split("[")[0], []).append(item)
    for name, cases in tests.items():
        first = zlib.crc32(name.encode()) % stride
        yield from cases if len(cases) < stride else cases[first::stride]


@pytest.fixture(name="double_precision")
def _double_precision():
    """Float64 is float64 under every backend."""
    with double_precision():
        yield


@pytest.fixture
def write_notebook(tmp_path):
    """Write a notebook of the given cells; text makes a code cell."""
    import nbformat  # here, as it is not there where other backends are tested

    def write(name, *cells, folder=tmp_path):
        folder.mkdir(parents=True, exist_ok=True)
        made = [nbformat.v4.new_code_cell(c) if isinstance(c, str) else c for c in cells]
        nbformat.write(nbformat.v4.new_notebook(cells=made), folder / name)
        return folder / name

    return write


@pytest.fixture
def real_data_cell():
    """Make a code cell that needs corpora."""
    import nbformat  # here, as it is not there where other backends are tested

    def make(source, *corpora):
        metadata = {"tags": ["real-data"], "rnn_course": {"corpora": list(corpora)}}
        return nbformat.v4.new_code_cell(source, metadata=metadata)

    return make


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    """Point the corpus cache at an empty folder."""
    monkeypatch.setenv("RNN_COURSE_DATA", str(tmp_path / "cache"))
    return tmp_path / "cache"
