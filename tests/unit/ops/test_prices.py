"""The price book, and the arithmetic over it."""

from dataclasses import replace
from datetime import date

import pytest

from ops import prices
from ops.prices import Bill, Line, Usage

NONE = Usage(storage_gb=0, images_per_day=0, rescans_per_image=0, pulls_per_day=0, internet_gb=0)


def total(inventory: dict[str, int], usage: Usage = NONE) -> float:
    return prices.bill(inventory, usage, prices.book()).total


def test_every_figure_has_its_source_and_its_day() -> None:
    for price in prices.book().values():
        assert price.source.startswith("https://")
        assert date(2026, 1, 1) <= price.read <= date(2026, 11, 25)
        assert price.unit
        assert price.price >= 0


def test_every_figure_is_used() -> None:
    """A figure that nothing reads grows old unseen. Docker Hub's wait for the command that compares kinds."""
    everything = dict.fromkeys(prices.THINGS, 1)
    usage = replace(Usage(), internet_gb=1)
    used = {line.price.key for line in prices.bill(everything, usage, prices.book()).lines}
    assert prices.book().keys() - used == {"docker-hub-pro", "docker-hub-team"}


@pytest.mark.parametrize(
    ("inventory", "usage", "dollars"),
    [
        ({}, Usage(), 0),
        ({"ecr": 1}, replace(NONE, storage_gb=20), 2.00),
        ({"ecr": 1, "ecr-replicas": 2}, replace(NONE, storage_gb=20), 6.00),
        ({"ecr": 1}, replace(NONE, internet_gb=100), 9.00),
        ({"artifact-registry": 1}, replace(NONE, storage_gb=0.5), 0),
        ({"artifact-registry": 1}, replace(NONE, storage_gb=10.5), 1.00),
        ({"ghcr": 1}, replace(NONE, storage_gb=1000), 0),
        ({"kms-keys": 3, "secrets": 2}, NONE, 3.80),
        ({"secrets": 1}, replace(NONE, pulls_per_day=1000), 0.40 + 30_000 * 0.05 / 10_000),
        ({"alarms": 10}, NONE, 0),
        ({"alarms": 12, "dashboards": 4}, NONE, 0.20 + 3.00),
        ({"enhanced-scanning": 1}, replace(NONE, images_per_day=10, rescans_per_image=4), 27 + 12),
        ({"google-scanning": 1}, replace(NONE, images_per_day=10), 78),
        ({"google-secret-versions": 8}, NONE, 0.12),
    ],
)
def test_a_month_costs_what_the_vendor_says(inventory: dict[str, int], usage: Usage, dollars: float) -> None:
    assert total(inventory, usage) == pytest.approx(dollars)


def test_what_is_in_no_table_is_refused() -> None:
    with pytest.raises(KeyError):
        total({"yachts": 1})


def test_a_free_part_never_makes_a_bill_negative() -> None:
    price = replace(prices.book()["cloudwatch-alarm"], free=1000)
    assert Bill((Line("alarms", price, 3),)).total == 0


def test_the_assumptions_are_said_with_their_numbers() -> None:
    told = " ".join(replace(Usage(), storage_gb=123.5, images_per_day=7, pulls_per_day=9, internet_gb=11).sentences())
    for number in ("123.5 GB", "7 images", "9 deployments", "11 GB"):
        assert number in told
