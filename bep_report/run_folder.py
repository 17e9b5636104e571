"""What a run folder holds: each part of it if it is there."""

from dataclasses import dataclass
from pathlib import Path

from bep_ref.config import AnyNetwork, ConfigError
from bep_ref.runs.model import Model
from bep_report.results import Build, Cosim, Metrics, read_json


@dataclass(frozen=True)
class RunFolder:
    """The folder at ``path``; ``unfinished`` tells that a run in it was begun and has not written its results."""

    path: Path
    metrics: Metrics | None
    model: Model | None
    cosim: Cosim | None
    builds: tuple[Build, ...]
    unfinished: bool

    @classmethod
    def read(cls, path: Path) -> "RunFolder":
        """Everything known in ``path``; builds are also looked for in the folders right below it.

        Raises
        ------
        ConfigError : no such folder, nothing known in it, or a file that is not what its name says; one line.
        """
        if not path.is_dir():
            raise ConfigError(f"run: {path} is not a folder; it must be one that bep train, cosim or synth wrote to")
        model = path / "model.npz"
        below = sorted(folder for folder in path.iterdir() if folder.is_dir())
        run = cls(
            path=path,
            metrics=read_json(path / "metrics.json", Metrics.from_dict),
            model=Model.load(model) if model.exists() else None,
            cosim=read_json(path / "cosim.json", Cosim.from_dict),
            builds=tuple(build for folder in (path, *below) if (build := Build.read(folder))),
            unfinished=(path / "checkpoint.npz").exists() and not (path / "metrics.json").exists(),
        )
        if not (run.metrics or run.model or run.cosim or run.builds):
            known = "metrics.json, model.npz, cosim.json or a build's report.json"
            more = f"; bep train --out {path} --resume completes it" if run.unfinished else ""
            raise ConfigError(f"run: {path} holds no results ({known}){more}")
        return run

    @property
    def network(self) -> AnyNetwork | None:
        """The network that was learned."""
        if self.metrics:
            return self.metrics.network
        return self.model.network if self.model else None
