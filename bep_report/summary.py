"""The head of the page: what was learned, and its most asked-for figures."""

from bep_ref.config import AnyNetwork, Training
from bep_report.run_folder import RunFolder


def headline(run: RunFolder) -> str:
    """One line: which network, on what."""
    source = run.metrics or run.model
    if source:
        return f"{source.network} learns {source.data.partition(':')[0]}"
    if run.cosim:
        return f"{run.cosim.network} in simulated hardware"
    return f"A trainer on {' and '.join(build.board for build in run.builds)}"


def facts(run: RunFolder) -> list[tuple[str, str, str]]:
    """(what, figure, what to know about it), the most asked-for first."""
    found: list[tuple[str, str, str]] = []
    if run.metrics:
        best, epochs = run.metrics.best, len(run.metrics.history)
        found += [
            ("test accuracy", f"{run.metrics.test_accuracy:.2%}", f"network of epoch {best.epoch} of {epochs}"),
            ("validation accuracy", f"{best.validation_accuracy:.2%}", "chose that epoch"),
        ]
    if source := run.metrics or run.model:
        found.append(("synapses", f"{source.network.synapses:,}", _settings(source.network, source.training)))
    if run.metrics:
        found.append(("training speed", f"{run.metrics.samples_per_second:,.0f}/s", "samples, where it was run"))
    if run.cosim:
        cosim = run.cosim
        note = f"of {cosim.compared:,} values compared"
        found.append(("mismatches", f"{cosim.mismatches:,}", note))
        found.append(("cycles a sample", f"{cosim.cycles_per_sample:,.0f}", f"{cosim.lanes} lanes, simulated"))
    for build in run.builds:
        worst = min(build.fmax_mhz.values())
        seeds = f"worst of {len(build.fmax_mhz)} seeds" if len(build.fmax_mhz) > 1 else "one seed"
        found.append((f"clock, {build.board}", f"{worst:.1f} MHz", f"{build.device}, {seeds}"))
    if run.cosim and len(run.builds) == 1:
        rate = min(run.builds[0].fmax_mhz.values()) * 1e6 / run.cosim.cycles_per_sample
        found.append(("on that clock", f"{rate:,.0f}/s", "training samples, if built as simulated"))
    return found


def _settings(network: AnyNetwork, training: Training) -> str:
    return f"{network.counter_bits}-bit counters, rule {training.rule}, seed {training.seed}"
