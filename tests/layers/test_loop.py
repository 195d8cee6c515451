import pytest
from backends import compiled
from keras import ops

from rnn_course.layers.loop import scan, stacked


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("length", [1, 4])
def test_it_carries_along_and_keeps_each_step_in_its_place(length, reverse):
    def step(carry, inputs):
        (t,) = inputs
        return [10 * carry[0] + t], [carry[0], t]

    def numbers(output):
        return ops.convert_to_numpy(stacked(output)).tolist()

    last, kept = scan(step, [ops.array(0)], [ops.arange(length)], outputs=[(), ()], reverse=reverse)
    total, befores = 0, {}
    for t in range(length)[:: -1 if reverse else 1]:
        befores[t], total = total, 10 * total + t
    assert int(last[0]) == total
    expected = [[befores[t] for t in range(length)], list(range(length))]
    assert [numbers(output) for output in kept] == expected
    for _ in range(2):  # and again: what was kept can be scanned, and is not used up
        _, copies = scan(
            lambda carry, each: (carry, each), last, kept, outputs=[(), ()], reverse=reverse
        )
        assert [numbers(output) for output in copies] == expected


@pytest.mark.parametrize("graph", [False, True])
def test_an_output_may_take_the_place_of_an_input(graph):
    def squares_twice():
        _, kept = scan(lambda carry, x: (carry, x), [ops.array(0)], [ops.arange(4)], outputs=[()])
        return [
            stacked(
                scan(
                    lambda carry, x: (carry, [x[0] * x[0]]),
                    [ops.array(0)],
                    kept,
                    outputs=[()],
                    reverse=True,
                    place=0,
                )[1][0]
            )
            for _ in range(2)
        ]

    for found in (compiled(squares_twice) if graph else squares_twice)():
        assert ops.convert_to_numpy(found).tolist() == [0, 1, 4, 9]
