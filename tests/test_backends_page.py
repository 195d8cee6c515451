"""The page on backends lists what is TensorFlow's alone, as the tests are marked."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def check_backends():
    spec = importlib.util.spec_from_file_location("b", ROOT / "deploy" / "check_backends.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_list_is_up_to_date(check_backends):
    page = check_backends.PAGE.read_text("utf-8")
    again = check_backends.with_list(page)
    assert page == again, "write it anew: python deploy/check_backends.py list"


def test_every_mark_is_in_the_list(check_backends):
    """Counted as text, so that none is missed whatever it stands on."""
    found = list(check_backends.tensorflow_alone())
    assert len(set(found)) == len(found) > 5
    for file in {file for file, _, _ in found}:
        source = (ROOT / file).read_text("utf-8")
        reasons = {why for path, _, why in found if path == file}
        assert all(f'pytest.mark.tensorflow("{why}")' in source for why in reasons)
    everywhere = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tests").rglob("test_*.py")
        if "pytest.mark.tensorflow(" in path.read_text("utf-8") and path != Path(__file__)
    }
    assert everywhere == {file for file, _, _ in found}


def test_the_environment_has_no_tensorflow(check_backends):
    wanted = check_backends.requirements()
    assert not any("tensorflow" in line for line in wanted)
    names = {line.split(">")[0] for line in wanted}
    assert {"keras", "jax", "torch", "pytest", "hypothesis"} <= names
