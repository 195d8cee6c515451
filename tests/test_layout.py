"""How the package is laid out: what may import what, and what every module says of itself."""

import ast
from importlib.util import resolve_name
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "rnn_course"
SOURCES = {
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts): path.read_text("utf-8")
    for path in sorted(ROOT.rglob("*.py"))
}
TREES = {name.removesuffix(".__init__"): ast.parse(source) for name, source in SOURCES.items()}
MODELS = {
    f"rnn_course.{name}" for name in ("classification", "language_model", "tagging", "translation")
}
# Strings and pipelines are TensorFlow's; one loop has a version for it; the doctor asks for it.
WITH_TENSORFLOW = {f"rnn_course.{name}" for name in ("text", "tokenisers", "loop", "doctor")}
# Networks and what they are measured by: each module states its equations.
WITH_EQUATIONS = (
    *("attention", "bptt", "cells", "classification", "crf", "decoding", "inspection"),
    *("language_model", "metrics", "recurrence", "tagging", "translation"),
)


def imports(name, tree):
    """The dotted names that a module imports, wherever in it; ``from a import b`` is ``a.b``."""
    folder = name if f"{name}.__init__" in SOURCES else name.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = resolve_name("." * node.level + (node.module or ""), folder)
            yield from (f"{module}.{alias.name}" for alias in node.names)


IMPORTS = {name: set(imports(name, tree)) for name, tree in TREES.items()}
OWN = {  # the package's modules that each of them imports
    name: {t if t in TREES else t.rpartition(".")[0] for t in targets} & TREES.keys()
    for name, targets in IMPORTS.items()
}


def test_nothing_imports_a_model():
    assert {name: found for name, modules in OWN.items() if (found := modules & MODELS)} == {}


def test_cells_know_nothing_of_what_is_built_of_them():
    assert OWN["rnn_course.cells"] == {"rnn_course.checks"}


def test_imports_go_one_way():
    """Take off what imports nothing that is left, again and again: a circle would stay."""
    left = {name: modules - {name} for name, modules in OWN.items()}
    while leaves := {name for name, modules in left.items() if not modules & left.keys()}:
        left = {name: modules for name, modules in left.items() if name not in leaves}
    assert left == {}


def test_few_modules_use_tensorflow():
    packages = {name: {t.partition(".")[0] for t in targets} for name, targets in IMPORTS.items()}
    using = {name for name, found in packages.items() if found & {"tensorflow", "tensorflow_text"}}
    assert using <= WITH_TENSORFLOW


def test_only_the_public_side_of_keras_is_used():
    assert [name for name, source in SOURCES.items() if "keras.src" in source] == []


def test_modules_and_what_they_offer_have_docstrings():
    without = [name for name, tree in TREES.items() if not ast.get_docstring(tree)]
    for name, tree in TREES.items():
        for node in tree.body:
            public = isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_"
            if public and not ast.get_docstring(node):
                without.append(f"{name}.{node.name}")
    assert without == []


@pytest.mark.parametrize("name", WITH_EQUATIONS)
def test_a_network_states_its_equations(name):
    assert ".. math::" in SOURCES[f"rnn_course.{name}"]
