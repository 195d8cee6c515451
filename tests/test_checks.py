import pytest

from rnn_course.checks import check_sizes


def test_sizes_are_positive_integers():
    check_sizes(units=1, layers=10**9)


@pytest.mark.parametrize("size", [0, -1, 2.0, True, "4", None])
def test_the_message_names_the_argument_and_what_came(size):
    with pytest.raises(ValueError, match=f"layers must be a positive integer, got {size!r}"):
        check_sizes(units=1, layers=size)
