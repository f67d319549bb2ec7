"""The price book and what a month costs by it: pure functions over counted things and stated assumptions.

Owns: reading `prices.yaml`, the assumptions about use, and the arithmetic with each price's free part. Does not own
counting what a stack has (`explain/cost.py` counts what a preview has). Money is in US dollars, a month is 30 days.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("prices.yaml")
_DAYS = 30


@dataclass(frozen=True)
class Price:
    """One figure, with where and when it was read."""

    key: str
    price: float
    unit: str
    source: str
    read: date
    free: float = 0.0
    """How many units a month cost nothing. The vendors count them over the whole account, we over the stack."""
    confirmed: bool = True
    """Whether it was read on the vendor's page at `source`, and not in another's text."""


@dataclass(frozen=True)
class Usage:
    """What is assumed of a month's use; no preview can know it."""

    storage_gb: float = 20.0
    """Stored images, of each registry."""
    images_per_day: float = 10.0
    """Pushed, and so scanned where scans cost."""
    rescans_per_image: float = 4.0
    """By the enhanced scanner, while an image is watched."""
    pulls_per_day: float = 100.0
    """Each reads the builder's secrets once."""
    alerts_per_day: float = 1.0
    """Sent to each address that is told of alerts."""
    internet_gb: float = 0.0
    """Pulled from outside the registry's own region."""

    def sentences(self) -> tuple[str, ...]:
        """The assumptions, as they are printed beside every sum."""
        return (
            f"{self.storage_gb:g} GB of images stored in each registry",
            f"{self.images_per_day:g} images pushed a day, {self.rescans_per_image:g} rescans of each where that costs",
            f"{self.pulls_per_day:g} deployments a day that read the builder's secrets and pull",
            f"{self.alerts_per_day:g} alerts a day to each address",
            f"{self.internet_gb:g} GB a month pulled from outside the registry's region",
            "what is free each month is counted as if nothing else ran in the account",
        )


@dataclass(frozen=True)
class Line:
    """One line of a bill."""

    what: str
    price: Price
    quantity: float
    """In the price's unit, before what is free."""

    @property
    def amount(self) -> float:
        """Dollars a month."""
        return max(self.quantity - self.price.free, 0.0) * self.price.price


@dataclass(frozen=True)
class Bill:
    """A month."""

    lines: tuple[Line, ...]

    @property
    def total(self) -> float:
        """Dollars a month."""
        return sum(line.amount for line in self.lines)


Inventory = Mapping[str, int]
"""How many there are of each counted thing, by the names of `THINGS`."""

_COUNTED = {
    "kms-keys": ("encryption keys", "aws-kms-key"),
    "secrets": ("secrets and their replicas", "aws-secret"),
    "parameters": ("parameters", "aws-parameter"),
    "advanced-parameters": ("advanced parameters", "aws-parameter-advanced"),
    "alarms": ("alarms", "cloudwatch-alarm"),
    "metrics": ("metrics of our own", "cloudwatch-metric"),
    "dashboards": ("dashboards", "cloudwatch-dashboard"),
    "google-secret-versions": ("versions of secrets", "google-secret-version"),
    "google-keys": ("versions of encryption keys", "google-kms-version"),
    "google-alarms": ("conditions of alarms", "google-alert-condition"),
    "github-environments": ("deployment environments", "github-environment"),
}
_REGISTRIES = {
    "ecr": ("ECR", "ecr-storage", "ecr-internet"),
    "artifact-registry": ("Artifact Registry", "artifact-registry-storage", "artifact-registry-internet"),
    "ghcr": ("GHCR", "ghcr-storage", None),
}
THINGS = frozenset(
    {*_COUNTED, *_REGISTRIES, "enhanced-scanning", "google-scanning", "lambda-runs", "ecr-replicas", "addresses"}
)
"""What can be counted. `lambda-runs` are runs a month, `ecr-replicas` further regions, the rest are things."""


@cache
def book() -> Mapping[str, Price]:
    """The price book. Raises ValueError or KeyError where the file is not one."""
    import yaml

    found: Mapping[str, Mapping[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {key: _price(key, told) for key, told in found.items()}


def bill(inventory: Inventory, usage: Usage, prices: Mapping[str, Price]) -> Bill:
    """What `inventory` costs a month. Raises KeyError for a thing that is in no table."""
    for name in inventory:
        if name not in THINGS:
            raise KeyError(name)
    return Bill(tuple(line for line in _lines(inventory, usage, prices) if line.quantity))


def _lines(inventory: Inventory, usage: Usage, prices: Mapping[str, Price]) -> Iterable[Line]:
    def count(name: str) -> int:
        return inventory.get(name, 0)

    for name, (words, storage, internet) in _REGISTRIES.items():
        copies = count(name) + (count("ecr-replicas") if name == "ecr" else 0)
        yield Line(f"images in {words}", prices[storage], copies * usage.storage_gb)
        if internet is not None:
            yield Line(f"pulls from {words} over the internet", prices[internet], count(name) * usage.internet_gb)
    pushed = usage.images_per_day * _DAYS
    yield Line("enhanced scans", prices["ecr-enhanced-scan"], count("enhanced-scanning") * pushed)
    rescans = count("enhanced-scanning") * pushed * usage.rescans_per_image
    yield Line("enhanced rescans", prices["ecr-enhanced-rescan"], rescans)
    yield Line("scans by Artifact Analysis", prices["artifact-registry-scan"], count("google-scanning") * pushed)
    for name, (words, key) in _COUNTED.items():
        yield Line(words, prices[key], count(name))
    reads = usage.pulls_per_day * _DAYS
    yield Line("reading secrets", prices["aws-secret-calls"], reads * bool(count("secrets")))
    yield Line(
        "reading versions of secrets", prices["google-secret-calls"], reads * bool(count("google-secret-versions"))
    )
    mails = count("addresses") * usage.alerts_per_day * _DAYS
    yield Line("alerts by mail", prices["aws-sns-email"], mails)
    yield Line("runs of functions", prices["aws-lambda-run"], count("lambda-runs"))


def _price(key: str, told: Mapping[str, Any]) -> Price:
    price = Price(
        key=key,
        price=float(told["price"]),
        unit=told["unit"],
        source=told["source"],
        read=told["read"],
        free=float(told.get("free", 0)),
        confirmed=told.get("confirmed", True),
    )
    if price.price < 0 or price.free < 0 or not price.source.startswith("https://") or not isinstance(price.read, date):
        raise ValueError(f"{_FILE.name}: {key} needs a price, a source with its address, and the day it was read")
    return price
