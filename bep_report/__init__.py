"""One page that shows what a run folder holds: no network, no scripts, one file."""
