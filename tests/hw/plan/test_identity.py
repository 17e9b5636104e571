"""What a board reports of itself is read back as what it is, or refused by name."""

import pytest

from bep_hw.plan.features import KIND, KINDS, OPTIONS, RULE, RULE_CODES, Features, features
from bep_hw.plan.identity import build_digest, configuration, identification, identification_addresses
from bep_hw.plan.registers import address
from bep_ref import ConfigError, Machine, Network, RecurrentNetwork
from bep_ref.config import RULES

NETWORK = Network(9, (6, 4), 3)
SEQUENCES = RecurrentNetwork(9, 6, 4, 3, steps=5)


@pytest.mark.parametrize("network", [NETWORK, SEQUENCES], ids=["perceptron", "recurrent"])
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("option", OPTIONS)
def test_a_configuration_is_read_back(network, rule, option):
    for value in (False, True):
        machine = Machine(8, 4, **{option: value}, rule=rule)
        words = identification(network, machine)
        assert configuration(words) == (network, machine)
        assert words.keys() <= set(identification_addresses())


def test_the_capacity_of_a_cache_is_read_back():
    machine = Machine(8, 4, cache_samples=300)
    assert configuration(identification(NETWORK, machine)) == (NETWORK, machine)


def test_every_rule_and_kind_has_a_code_of_its_own_that_fits():
    assert RULE_CODES.keys() == set(RULES)
    for field, codes in ((RULE, RULE_CODES), (KIND, KINDS)):
        assert len(set(codes.values())) == len(codes)
        assert max(codes.values()) < 1 << field.bits
    bits = [*range(len(OPTIONS)), *(field.lowest + bit for field in (RULE, KIND) for bit in range(field.bits))]
    assert len(set(bits)) == len(bits)


@pytest.mark.parametrize(("field", "codes"), [(RULE, RULE_CODES), (KIND, KINDS)], ids=["rule", "kind"])
def test_a_code_that_is_not_known_is_refused_by_name(field, codes):
    for code in set(range(1 << field.bits)) - set(codes.values()):
        word = features(NETWORK, Machine(8, 4)) & ~field.put((1 << field.bits) - 1) | field.put(code)
        with pytest.raises(ConfigError, match=f"{field.name}: code {code} is not known here"):
            Features.read(word)
        words = {**identification(NETWORK, Machine(8, 4)), address("features"): word}
        with pytest.raises(ConfigError, match=f"{field.name}: code {code}"):
            configuration(words)


def test_words_of_no_network_are_refused():
    for changed in ({"inputs": 0}, {"classes": 1}, {"lanes": 0}):
        words = identification(NETWORK, Machine(8, 4)) | {address(name): value for name, value in changed.items()}
        with pytest.raises(ConfigError, match=next(iter(changed))):
            configuration(words)
    words = identification(SEQUENCES, Machine(8, 4)) | {address("hidden", 1): 0}
    with pytest.raises(ConfigError, match="output: 0 is out of range"):
        configuration(words)


def test_the_digest_follows_the_configuration():
    machines = [Machine(8, 4), Machine(8, 2), Machine(8, 4, rule="local"), Machine(8, 4, statistics=False)]
    digests = {build_digest(network, machine) for network in (NETWORK, SEQUENCES) for machine in machines}
    assert len(digests) == 8
