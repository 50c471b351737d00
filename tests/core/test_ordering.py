"""Sharing out places anew."""

import pytest

from apps.core.ordering import places


@pytest.mark.parametrize(
    ("taken", "shared"),
    [([], []), ([7, 1, 4], [1, 4, 7]), ([0, 0, 0], [0, 1, 2]), ([2, 2, 3, 9], [2, 3, 4, 9])],
)
def test_places_are_shared_out_in_order_and_each_once(taken: list[int], shared: list[int]) -> None:
    assert places(taken) == shared
