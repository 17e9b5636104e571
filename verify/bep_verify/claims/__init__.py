"""What is claimed, one file for a kind of unit; `PROOFS` is the list."""

from collections.abc import Callable
from functools import partial

from bep_verify.claims import arithmetic, decisions, engines, link, memories, queues, sequencing, update
from bep_verify.proof import Proof

PROOFS: dict[str, Callable[[], Proof]] = {
    "CounterStep": arithmetic.counter_step,
    **{f"XnorPopcount, {lanes} lanes": partial(arithmetic.popcount, lanes) for lanes in (1, 2, 3, 5, 7, 10, 15)},
    "XnorPopcount, 31 lanes of halves": arithmetic.popcount_tree,
    "ColumnSums": arithmetic.column_sums,
    "Decision": decisions.decision,
    "WinnerScan": decisions.winner_scan,
    "StreamRegister": queues.stream_register,
    "ShiftQueue": queues.shift_queue,
    "HitQueue": queues.hit_queue,
    "Ring": link.ring,
    "Receiver": link.receiver,
    "Transmitter": link.transmitter,
    "Deframer": link.deframer,
    "Framer": link.framer,
    "Decoder": link.decoder,
    "HiddenPlane in block RAM": partial(memories.hidden_plane, False),
    "HiddenPlane in SPRAM": partial(memories.hidden_plane, True),
    "GatedList": memories.gated_list,
    "Loader": memories.loader,
    "Sequencer": sequencing.sequencer,
    "UpdateEngine and the host": update.host_read,
    "UpdateEngine's commit": update.commit,
    "UpdateEngine at rest": update.rest,
    "xorshift": engines.generator,
    "GapWalker": engines.gap_walker,
    "HitSlices": engines.hit_slices,
    "HostPort": engines.host_port,
}
"""Unit -> what is claimed of it."""
