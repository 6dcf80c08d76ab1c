import pytest

from local.scripts import gateway_script, registry_script, tags_of


def test_tags_combine_with_dots() -> None:
    assert tags_of("Dana+Consider.slow@example.com") == {"consider", "slow"}


def test_an_address_without_plus_has_no_tags() -> None:
    assert tags_of("dana.rivera@example.com") == frozenset()


@pytest.mark.parametrize("npn", ["15645555", "1234567890", "7", "991234509", "99123450900"])
def test_ordinary_numbers_choose_nothing(npn: str) -> None:
    assert (gateway_script(npn), registry_script(npn)) == (0, 0)


def test_a_special_number_speaks_to_gateway_and_registry() -> None:
    assert (gateway_script("9912345293"), registry_script("9912345293")) == (2, 93)
