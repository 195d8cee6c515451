"""The one file of a pipeline: a zip archive of a description in JSON and of weights as safetensors.

Nothing in it is code, and nothing is unpickled: a file from a stranger can be wrong, but it cannot
do anything.
"""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import safetensors
import safetensors.numpy

from rnn_course import __version__
from rnn_course.files import DamagedFileError, damage_reported, written_whole

FORMAT = 1  # of the file; a later one may be one that this version cannot read
DESCRIPTION, WEIGHTS = "pipeline.json", "weights.safetensors"
PRECISIONS = ("float32", "float16", "int8")
_SCALE = ".scale"  # behind the name of an array in 8 bits: that of its scales


class PipelineError(ValueError):
    """A pipeline, its file or what it was given cannot be used; the message says what to do."""


def write(path, description, arrays, precision="float32"):
    r"""Write a description and arrays to one file, whole or not at all.

    In 8 bits each row r of a matrix has a scale of its own:

    .. math::

        s_r = \max_c |W_{rc}| / 127, \qquad Q_{rc} = \mathrm{round}(W_{rc} / s_r), \qquad
        W_{rc} \approx s_r Q_{rc}

    Args:
        path: the file.
        description: what JSON can hold.
        arrays: float32 arrays by name.
        precision: in which the numbers are stored: ``"float32"``, exactly; ``"float16"``, in half
            the space; ``"int8"``, in a quarter, vectors such as biases in float16.

    Raises:
        PipelineError: when there is no such precision, or a number is too large for half of it.
    """
    if precision not in PRECISIONS:
        raise PipelineError(f"precision must be one of {', '.join(PRECISIONS)}, got {precision!r}")
    stored = {}
    for name, array in arrays.items():
        array = np.asarray(array, "float32")
        if precision == "int8" and array.ndim > 1:
            rows = array.reshape(-1, array.shape[-1])
            scales = np.abs(rows).max(axis=1, keepdims=True) / 127
            quantised = np.round(rows / np.where(scales == 0, 1, scales)).astype("int8")
            stored[name] = quantised.reshape(array.shape)
            stored[name + _SCALE] = scales[:, 0].astype("float32")
        elif precision == "float32":
            stored[name] = np.ascontiguousarray(array)
        else:
            half = np.finfo("float16").max
            if not np.all(np.abs(array) <= half):
                raise PipelineError(
                    f"the weights {name!r} have a number beyond {half:.0f}, the largest of half "
                    'precision, or none at all: save with precision="float32"'
                )
            stored[name] = array.astype("float16")
    versions = {"format": FORMAT, "rnn_course": __version__, "precision": precision}
    content = json.dumps({**versions, **description}, ensure_ascii=False)
    with written_whole(Path(path)) as beside, zipfile.ZipFile(beside, "w") as archive:
        # Of one date always: the same pipeline is the same file.
        for name, part, kind in (
            (DESCRIPTION, content.encode(), zipfile.ZIP_DEFLATED),
            (WEIGHTS, safetensors.numpy.save(stored), zipfile.ZIP_STORED),
        ):
            member = zipfile.ZipInfo(name)
            member.compress_type = kind
            archive.writestr(member, part)


def read(path):
    """What `write` has written.

    Args:
        path: the file.

    Returns:
        The description, and float32 arrays by name.

    Raises:
        PipelineError: when it cannot be read, is damaged or cut off, is no such file, or is of a
            version to come.
    """
    try:
        contents = Path(path).expanduser().read_bytes()
    except OSError as error:
        raise PipelineError(f"{path} cannot be read: {error.strerror}") from error
    foreign = f"{path} is no model that rnn_course.pipelines has saved: give the file that "
    foreign += "`rnn-course train … --out` or the method save has written"
    if not contents.startswith(b"PK\x03\x04"):
        raise PipelineError(f"{foreign}. It begins with {contents[:20]!r}")
    try:
        with damage_reported(str(path)):
            archive = zipfile.ZipFile(io.BytesIO(contents))
            names = archive.namelist()
            if DESCRIPTION not in names:
                raise PipelineError(f"{foreign}. It is an archive of {', '.join(names[:4])}")
            description = json.loads(archive.read(DESCRIPTION))
            _check_version(description, path)
            stored = safetensors.numpy.load(archive.read(WEIGHTS))
            return description, _float32(stored)
    except PipelineError:
        raise
    except (DamagedFileError, safetensors.SafetensorError, KeyError, TypeError) as error:
        raise PipelineError(f"{path} is damaged or cut off ({error}): copy it again") from error


def _check_version(description, path):
    number = description["format"]
    if type(number) is not int or number > FORMAT:
        written = description.get("rnn_course", "a later one")
        raise PipelineError(
            f"{path} is of format {number}, written by version {written} of rnn-course; this is "
            f"version {__version__}, which reads formats up to {FORMAT}: get a newer rnn-course"
        )


def _float32(stored):
    arrays = {}
    for name, array in stored.items():
        if name.endswith(_SCALE):
            continue
        array = array.astype("float32")
        if name + _SCALE in stored:
            rows = array.reshape(-1, array.shape[-1]) * stored[name + _SCALE][:, None]
            array = rows.reshape(array.shape)
        arrays[name] = array
    return arrays
