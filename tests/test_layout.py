"""How the package is laid out: what may import what, and what every module says of itself."""

import ast
import subprocess
import sys
from importlib.util import resolve_name
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "rnn_course"
SOURCES = {
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts): path.read_text("utf-8")
    for path in sorted(ROOT.rglob("*.py"))
}
TREES = {name.removesuffix(".__init__"): ast.parse(source) for name, source in SOURCES.items()}
WINGS = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))
# What each wing may build on, beside the modules that belong to none (tokens, checks, files).
MAY_USE = {
    "layers": set(),
    "text": set(),
    "corpora": set(),
    "figures": set(),
    "bptt": set(),
    "losses": {"layers"},
    "callbacks": set(),
    "metrics": {"layers", "losses"},
    "inspection": set(),
    "interop": {"layers"},
    "models": {"layers", "losses", "metrics", "text"},
    "studies": {
        *("bptt", "callbacks", "corpora", "inspection", "layers", "losses", "metrics", "models"),
        "text",
    },
    "pipelines": {"callbacks", "corpora", "losses", "metrics", "models", "text"},
    "trained": {"corpora", "pipelines"},
    "explorables": {"bptt", "figures", "text"},
    "notebooks": {"corpora", "layers", "text"},
    "grading": {"corpora", "figures", "layers", "notebooks", "text"},
    "cli": {"corpora", "grading", "notebooks", "pipelines", "studies", "text"},
}
COMMON = {"rnn_course", "rnn_course.tokens", "rnn_course.checks", "rnn_course.files"}
# Strings and pipelines are TensorFlow's; one loop has a version for it; the doctor asks for it;
# studies set its threads; a loss asks it among how many devices a batch is shared out.
WITH_TENSORFLOW = {
    f"rnn_course.{name}"
    for name in (
        *("text.batches", "text.tokenisers", "notebooks.doctor", "studies.running"),
        *("layers.gradients", "layers.loop", "layers.parts"),
        *("models.parts", "models.token_model"),
    )
}
# Networks and what they are measured by: each module states its equations.
WITH_EQUATIONS = (
    *("layers.attention", "layers.cells", "layers.crf", "layers.linear", "layers.recurrence"),
    *("layers.matrix_state", "layers.scan", "layers.transformer", "bptt", "losses"),
    *("models.classification", "models.decoding", "models.language_model", "models.tagging"),
    *("models.translation", "metrics.sequences", "metrics.tags", "metrics.translations"),
    *("inspection.gradients", "inspection.probing"),
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


def wing(name):
    """The wing that a module belongs to, or the module itself where it is one of its own."""
    return name.split(".")[1]


IMPORTS = {name: set(imports(name, tree)) for name, tree in TREES.items()}
OWN = {  # the package's modules that each of them imports
    name: {t if t in TREES else t.rpartition(".")[0] for t in targets} & TREES.keys()
    for name, targets in IMPORTS.items()
}


def test_every_wing_says_what_it_builds_on():
    modules = {wing(name) for name in TREES if name not in COMMON}
    assert modules == MAY_USE.keys()
    # In the order above each builds on what comes before it, so that no circle can arise.
    order = list(MAY_USE)
    for name, allowed in MAY_USE.items():
        assert all(order.index(other) < order.index(name) for other in allowed)


@pytest.mark.parametrize("name", sorted(MAY_USE))
def test_a_wing_builds_on_nothing_else(name):
    found = {
        f"{module} imports {target}"
        for module, targets in OWN.items()
        if module not in COMMON and wing(module) == name
        for target in targets - COMMON
        if wing(target) not in {name, *MAY_USE[name]}
    }
    assert found == set()


def test_what_all_share_builds_on_nothing():
    assert {name: OWN[name] - {name} for name in COMMON if OWN[name] - {name}} == {}


def test_cells_know_nothing_of_what_is_built_of_them():
    assert OWN["rnn_course.layers.cells"] == {"rnn_course.checks"}


def test_imports_go_one_way():
    """Take off what imports nothing that is left, again and again: a circle would stay."""
    left = {name: modules - {name} for name, modules in OWN.items()}
    while leaves := {name for name, modules in left.items() if not modules & left.keys()}:
        left = {name: modules for name, modules in left.items() if name not in leaves}
    assert left == {}


def imported_by(module):
    """The wings, and the frameworks, that a fresh Python has imported after one import."""
    ask = f"import sys, {module}; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", ask], check=True, capture_output=True, text=True)
    names = found.stdout.split()
    wings = {name.split(".")[1] for name in names if name.startswith("rnn_course.")}
    return wings, {"keras", "tensorflow", "nbformat", "nbclient"} & set(names)


def test_importing_the_package_imports_nothing_of_it_and_no_framework():
    assert imported_by("rnn_course") == (set(), set())


def reachable(name):
    """What a wing builds on, and what these build on."""
    return {name}.union(*map(reachable, MAY_USE[name]))


@pytest.mark.parametrize("name", WINGS)
def test_importing_a_wing_imports_no_other_that_it_does_not_need(name):
    wings, frameworks = imported_by(f"rnn_course.{name}")
    if name in ("notebooks", "grading"):  # a notebook imports these: what runs them is not needed
        assert wings == {name}
        assert frameworks == set()
    assert wings <= reachable(name) | {"tokens", "checks", "files"}
    if name in ("corpora", "figures"):
        assert frameworks == set()
    assert not frameworks & {"nbformat", "nbclient"}


@pytest.mark.parametrize("name", WINGS)
def test_a_wing_hands_on_public_names_and_nothing_else(name):
    tree = TREES[f"rnn_course.{name}"]
    assert len(ast.get_docstring(tree).splitlines()) <= 16
    kinds = (ast.Expr, ast.ImportFrom, ast.Assign)
    assert [node for node in tree.body if not isinstance(node, kinds)] == []
    handed_on = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    (names,) = (ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign))
    assert sorted(handed_on) == sorted(names)


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
