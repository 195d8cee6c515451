import pytest
from keras import ops

from rnn_course.loop import at, scan, stacked


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("length", [1, 4])
def test_it_carries_along_and_keeps_each_step_in_its_place(length, reverse):
    def step(carry, t):
        return [10 * carry[0] + t], [carry[0], t]

    last, kept = scan(step, [ops.array(0)], ops.arange(length), outputs=2, reverse=reverse)
    total, befores = 0, {}
    for t in range(length)[:: -1 if reverse else 1]:
        befores[t], total = total, 10 * total + t
    assert int(last[0]) == total
    for output, expected in zip(kept, (befores, range(length)), strict=True):
        expected = [expected[t] for t in range(length)]
        assert ops.convert_to_numpy(stacked(output)).tolist() == expected
        assert [int(at(output, t)) for t in range(length)] == expected  # and again: none is used up
        assert [int(at(stacked(output), t)) for t in range(length)] == expected
