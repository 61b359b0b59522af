"""The text of masks, which are words, or some words side by side (`Bits` in `runtime/bits.hpp`)."""

from __future__ import annotations

from .layouts import WORD_BITS, Layout, Mask


def words_of_mask(element: Layout) -> int:
    """How many words a mask of elements is."""
    return max(1, -(-element.count // WORD_BITS))


def words_of(layout: Layout | None) -> int:
    """How many words a component of a state is."""
    return words_of_mask(layout.element) if isinstance(layout, Mask) else 1


def mask_type(element: Layout) -> str:
    words = words_of_mask(element)
    return "u64" if words == 1 else f"Bits<{words}>"


def mask_constant(element: Layout, mask: int) -> str:
    words = words_of_mask(element)
    if words == 1:
        return f"u64({mask:#x})"
    ones = (1 << WORD_BITS) - 1
    return f"bits({', '.join(f'{mask >> WORD_BITS * word & ones:#x}ull' for word in range(words))})"


def bit(element: Layout, code: str) -> str:
    """The mask of one element."""
    words = words_of_mask(element)
    return f"u64(1) << {code}" if words == 1 else f"bit_in<{words}>({code})"


def is_in(element: Layout, mask: str, code: str) -> str:
    """Whether an element is one of a mask."""
    return f"({mask} >> {code} & 1)" if words_of_mask(element) == 1 else f"has_bit({mask}, {code})"


def is_empty(element: Layout, mask: str) -> str:
    return f"!({mask})" if words_of_mask(element) == 1 else f"is_empty({mask})"
