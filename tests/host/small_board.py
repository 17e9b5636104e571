"""What the tests of the host's side train, and on which machine."""

from bep_ref.config import Machine

DATA = "prototypes:classes=4,bits=40,flip=0.3,train=300,test=100"
SETTINGS = {"hidden": (16, 8), "batch_size": 10, "epochs": 3}
OPTIONS = ["--data", DATA, "--hidden", "16", "8", "--batch-size", "10", "--epochs", "3"]
MACHINE = Machine(lanes=8, update_lanes=8)
