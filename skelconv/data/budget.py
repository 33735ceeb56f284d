"""How much memory the content of a file may take: in proportion to its size."""

from __future__ import annotations

_BYTES_PER_BYTE = 16
_BYTES_AT_LEAST = 1 << 25


class Budget:
    """What is left of the memory that the content of one file may take.

    It is counted before it is allocated. Plain numbers and text are not counted: in memory they
    take up to 18 times their place in a file.

    Parameters
    ----------
    size : int
        Bytes of the file.

    Attributes
    ----------
    left : int
        Bytes that may still be taken; below 0 when more were.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._allowed = self.left = _BYTES_PER_BYTE * size + _BYTES_AT_LEAST

    def take(self, amount: int) -> bool:
        """Count memory that is about to be allocated.

        Parameters
        ----------
        amount : int
            Bytes, at most.

        Returns
        -------
        bool
            Whether it is within what the file may take.
        """
        self.left -= amount
        return self.left >= 0

    @property
    def reason(self) -> str:
        """What to say when it is not."""
        return (
            f"what it holds takes more than {self._allowed / 2**20:,.0f} MiB of memory, too much "
            f"for a file of {self._size:,} bytes"
        )
