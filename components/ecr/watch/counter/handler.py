"""Counts what a registry's namespace holds and publishes it as CloudWatch metrics.

Owns: the counting, the forecast, the metrics. Does not own: when it runs, or what it may (`usage.py`). It runs
alone in AWS Lambda, with the boto3 of its runtime.

A count that is not whole is worse than none: storage that halves because a repository could not be read looks like
good news. So sums are published only where every repository was read; `Failures`, which has an alarm, is published
always. Sizes are those of the images: layers that images share are in each of them, and billed once, so the sum is
the most that can be billed.
"""

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

METRICS = "SnapDeploy/Registry"
HISTORY = timedelta(days=14)
SHORTEST_HISTORY = timedelta(days=1)
NEVER = 3650.0
"""Ten years: published where nothing grows, so that an alarm sees a value."""
_RESERVE_MS = 30_000
_PAGE = 1000

# Adaptive: it slows down by itself where ECR throttles, and other callers of the account keep their share.
_CLIENT = Config(retries={"mode": "adaptive", "max_attempts": 8}, connect_timeout=5, read_timeout=30)

_log = logging.getLogger(__name__)
_log.setLevel(logging.INFO)


@dataclass(frozen=True)
class Census:
    """What was found."""

    repositories: int
    """In the namespace."""
    repositories_in_region: int
    images: int
    largest: int
    """Images in the repository that has most."""
    storage: int
    """Bytes."""
    failures: int
    """Repositories that could not be read."""


def handler(_event: object, context: Any) -> dict[str, Any]:
    """One run. Raises what AWS says where not even the list of repositories can be read."""
    cloudwatch = boto3.client("cloudwatch", config=_CLIENT)
    return run(boto3.client("ecr", config=_CLIENT), cloudwatch, os.environ, context.get_remaining_time_in_millis)


def run(ecr: Any, cloudwatch: Any, environment: Mapping[str, str], time_left: Callable[[], int]) -> dict[str, Any]:
    """Counts and publishes; returns what it published."""
    namespace = environment["NAMESPACE"]
    try:
        census = count(ecr, namespace, time_left)
    except (ClientError, BotoCoreError):
        publish(cloudwatch, namespace, {"Failures": 1.0}, {})
        raise
    values = {
        "RepositoryCount": float(census.repositories),
        "RepositoriesInRegion": float(census.repositories_in_region),
    }
    if not census.failures:
        values |= {
            "StorageBytes": float(census.storage),
            "ImageCount": float(census.images),
            "LargestRepositoryImages": float(census.largest),
        }
    failures = census.failures
    try:
        days = forecast(cloudwatch, namespace, values, quotas(environment), datetime.now(UTC))
    except (ClientError, BotoCoreError) as error:
        _log.error("no forecast: %s", _reason(error))
        days = {}
        failures += 1
    values["Failures"] = float(failures)
    publish(cloudwatch, namespace, values, days)
    return {"values": values, "daysToQuota": days}


def count(ecr: Any, namespace: str, time_left: Callable[[], int]) -> Census:
    """Reads every repository of the namespace; those it cannot read, or has no time for, are failures."""
    named = [repository["repositoryName"] for repository in _each(ecr.describe_repositories, "repositories")]
    ours = [name for name in named if name.startswith(f"{namespace}/")]
    images = largest = storage = failures = gone = 0
    for done, name in enumerate(ours):
        if time_left() < _RESERVE_MS:
            _log.error("no time left for %d of %d repositories", len(ours) - done, len(ours))
            failures += len(ours) - done
            break
        try:
            sizes = [
                int(image.get("imageSizeInBytes", 0))
                for image in _each(ecr.describe_images, "imageDetails", repositoryName=name)
            ]
        except (ClientError, BotoCoreError) as error:
            if _reason(error) == "RepositoryNotFoundException":
                gone += 1  # deleted since the list was read
                continue
            _log.error("%s could not be read: %s", name, _reason(error))
            failures += 1
            continue
        images += len(sizes)
        largest = max(largest, len(sizes))
        storage += sum(sizes)
    return Census(len(ours) - gone, len(named) - gone, images, largest, storage, failures)


def forecast(
    cloudwatch: Any, namespace: str, values: Mapping[str, float], limits: Mapping[str, int], now: datetime
) -> dict[str, float]:
    """Days until each quota is reached at the pace of the history; without history, or a value, nothing."""
    counted = {
        "images-per-repository": ("LargestRepositoryImages", limits["IMAGES_PER_REPOSITORY"]),
        "repositories-per-region": ("RepositoriesInRegion", limits["REPOSITORIES_PER_REGION"]),
    }
    days: dict[str, float] = {}
    for quota, (metric, limit) in counted.items():
        if metric not in values:
            continue
        if values[metric] >= limit:
            days[quota] = 0.0
            continue
        oldest = _oldest(cloudwatch, namespace, metric, now)
        if oldest is not None:
            then, was = oldest
            days[quota] = days_to(values[metric], was, (now - then) / timedelta(days=1), limit)
    return days


def days_to(value: float, was: float, days: float, limit: float) -> float:
    """Days until `value`, which was `was` so many days ago, reaches `limit`; at most NEVER."""
    pace = (value - was) / days
    if value >= limit:
        return 0.0
    return NEVER if pace <= 0 else min((limit - value) / pace, NEVER)


def publish(cloudwatch: Any, namespace: str, values: Mapping[str, float], days: Mapping[str, float]) -> None:
    """Writes all values in one call."""
    dimensions = [{"Name": "Namespace", "Value": namespace}]
    data = [
        {
            "MetricName": name,
            "Dimensions": dimensions,
            "Value": value,
            "Unit": "Bytes" if name == "StorageBytes" else "Count",
        }
        for name, value in values.items()
    ]
    data += [
        {"MetricName": "DaysToQuota", "Dimensions": [*dimensions, {"Name": "Quota", "Value": quota}], "Value": value}
        for quota, value in days.items()
    ]
    cloudwatch.put_metric_data(Namespace=METRICS, MetricData=data)


def quotas(environment: Mapping[str, str]) -> dict[str, int]:
    """The published quotas, or those that this account was raised to."""
    published: dict[str, Any] = json.loads((Path(__file__).parent / "quotas.json").read_text(encoding="utf-8"))
    return {
        name: int(environment.get(name, published[name]))
        for name in ("IMAGES_PER_REPOSITORY", "REPOSITORIES_PER_REGION")
    }


def _oldest(cloudwatch: Any, namespace: str, metric: str, now: datetime) -> tuple[datetime, float] | None:
    """The first value of the history; None where it is younger than a pace can be read from."""
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=[
            {
                "Id": "m",
                "MetricStat": {
                    "Metric": {
                        "Namespace": METRICS,
                        "MetricName": metric,
                        "Dimensions": [{"Name": "Namespace", "Value": namespace}],
                    },
                    "Period": 3600,
                    "Stat": "Maximum",
                },
            }
        ],
        StartTime=now - HISTORY,
        EndTime=now,
        ScanBy="TimestampAscending",
    )
    found = answer["MetricDataResults"][0]
    first = next(zip(found["Timestamps"], found["Values"], strict=True), None)
    return first if first is not None and now - first[0] >= SHORTEST_HISTORY else None


def _each(call: Callable[..., Any], key: str, **arguments: Any) -> Iterator[dict[str, Any]]:
    """Every item of a list that comes in pages."""
    token: str | None = None
    while True:
        more = {} if token is None else {"nextToken": token}
        page = call(maxResults=_PAGE, **arguments, **more)
        yield from page[key]
        token = page.get("nextToken")
        if token is None:
            return


def _reason(error: ClientError | BotoCoreError) -> str:
    """AWS's word for it: never the whole message, which can name people."""
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else type(error).__name__
