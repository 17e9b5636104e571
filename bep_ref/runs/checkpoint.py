"""A run on disk between two epochs: enough to continue to the same bits as a run that was never stopped.

Shuffles and thresholds are functions of the configuration and the epoch's number, the schedule of the history; so the
state is the counters, the best counters (the read-out's too), the generator with the order in which it walks the
counters, and the history.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bep_ref.config import NONE, ConfigError
from bep_ref.datasets import load
from bep_ref.files.archive import read_archive, understanding, write_archive
from bep_ref.inputs.series import SeriesBinariser
from bep_ref.networks.initial import net_from
from bep_ref.networks.learner import readout_of
from bep_ref.networks.rules import check_walk_block
from bep_ref.runs.model import pack_counters, pack_readout, unpack_counters, unpack_readout
from bep_ref.runs.task import Task, every_layer, prepare
from bep_ref.runs.train import Epoch, Trainer

FORMAT, VERSION = "bep-checkpoint", 2
"""Version 1 began with thermometers whose thresholds could coincide: the same settings now give other bits."""


def save_checkpoint(path: Path, trainer: Trainer) -> None:
    """Write the state of ``trainer`` atomically. Call it before the first epoch and after each."""
    task = trainer.task
    header = {
        "data": task.data,
        "data_digest": task.data_digest,
        "settings": _settings(task),
        "generator": trainer.net.generator.state,
        "walk_block": trainer.net.walk_block,
        "history": [asdict(epoch) for epoch in trainer.history],
    }
    arrays = pack_counters("counters", task.network, trainer.net.matrices)
    arrays |= pack_counters("best_counters", task.network, trainer.best_counters)
    arrays |= pack_readout("readout", readout_of(trainer.net)) | pack_readout("best_readout", trainer.best_readout)
    write_archive(path, FORMAT, VERSION, header, arrays)


@dataclass(frozen=True)
class Saved:
    """A checkpoint as read: what the run learns from, with which settings, and its state."""

    path: Path
    header: dict[str, Any]
    arrays: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> "Saved":
        """Read a checkpoint file; `ArchiveError` if it is not one or is damaged."""
        return cls(path, *read_archive(path, FORMAT, VERSION))

    def resume(self, given: dict[str, Any], data: str | None = None, engine_name: str = "auto") -> Trainer:
        """The run as it stood. ``given`` settings must repeat those it began with; only ``epochs`` may be new.

        ``data`` may name another place of the same data, ``engine_name`` another engine: the bits are the same.

        Raises
        ------
        ConfigError : other settings or other data than the run began with.
        """
        with understanding(self.path, FORMAT, named=False):
            return self._resume(given, data, engine_name)

    def _resume(self, given: dict[str, Any], data: str | None, engine_name: str) -> Trainer:
        settings = self.header["settings"]
        for name, value in given.items():
            if name == "group_size":
                value = every_layer(value, len(settings["group_size"]))
            had = settings.get(name)
            had = NONE if had is None else had
            value = had | _plain(value) if isinstance(had, dict) else _plain(value)
            if name != "epochs" and value != had:
                raise ConfigError(f"resume: {name}: {value} differs from the run in {self.path}, which has {had}")
        history = [Epoch.from_dict(values) for values in self.header["history"]]
        epochs = given.get("epochs", settings["epochs"])
        if epochs < len(history):
            raise ConfigError(f"resume: epochs: {epochs} is out of range; {self.path} has {len(history)} done already")
        task = prepare(load(data or self.header["data"]), settings | {"epochs": epochs})
        if task.data_digest != self.header["data_digest"]:
            raise ConfigError(f"resume: {task.data} is not the data that the run in {self.path} began with")
        counters = unpack_counters("counters", task.network, self.arrays)
        readout, best_readout = (unpack_readout(n, task.network, self.arrays) for n in ("readout", "best_readout"))
        net = net_from(task.network, task.training, counters, self.header["generator"], engine_name, readout)
        net.walk_block = check_walk_block(self.header.get("walk_block", net.walk_block))
        return Trainer(task, net, unpack_counters("best_counters", task.network, self.arrays), history, best_readout)


def _plain(value: Any) -> Any:
    """``value`` as it is read from JSON: lists, not tuples."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return list(value) if isinstance(value, tuple | list) else value


def _settings(task: Task) -> dict[str, Any]:
    """What `prepare` needs to make ``task`` again, as plain JSON types."""
    settings = {
        "counter_bits": task.network.counter_bits,
        "binarise": task.binariser.spec,
        **task.training.to_dict(),
    }
    if isinstance(task.binariser, SeriesBinariser):
        settings |= task.binariser.shape.to_dict()
    return settings | task.network.chosen()
