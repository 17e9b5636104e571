"""Windows of packed samples, each as a row of words."""

import numpy as np

from bep_ref.packed.compiler import kernel


@kernel
def move_sample(rows, down, right, width, out):  # type: ignore[no-untyped-def]
    """One sample ``rows`` (R, words), rows of ``width`` bits, read ``down`` rows and ``right`` bits further.

    ``out`` (R, words + 1); bits outside the sample are 0, as is the last word, so that a reader may run over.
    """
    height, words = rows.shape
    out[:] = 0
    for number in range(max(0, -down), min(height, height - down)):
        row = rows[number + down]
        for word in range(words):
            position = 64 * word + right
            first, offset = position >> 6, np.uint64(position & 63)
            if 0 <= first < words:
                out[number, word] = row[first] >> offset
            if offset > 0 and 0 <= first + 1 < words:
                out[number, word] |= row[first + 1] << (np.uint64(64) - offset)
        if width & 63:
            out[number, words - 1] &= (np.uint64(1) << np.uint64(width & 63)) - np.uint64(1)


@kernel
def cut_windows(rows, corners, height, piece, out):  # type: ignore[no-untyped-def]
    """The windows of one sample ``rows`` (R, words of a row, and one more): ``out`` (windows, words of a window).

    A window is ``height`` pieces of ``piece`` bits, one of each row; ``corners`` (windows, 2) are its first row and
    bit.
    """
    for window in range(len(corners)):
        top, start = corners[window, 0], corners[window, 1]
        word, filled, bits = 0, 0, np.uint64(0)
        for number in range(top, top + height):
            for done in range(0, piece, 64):
                taken = min(piece - done, 64)
                first, offset = (start + done) >> 6, np.uint64((start + done) & 63)
                chunk = rows[number, first] >> offset
                # twice, since a shift by 64 is undefined
                chunk |= rows[number, first + 1] << (np.uint64(63) - offset) << np.uint64(1)
                chunk &= np.uint64(0xFFFFFFFFFFFFFFFF) >> np.uint64(64 - taken)
                bits |= chunk << np.uint64(filled)
                filled += taken
                if filled >= 64:
                    out[window, word] = bits
                    word, filled = word + 1, filled - 64
                    bits = chunk >> np.uint64(taken - filled) if filled else np.uint64(0)
        if filled:
            out[window, word] = bits
