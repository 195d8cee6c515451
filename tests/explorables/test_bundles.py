"""The committed JavaScript: what the sources give, small, and by the palette of the figures."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from rnn_course.figures import palette

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "explorables"
STATIC = ROOT / "rnn_course" / "explorables" / "static"
BUNDLES = sorted(STATIC.glob("*.js"))


def test_every_source_has_its_bundle():
    names = {path.name for path in (SOURCES / "src").glob("*.js")}
    assert names == {path.name for path in BUNDLES}


@pytest.mark.parametrize("path", BUNDLES, ids=lambda path: path.stem)
def test_a_bundle_is_small_and_loads_nothing_from_elsewhere(path):
    text = path.read_text("utf-8")
    assert len(text.encode()) <= 150_000
    assert "http" not in text.replace("http://www.w3.org/", "")


def test_networks_are_at_most_a_megabyte():
    sizes = [path.stat().st_size for path in (STATIC.parent / "networks").glob("*.json")]
    assert sizes
    assert max(sizes) <= 1_000_000


def test_the_colours_are_those_of_the_figures():
    found = json.loads((SOURCES / "src" / "shared" / "palette.json").read_text("utf-8"))
    looks = {name: look._asdict() for name, look in palette.LOOKS.items()}
    assert found == json.loads(json.dumps(looks))


@pytest.mark.skipif(
    not shutil.which("node") or not (SOURCES / "node_modules").is_dir(),
    reason="needs node, and `npm ci` in explorables",
)
def test_the_bundles_are_what_the_sources_give(tmp_path):
    subprocess.run(["node", "build.mjs", str(tmp_path)], cwd=SOURCES, check=True, timeout=300)
    built = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert built == {path.name: path.read_bytes() for path in BUNDLES}


def test_no_host_is_named_where_packages_are_locked():
    assert "://" not in "".join(
        line
        for line in (SOURCES / "package-lock.json").read_text("utf-8").splitlines()
        if "resolved" in line
    )
