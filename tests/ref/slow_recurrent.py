"""A second, independent reading of BEP through time: plain lists, plain loops, one weight row over ``[x_t ; s_{t-1}]``.

It shares neither code nor representation with `bep_ref.networks.rnn`: hidden weights are odd integers ``h``, the two
matrices of the state are one, and sequences are as long as they are, without padding.
"""

from fractions import Fraction

from tests.ref.slow_reading import dot, sgn, verdict


class SlowRnn:
    """``xs``, ``ss``, ``sy`` as nested lists of counters; margin and gate are compared as exact fractions.

    Sums and desired states of a step are dictionaries: a neuron that is held, or has no target, is not in them.
    """

    def __init__(
        self, xs, ss, sy, classifier, margin, gate, group_state, group_output, counter_bits, dead_zone=None, clock=1
    ):
        self.inputs = len(xs[0])
        self.state = [[2 * q + 1 for q in [*a, *b]] for a, b in zip(xs, ss, strict=True)]
        self.output = [[2 * q + 1 for q in row] for row in sy]
        self.classifier = classifier
        self.margin, self.gate = Fraction(margin), Fraction(gate)
        self.group_state, self.group_output = group_state, group_output
        self.dead_zone, self.clock = dead_zone, clock
        self.largest = 2**counter_bits - 1
        self.predictions, self.triggered, self.winners = [], [], []

    @property
    def counters(self):
        state, output = ([[(h - 1) // 2 for h in row] for row in rows] for rows in (self.state, self.output))
        return {
            "xs": [row[: self.inputs] for row in state],
            "ss": [row[self.inputs :] for row in state],
            "sy": output,
        }

    def train_batch(self, sequences, labels):
        state, output = ([[sgn(h) for h in row] for row in rows] for rows in (self.state, self.output))
        for sequence, label in zip(sequences, labels, strict=True):
            self._train_sample(state, output, sequence, label)

    def _train_sample(self, state, output, sequence, label):
        heard, sums, last = [], [], [1] * len(state)
        for step, bits in enumerate(sequence):
            heard.append([*bits, *last])
            sums.append({j: dot(state[j], heard[-1]) for j in self._moving(step)})
            last = [sgn(sums[-1][j]) if j in sums[-1] else was for j, was in enumerate(last)]
        final = dict(enumerate(dot(row, last) for row in output))
        logits = [dot(prototype, [sgn(z) for z in final.values()]) for prototype in self.classifier]
        self.predictions.append(logits.index(max(logits)))
        rival = max(logit for c, logit in enumerate(logits) if c != label)
        self.triggered.append(logits[label] - rival < self.margin * len(output))
        if not self.triggered[-1]:
            return
        wanted = dict(enumerate(self.classifier[label]))
        recurrent = [row[self.inputs :] for row in state]
        desired = [{} for _ in sequence]
        for step in reversed(range(len(sequence))):
            for j in sums[step]:
                # what a neuron becomes, it is until it moves again: that is when its error shows
                again = step + self.clock
                above = (recurrent, sums[again], desired[again]) if again < len(sequence) else (output, final, wanted)
                target = verdict(self._pull(j, *above), self.dead_zone)
                if target is not None:
                    desired[step][j] = target
        stability = [sum(d[j] * z[j] for d, z in zip(desired, sums, strict=True) if j in d) for j in range(len(state))]
        wrong = [j for j, value in enumerate(stability) if value < 0]
        for j in self._winners("state", wrong, stability, self.group_state):
            for bits, targets in zip(heard, desired, strict=True):
                if j in targets:
                    self._move(self.state[j], targets[j], bits)
        wrong = [j for j, z in final.items() if sgn(z) != wanted[j]]
        for j in self._winners("output", wrong, final, self.group_output):
            self._move(self.output[j], wanted[j], last)

    def _moving(self, step):
        """Neurons of the state that the clock lets move."""
        return [j for j in range(len(self.state)) if (step - j) % self.clock == 0]

    def _pull(self, i, weights, sums, desired):
        """Sum of the errors on state ``i``, through the neurons with a target whose sum is small."""
        width = len(weights[0])
        return sum(weights[j][i] * target for j, target in desired.items() if abs(sums[j]) <= self.gate * width)

    def _winners(self, layer, wrong, values, size):
        for group in sorted({j // size for j in wrong}):
            winner = min((j for j in wrong if j // size == group), key=lambda j: (abs(values[j]), j))
            self.winners.append((len(self.predictions) - 1, layer, winner))
            yield winner

    def _move(self, row, target, bits):
        for i, bit in enumerate(bits):
            row[i] = max(-self.largest, min(self.largest, row[i] + 2 * target * bit))
