"""Specifications of sweeps that are damaged: planned, or refused in one line before anything is computed."""

import random

from bep.sweep import plan, spec
from bep_ref.config import ConfigError

FILES = 250
GOOD = """\
data = "prototypes:classes=3,bits=12,train=40,test=20"
seeds = [1, 2, 3]
boards = ["icebreaker", "ulx3s_85f"]
placement_seeds = [1, 2]
[grid]
hidden = [[8, 8], [16]]
margin = [0.25, 0.5]
epochs = [2]
binarise = ["median"]
"""
VALUES = (
    *("0", "-1", "1e400", "nan", "inf", "true", "[]", "[[]]", '""', '"x"', "1979-05-27", "{}", "[1, [2]]", "[1, 1]"),
    *("[nan]", "[[nan]]", "[[1, 2], [true]]", '["threshold=nan"]', '["thermometer=99999999"]', '"\\u0000"', "9" * 30),
)


def damaged(chance):
    lines = GOOD.splitlines()
    for _ in range(chance.choice((1, 1, 2, 3))):
        place, kind = chance.randrange(len(lines)), chance.randrange(4)
        if kind == 0:
            lines[place] = f"{lines[place].split('=')[0]}= {chance.choice(VALUES)}"
        elif kind == 1 and len(lines) > 1:
            del lines[place]
        elif kind == 2:
            lines.insert(place, chance.choice(lines))
        else:
            option = chance.choice((*sorted(spec.OPTIONS), "seed", "inputs", "data", "a.b"))
            lines.append(f"{option} = [{chance.choice(VALUES)}]")
    content = bytearray("\n".join(lines).encode())
    if chance.random() < 0.3:
        content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content)


def test_a_damaged_specification_is_planned_or_refused_in_one_line(tmp_path):
    file, refused = tmp_path / "sweep.toml", 0
    for seed in range(FILES):
        file.write_bytes(damaged(random.Random(seed)))
        try:
            assert plan.rows_of(spec.read(file)), seed
        except ConfigError as error:
            assert "\n" not in str(error), seed
            refused += 1
        except Exception as error:
            error.add_note(f"seed {seed}: {file.read_bytes()!r}")
            raise
    assert FILES / 4 < refused < FILES
