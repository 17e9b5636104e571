"""A second, independent reading of the MLP algorithm: plain lists, plain loops, weights as odd integers h.

It shares no code and no representation with `bep_ref.networks.mlp` (hidden weights ``h`` instead of counters, whole
fractions instead of precomputed thresholds), so that a misreading in one shows up against the other.
"""

from fractions import Fraction
from itertools import product


def sgn(value):
    return -1 if value < 0 else 1


def verdict(total, dead_zone):
    """Desired activation by a back-projected sum, None if it is too small to be an error."""
    return None if dead_zone is not None and -dead_zone <= total <= dead_zone else sgn(total)


def dot(left, right):
    return sum(a * b for a, b in zip(left, right, strict=True))


class SlowMlp:
    """``counters`` q per layer as nested lists; margin and gate are compared as exact fractions.

    A desired activation that there is not, by the dead zone, is None.
    """

    def __init__(self, counters, classifier, margin, gate, group_size, counter_bits, dead_zone=None):
        self.hidden = [[[2 * q + 1 for q in row] for row in layer] for layer in counters]
        self.classifier = classifier
        self.margin, self.gate = Fraction(margin), Fraction(gate)
        self.group_size, self.dead_zone = group_size, dead_zone
        self.largest = 2**counter_bits - 1
        self.predictions, self.triggered, self.winners = [], [], []

    @property
    def counters(self):
        return [[[(h - 1) // 2 for h in row] for row in layer] for layer in self.hidden]

    def train_batch(self, x, y):
        visible = [[[sgn(h) for h in row] for row in layer] for layer in self.hidden]
        for sample, label in zip(x, y, strict=True):
            self._train_sample(visible, sample, label)

    def _train_sample(self, visible, sample, label):
        activations, sums = [sample], []
        for weights in visible:
            sums.append([dot(row, activations[-1]) for row in weights])
            activations.append([sgn(z) for z in sums[-1]])
        logits = [dot(prototype, activations[-1]) for prototype in self.classifier]
        self.predictions.append(logits.index(max(logits)))
        rival = max(logit for c, logit in enumerate(logits) if c != label)
        self.triggered.append(logits[label] - rival < self.margin * len(activations[-1]))
        if not self.triggered[-1]:
            return
        desired = self.classifier[label]
        for layer in range(len(visible) - 1, -1, -1):
            for j in self._winners(sums[layer], desired, self.group_size[layer]):
                self.winners.append((len(self.predictions) - 1, layer, j))
                for i, a in enumerate(activations[layer]):
                    h = self.hidden[layer][j][i] + 2 * desired[j] * a
                    # one more step than the counter holds is one step too far, on either side
                    self.hidden[layer][j][i] = max(-self.largest, min(self.largest, h))
            desired = self._behind(visible[layer], sums[layer], desired)

    def _winners(self, sums, desired, size):
        for start in range(0, len(sums), size):
            wrong = [j for j in range(start, start + size) if desired[j] not in (None, sgn(sums[j]))]
            if wrong:
                yield min(wrong, key=lambda j: (abs(sums[j]), j))

    def _behind(self, weights, sums, desired):
        """Desired activations of the layer below, through the neurons whose pre-activation is small."""
        fan_in = len(weights[0])
        total = [0] * fan_in
        for j, i in product(range(len(weights)), range(fan_in)):
            if abs(sums[j]) <= self.gate * fan_in and desired[j] is not None:
                total[i] += weights[j][i] * desired[j]
        return [verdict(value, self.dead_zone) for value in total]


class SlowLocal(SlowMlp):
    """Local error signals: ``classifiers`` one a layer, each layer triggers for itself, nothing passes backward."""

    def __init__(self, counters, classifiers, margin, group_size, counter_bits):
        super().__init__(counters, classifiers[-1], margin, 0, group_size, counter_bits)
        self.classifiers = classifiers

    def _train_sample(self, visible, sample, label):
        below, number, triggered = sample, len(self.predictions), False
        for layer, (weights, prototypes) in enumerate(zip(visible, self.classifiers, strict=True)):
            sums = [dot(row, below) for row in weights]
            above = [sgn(z) for z in sums]
            scores = [dot(prototype, above) for prototype in prototypes]
            rival = max(score for c, score in enumerate(scores) if c != label)
            if scores[label] - rival < self.margin * len(above):
                triggered = True
                for j in self._winners(sums, prototypes[label], self.group_size[layer]):
                    self.winners.append((number, layer, j))
                    for i, a in enumerate(below):
                        h = self.hidden[layer][j][i] + 2 * prototypes[label][j] * a
                        self.hidden[layer][j][i] = max(-self.largest, min(self.largest, h))
            below = above
        self.predictions.append(scores.index(max(scores)))
        self.triggered.append(triggered)
