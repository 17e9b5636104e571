"""Train, write C for a microcontroller, compile it here and let both classify the same test samples."""

import subprocess
import sys
import tempfile
from pathlib import Path

from bep_interchange import c_source
from bep_interchange.plain import PlainNetwork
from bep_ref.datasets import load
from bep_ref.runs.task import prepare
from bep_ref.runs.train import Trainer

digits = load("digits")
trainer = Trainer(prepare(digits, {"hidden": (64, 64), "epochs": 10}))
trainer.run()
model = trainer.model
network = PlainNetwork.of(model)

folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
folder.mkdir(exist_ok=True)
for name, content in c_source.write(network).items():
    (folder / name).write_bytes(content)
# reads features as floats from its standard input, writes a line for each sample: its class, then all scores
main = Path(c_source.__file__).parent / "c" / "bep_stream.c"
subprocess.run(["cc", "-std=c99", "-O2", "-I.", "-o", "stream", "bep_classify.c", main], cwd=folder, check=True)
output = subprocess.run(
    [folder / "stream"], input=digits.x_test.astype("float32").tobytes(), capture_output=True, check=True
).stdout
found = [int(line.split()[0]) for line in output.splitlines()]

agree = sum(here == there for here, there in zip(model.predict(digits.x_test), found, strict=True))
weights = sum(matrix.size for _, matrix in network.matrices)
print(f"{agree} of {len(found)} classes agree; {weights / 8 / 1024:.1f} KB of weights, sources in {folder}")
