"""What layers and models ask of their arguments, and say when they do not get it."""


def check_sizes(**sizes):
    """Make sure that sizes are positive integers.

    Args:
        **sizes: each argument by its name.

    Raises:
        ValueError: when one is not; the message names it.

    Example:
        >>> check_sizes(units=8, layers=2)
        >>> check_sizes(units=8, layers=0)
        Traceback (most recent call last):
        ValueError: layers must be a positive integer, got 0
    """
    for name, size in sizes.items():
        if isinstance(size, bool) or not isinstance(size, int) or size <= 0:
            raise ValueError(f"{name} must be a positive integer, got {size!r}")
