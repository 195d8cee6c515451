"""The tests of layers and models under Keras's other backends, on this computer's CPU.

    python deploy/check_backends.py install
    python deploy/check_backends.py [jax] [torch]
    python deploy/check_backends.py list

`make backends` does the first two. The first makes an environment of its own, in build/backends,
without TensorFlow: what passes there does not need it. The second runs the tests under the backends
named, or under both. The third writes into docs/backends.md which tests are TensorFlow's alone.
"""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / "build" / "backends" / ".venv"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PAGE = ROOT / "docs" / "backends.md"
BEGIN, END = "<!-- tests of TensorFlow alone -->", "<!-- end -->"
BACKENDS = ("jax", "torch")
TESTS = (
    *("layers", "models", "metrics", "inspection"),
    *("test_bptt.py", "test_interop.py", "test_callbacks.py", "text/test_vocabulary.py"),
)
# What JAX's compiler can leave undone: it takes a fifth of the time then, most of the tests' time.
QUICK = {
    "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",
    "XLA_FLAGS": "--xla_cpu_use_fusion_emitters=false --xla_cpu_parallel_codegen_split_count=1",
}
TOOLS = ("pytest", "pytest-xdist", "hypothesis", "nltk")


def requirements():
    """The package's dependencies without TensorFlow, the backends, and what runs the tests."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    core = [line for line in project["dependencies"] if not line.startswith("tensorflow")]
    tools = [line for line in extras["test"] if re.match(r"[\w-]+", line)[0] in TOOLS]
    return [*core, *extras["jax"], *extras["torch"], *tools]


def install():
    """Make the environment, or put back in it what has changed."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
    pip = [PYTHON, "-m", "pip", "install", "-q"]
    constraints = ["-c", str(ROOT / "constraints.txt")]
    subprocess.run([*pip, *constraints, *requirements()], check=True)
    subprocess.run([*pip, "--no-deps", "-e", str(ROOT)], check=True)


def tensorflow_alone():
    """Path, name and reason of each test that is marked so."""
    for name in TESTS:
        path = ROOT / "tests" / name
        for file in sorted(path.glob("test_*.py")) if path.is_dir() else [path]:
            body = ast.parse(file.read_text("utf-8")).body
            named = {
                each.targets[0].id: reason
                for each in body
                if isinstance(each, ast.Assign) and (reason := _reason(each.value, {}))
            }
            for each in ast.walk(ast.Module(body, [])):
                reasons = [_reason(part, named) for part in getattr(each, "decorator_list", [])]
                for reason in filter(None, reasons):
                    yield file.relative_to(ROOT).as_posix(), each.name, reason


def _reason(tree, named):
    """Why, when `pytest.mark.tensorflow` or a name given to such a mark is in there."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.tensorflow":
            return node.args[0].value
        if isinstance(node, ast.Name) and node.id in named:
            return named[node.id]
    return None


def listed():
    """These tests as a table in Markdown."""
    rows = [f"| `{file}` | {name} | {why} |" for file, name, why in tensorflow_alone()]
    return "\n".join(["| file | test | why |", "| --- | --- | --- |", *rows])


def with_list(page):
    """The page with the list as it is now."""
    head, rest = page.split(BEGIN)
    return f"{head}{BEGIN}\n\n{listed()}\n\n{END}{rest.split(END)[1]}"


def run(backend):
    """Run the tests under a backend; pytest's exit status, 0 when they pass."""
    options = [
        "-o",
        "addopts=",
        "--strict-markers",
        "--confcutdir",
        "tests",
        "-p",
        "no:cacheprovider",
    ]
    command = [PYTHON, "-m", "pytest", "-q", "-n", "2", "--dist", "loadscope", *options]
    tests = [str(Path("tests", name)) for name in TESTS]
    print(f"KERAS_BACKEND={backend}", flush=True)
    environment = {**os.environ, "KERAS_BACKEND": backend} | (QUICK if backend == "jax" else {})
    return subprocess.run([*command, *tests], cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    if sys.argv[1:] == ["install"]:
        install()
    elif sys.argv[1:] == ["list"]:
        PAGE.write_text(with_list(PAGE.read_text("utf-8")), "utf-8")
    else:
        statuses = {backend: run(backend) for backend in sys.argv[1:] or BACKENDS}
        failed = [f"{name} (exit status {status})" for name, status in statuses.items() if status]
        sys.exit(f"Tests fail under {' and '.join(failed)}." if failed else 0)
