"""Look inside a recurrent cell: its states, gates, gradients and Jacobians along a sequence.

Every function takes a built cell, such as ``layer.cell`` of an `rnn_course.layers.RNN`, and the
sequences which that layer reads, walks them step by step through the cell's public contract and
returns `NamedArray`: NumPy values with a name for each axis. Steps that the mask leaves out are NaN
in the result, and so never counted by `NamedArray.mean`. `linear_probe` asks what can be read off
the states.

Everything here runs eagerly, on every Keras backend: it is for looking, not for training.
"""

from rnn_course.inspection.gradients import (
    gradient_norms,
    jacobian_singular_values,
    state_gradients,
)
from rnn_course.inspection.named_array import NamedArray
from rnn_course.inspection.probing import Probe, linear_probe
from rnn_course.inspection.traces import gate_traces, state_traces

__all__ = [
    "NamedArray",
    "Probe",
    "gate_traces",
    "gradient_norms",
    "jacobian_singular_values",
    "linear_probe",
    "state_gradients",
    "state_traces",
]
