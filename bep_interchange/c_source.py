"""C for microcontrollers: a header with the network as words of 32 bits, beside a file of C99 that classifies by it."""

from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from bep_interchange.plain import PlainNetwork

HEADER = "bep_network.h"
SOURCES = ("bep_classify.h", "bep_classify.c")
"""The same for every network."""
PER_LINE = 8


def write(network: PlainNetwork) -> dict[str, bytes]:
    """Content of every file, by name."""
    folder = files("bep_interchange") / "c"
    return {HEADER: _header(network).encode(), **{name: (folder / name).read_bytes() for name in SOURCES}}


def pack(signs: NDArray[np.int8]) -> NDArray[np.uint32]:
    """Words (rows, ceil(columns / 32)) of ``signs`` (rows, columns): +1 is a one, column 0 in bit 0, padding 0."""
    rows, columns = signs.shape
    bits = np.zeros((rows, -(-columns // 32) * 32), bool)
    bits[:, :columns] = signs > 0
    return np.packbits(bits, axis=1, bitorder="little").view("<u4")


def _header(network: PlainNetwork) -> str:
    features, levels = network.thresholds.shape
    widths = [network.thresholds.size, *(len(matrix) for _, matrix in network.matrices)]
    words = np.concatenate([pack(matrix).ravel() for _, matrix in network.matrices])
    thresholds = [_single(value) for value in network.thresholds.ravel()]
    names = ", ".join(_text(name) for name in network.class_names)
    return f"""\
/* {"-".join(map(str, widths))}, written by bep export. See bep_classify.h. */
#ifndef BEP_NETWORK_H
#define BEP_NETWORK_H

#include <stdint.h>

#define BEP_FEATURES {features}
#define BEP_LEVELS {levels} /* bits of a feature */
#define BEP_LAYERS {len(widths) - 1} /* the classifier is the last */
#define BEP_CLASSES {widths[-1]}
#define BEP_WORDS {max(-(-width // 32) for width in widths)} /* of the widest layer */

/* bits that enter the first layer, neurons of each layer, classes */
static const uint32_t bep_widths[BEP_LAYERS + 1] = {{{", ".join(map(str, widths))}}};

/* bit feature * BEP_LEVELS + k is 1 where the feature is at least threshold k */
static const float bep_thresholds[BEP_FEATURES * BEP_LEVELS] = {{
{_lines(thresholds)}
}};

/* layer by layer, row by row; a row is padded with zeros to whole words, its first input in bit 0; 1 is +1, 0 is -1 */
static const uint32_t bep_weights[{len(words)}] = {{
{_lines([f"0x{word:08x}u" for word in words])}
}};

#define BEP_CLASS_NAMES {{{names}}}

#endif
"""


def _single(value: np.float32) -> str:
    text = f"{value:.9g}"
    return text + ("f" if "." in text or "e" in text else ".0f")


def _text(name: str) -> str:
    """A string literal; whatever is not plain ASCII as octal bytes."""
    plain = "".join(
        chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\?' else f"\\{byte:03o}" for byte in name.encode()
    )
    return f'"{plain}"'


def _lines(items: list[str]) -> str:
    return ",\n".join("    " + ", ".join(items[i : i + PER_LINE]) for i in range(0, len(items), PER_LINE))
