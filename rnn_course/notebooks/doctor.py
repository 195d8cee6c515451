"""Is this computer ready for the course? What is installed, whether it fits together, the cure."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from typing import NamedTuple

import psutil
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from rnn_course import corpora

# As in pyproject.toml: a test holds the two together.
SUPPORTED_PYTHON = ">=3.11,<3.14"
SUPPORTED = {
    "tensorflow": ">=2.20,<2.23",
    "keras": ">=3.13,<3.17",
    "tensorflow-text": ">=2.20.1,!=2.21.0,<2.23",
}
# For this TensorFlow there is no tensorflow-text yet; `make next` says when there is one.
WITHOUT_TEXT = "2.22"
METAL = "tensorflow-metal"  # Apple's plug-in for its GPUs
# Colab's own TensorFlow stays as it is. A TPU runtime has none, a runtime of an older date an
# older one.
COLAB_CURE = "Menu Runtime > Change runtime type: CPU or a GPU, version Latest (older if too new)."
KERNEL_MEMORY = 1.5e9  # bytes: what a notebook may need


class Finding(NamedTuple):
    """One line of the doctor's report; `problem` says what is wrong and what cures it, if any."""

    subject: str
    value: str
    problem: str = ""


def installed_versions() -> dict[str, str]:
    """Look up the versions of the packages that have to agree, without importing them.

    Returns:
        Version by package; a package that is not installed is missing.
    """
    found = {}
    for name in (*SUPPORTED, METAL):
        for distribution in (name, f"{name}-cpu"):  # Binder's TensorFlow, without what a GPU needs
            try:
                found[name] = metadata.version(distribution)
                break
            except metadata.PackageNotFoundError:
                continue
    return found


def versions_problem(
    versions: Mapping[str, str] | None = None, windows: bool = sys.platform == "win32"
) -> str | None:
    """Find a combination of versions that does not work, quickly: no framework is imported.

    Args:
        versions: Version by package, instead of the installed ones.
        windows: Whether this is Windows, for which there is no tensorflow-text.

    Returns:
        What is wrong and the command that cures it, or None.

    >>> versions_problem({"tensorflow": "2.21.0", "keras": "3.15.1", "tensorflow-text": "2.21.1"})
    """
    if versions is None:
        versions = installed_versions()
    pip = f'To cure it: "{sys.executable}" -m pip'
    if METAL in versions:
        return f"With {METAL}, Apple's plug-in, LSTMs come out wrong. {pip} uninstall {METAL}"
    intel_mac = (sys.platform, platform.machine()) == ("darwin", "x86_64")
    if intel_mac and "tensorflow" not in versions:
        return "There is no TensorFlow for a Mac with an Intel processor any more: use Colab"
    for name, supported in SUPPORTED.items():
        why = f"it must be {supported}"
        wanted = f"{name}{supported}"
        if name == "tensorflow-text":
            # It is compiled against one minor version of TensorFlow and loads with no other.
            minor = "{}.{}".format(*Version(versions["tensorflow"]).release)
            if windows or (minor == WITHOUT_TEXT and name not in versions):
                continue
            supported += f",=={minor}.*"
            why = f"with TensorFlow {versions['tensorflow']} it must be {supported}"
            wanted = f"{name}{supported}"
            if minor == WITHOUT_TEXT:
                why += ", which there is not yet"
                wanted = f"tensorflow{SUPPORTED['tensorflow']},!={minor}.*"
        cure = f'{pip} install "{wanted}"'
        if "google.colab" in sys.modules:
            cure = COLAB_CURE
        if name not in versions:
            return f"{name} is not installed. {cure}"
        if not SpecifierSet(supported).contains(versions[name], prereleases=True):
            return f"{name} {versions[name]} does not work here: {why}. {cure}"
    return None


def drift_problem(version: str, source: str) -> str | None:
    """Find out whether the installed package is the one that a notebook was published with.

    Args:
        version: The package's version that the notebook goes with.
        source: What pip installs it from: ``rnn-course @ git+https://…@REF``.

    Returns:
        How they differ and what cures it, or None.
    """
    try:
        package = metadata.distribution("rnn-course")
    except metadata.PackageNotFoundError:  # run from a folder that was never installed
        return None
    origin = json.loads(package.read_text("direct_url.json") or "{}")
    ref = origin.get("vcs_info", {}).get("requested_revision", "")
    if package.version == version and (not ref or source.endswith(f"@{ref}")):
        return None
    ref = ref and f" ({ref})"
    cure = f'run %pip install --force-reinstall --no-deps "{source}" and restart the kernel'
    if origin.get("dir_info", {}).get("editable"):  # the folder that the notebook was copied from
        cure = "take a new copy of the notebook, or install that folder again"
    return (
        f"This notebook goes with rnn-course {version}, from {source.partition('+')[2]}, but "
        f"{package.version}{ref} is installed. If a cell fails, {cure}."
    )


def examine() -> Iterator[Finding]:
    """Look at everything the course depends on, quick checks first.

    Yields:
        One finding after the other.
    """
    python = platform.python_version()
    fits = SpecifierSet(SUPPORTED_PYTHON).contains(python, prereleases=True)
    cure = f"Python must be {SUPPORTED_PYTHON}: make the environment anew with one of those"
    yield Finding("Python", f"{python} ({sys.executable})", "" if fits else cure)
    versions = installed_versions()
    missing = dict.fromkeys(SUPPORTED, "not installed")
    missing["tensorflow-text"] += (
        ": WordPiece does not work without"
        f" (there is none for Windows, nor for TensorFlow {WITHOUT_TEXT} yet)"
    )
    for name, version in (missing | versions).items():
        yield Finding(name, version)
    if problem := versions_problem(versions):
        yield Finding("versions", "do not fit together", problem)
    else:
        yield Finding("versions", "fit together")
        yield from _examine_frameworks()
    yield _examine_memory()
    yield from _examine_cache()


def _examine_frameworks() -> Iterator[Finding]:
    # In a process of its own: a broken binary may take it down, and what TensorFlow says when it
    # starts stays out of the report.
    command = [
        sys.executable,
        "-c",
        "from rnn_course.notebooks import doctor; doctor.print_frameworks()",
    ]
    looked = subprocess.run(command, capture_output=True, text=True, check=False)
    if looked.returncode == 0:
        found = json.loads(looked.stdout.splitlines()[-1])
        yield from (Finding(subject, value) for subject, value in found.items())
        return
    last_words = (looked.stderr.strip() or f"exit status {looked.returncode}").splitlines()[-1]
    packages = " ".join(f"{name}=={version}" for name, version in installed_versions().items())
    cure = f'To cure it: "{sys.executable}" -m pip install --force-reinstall --no-deps {packages}'
    yield Finding("import", "fails", f"The packages cannot be imported: {last_words}. {cure}")


def print_frameworks() -> None:
    """Import the frameworks and print what they find on this computer, as JSON."""
    import keras
    import tensorflow as tf

    if "tensorflow-text" in installed_versions():
        import tensorflow_text  # noqa: F401  # fails here if built for another TensorFlow

    gpus = tf.config.list_physical_devices("GPU")
    names = [tf.config.experimental.get_device_details(gpu).get("device_name", "?") for gpu in gpus]
    if keras.backend.backend() != "tensorflow":
        cudnn = ["not looked at: the Keras backend is not tensorflow"] * 2
    elif not gpus:
        cudnn = ["no, for lack of a GPU"] * 2
    else:  # do LSTMs with their defaults become the one fused operation?
        from rnn_course.layers.cells import LSTMCell
        from rnn_course.layers.recurrence import RNN

        cudnn = [_cudnn_in(layer) for layer in (keras.layers.LSTM(1), RNN(LSTMCell(1)))]
    found = {
        "Keras backend": keras.backend.backend(),
        "GPUs": ", ".join(names) or "none: everything runs on the CPU",
        "built-in layers: cuDNN": cudnn[0],
        "RNN(LSTMCell), no mask: cuDNN": cudnn[1],
    }
    print(json.dumps(found))


def _cudnn_in(layer) -> str:
    import tensorflow as tf

    graph = tf.function(layer).get_concrete_function(tf.TensorSpec((1, 2, 1))).graph
    return "yes" if "CudnnRNN" in str(graph.as_graph_def()) else "no, in spite of the GPU"


def _examine_memory() -> Finding:
    memory = psutil.virtual_memory()
    value = f"{memory.available / 1e9:.1f} GB free of {memory.total / 1e9:.1f} GB"
    problem = f"A notebook may need {KERNEL_MEMORY / 1e9} GB: close other programs or notebooks"
    return Finding("memory", value, problem if memory.available < KERNEL_MEMORY else "")


def _examine_cache() -> Iterator[Finding]:
    folder = corpora.cache_folder()
    real = [name for name in corpora.names() if not corpora.info(name).embedded]
    cached = [name for name in real if corpora.is_cached(name)]
    # The folder may not exist yet: then it is its nearest parent that one must be able to write to.
    nearest = next(path for path in [folder, *folder.parents] if path.exists())
    writable = nearest.is_dir() and os.access(nearest, os.W_OK)
    problem = ""
    if not writable and len(cached) < len(real):
        problem = (
            "Corpora cannot be downloaded there: make it writable, or name another folder in the "
            "environment variable RNN_COURSE_DATA"
        )
    yield Finding("corpus cache", f"{folder} ({'' if writable else 'not '}writable)", problem)
    yield Finding("corpora there", ", ".join(cached) or "none yet")
