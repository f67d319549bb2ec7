"""The counting: against moto, and against clients that page, throttle and fail."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from moto import mock_aws

from components.ecr.watch.counter import handler

NAMESPACE = "snapdeploy-apps"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LIMITS = {"IMAGES_PER_REPOSITORY": 100, "REPOSITORIES_PER_REGION": 1000}
ENVIRONMENT = {"NAMESPACE": NAMESPACE}

Answer = list[int] | Exception


def _plenty() -> int:
    return 900_000


def _error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "with people's names"}}, "DescribeImages")


class Ecr:
    """Repositories and their images' sizes, two a page; an exception stands for a repository that cannot be read."""

    def __init__(self, repositories: Mapping[str, Answer]) -> None:
        self.repositories = dict(repositories)
        self.calls: list[str] = []

    def describe_repositories(self, **asked: Any) -> dict[str, Any]:
        return self._page("repositories", [{"repositoryName": name} for name in self.repositories], asked)

    def describe_images(self, **asked: Any) -> dict[str, Any]:
        self.calls.append(asked["repositoryName"])
        sizes = self.repositories[asked["repositoryName"]]
        if isinstance(sizes, Exception):
            raise sizes
        return self._page("imageDetails", [{"imageSizeInBytes": size} for size in sizes], asked)

    @staticmethod
    def _page(key: str, items: list[dict[str, Any]], asked: dict[str, Any]) -> dict[str, Any]:
        assert asked["maxResults"] <= 1000, "ECR gives no more"
        start = int(asked.get("nextToken", "0"))
        more = {"nextToken": str(start + 2)} if start + 2 < len(items) else {}
        return {key: items[start : start + 2], **more}


class CloudWatch:
    """Keeps what is published; `history` are the values of every metric."""

    def __init__(self, history: Mapping[datetime, float] | Exception | None = None) -> None:
        self.history = history or {}
        self.published: list[dict[str, Any]] = []

    def put_metric_data(self, **asked: Any) -> None:
        assert asked["Namespace"] == "SnapDeploy/Registry"
        self.published += asked["MetricData"]

    def get_metric_data(self, **asked: Any) -> dict[str, Any]:
        if isinstance(self.history, Exception):
            raise self.history
        assert asked["ScanBy"] == "TimestampAscending"
        found = sorted(
            (when, value) for when, value in self.history.items() if asked["StartTime"] <= when <= asked["EndTime"]
        )
        return {"MetricDataResults": [{"Timestamps": [w for w, _ in found], "Values": [v for _, v in found]}]}

    def values(self) -> dict[str, float]:
        return {each["MetricName"]: each["Value"] for each in self.published}


def _run(ecr: Ecr, cloudwatch: CloudWatch, time_left: Callable[[], int] = _plenty) -> dict[str, float]:
    handler.run(ecr, cloudwatch, ENVIRONMENT, time_left)
    return cloudwatch.values()


def test_every_page_of_everything_is_counted() -> None:
    ecr = Ecr(
        {"other/a": [9], **{f"{NAMESPACE}/app-{n}": [10] * n for n in range(1, 6)}, "snapdeploy-apps-evil/x": [7]}
    )
    assert _run(ecr, CloudWatch()) == {
        "StorageBytes": 150.0,
        "ImageCount": 15.0,
        "RepositoryCount": 5.0,
        "LargestRepositoryImages": 5.0,
        "RepositoriesInRegion": 7.0,
        "Failures": 0.0,
    }
    assert not {"other/a", "snapdeploy-apps-evil/x"} & set(ecr.calls), "they are none of ours to read"


@pytest.mark.parametrize(
    "failure",
    [_error("ThrottlingException"), _error("AccessDeniedException"), ReadTimeoutError(endpoint_url="https://ecr")],
)
def test_a_count_that_is_not_whole_is_a_failure_and_no_sum(
    failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    ecr = Ecr({f"{NAMESPACE}/a": [1], f"{NAMESPACE}/b": failure, f"{NAMESPACE}/c": [3]})
    assert _run(ecr, CloudWatch()) == {"RepositoryCount": 3.0, "RepositoriesInRegion": 3.0, "Failures": 1.0}
    assert ecr.calls[-1] == f"{NAMESPACE}/c", "the others are read all the same"
    assert f"{NAMESPACE}/b could not be read" in caplog.text
    assert "people" not in caplog.text


def test_a_repository_that_was_deleted_meanwhile_is_no_failure() -> None:
    ecr = Ecr({f"{NAMESPACE}/a": [1], f"{NAMESPACE}/b": _error("RepositoryNotFoundException")})
    values = _run(ecr, CloudWatch())
    assert values["Failures"] == 0.0
    assert values["RepositoryCount"] == values["RepositoriesInRegion"] == 1.0
    assert values["StorageBytes"] == 1.0


def test_where_time_runs_out_the_rest_is_a_failure() -> None:
    left: Iterator[int] = iter([100_000, 29_999])
    ecr = Ecr({f"{NAMESPACE}/{n}": [1] for n in range(4)})
    values = _run(ecr, CloudWatch(), lambda: next(left))
    assert values["Failures"] == 3.0
    assert "StorageBytes" not in values
    assert len(ecr.calls) == 1


def test_where_nothing_can_be_listed_the_run_fails_and_says_so() -> None:
    class Closed(Ecr):
        def describe_repositories(self, **asked: Any) -> dict[str, Any]:
            raise _error("AccessDeniedException")

    cloudwatch = CloudWatch()
    with pytest.raises(ClientError, match="AccessDeniedException"):
        _run(Closed({}), cloudwatch)
    assert cloudwatch.values() == {"Failures": 1.0}


def test_where_no_history_can_be_read_the_counts_are_published_all_the_same() -> None:
    values = _run(Ecr({f"{NAMESPACE}/a": [1]}), CloudWatch(_error("InternalServiceFault")))
    assert values["StorageBytes"] == 1.0
    assert values["Failures"] == 1.0
    assert "DaysToQuota" not in values


def test_an_empty_namespace_is_counted_too() -> None:
    values = _run(Ecr({}), CloudWatch())
    assert values["StorageBytes"] == values["RepositoryCount"] == values["Failures"] == 0.0


@pytest.mark.parametrize(
    ("value", "was", "days", "expected"),
    [
        (50.0, 40.0, 10.0, 50.0),  # one a day, fifty to go
        (50.0, 50.0, 10.0, handler.NEVER),
        (50.0, 60.0, 10.0, handler.NEVER),
        (100.0, 60.0, 10.0, 0.0),
        (120.0, 130.0, 10.0, 0.0),
        (50.0, 49.999, 14.0, handler.NEVER),  # 700,000 days
    ],
)
def test_the_pace_of_the_past_is_the_pace_of_the_future(value: float, was: float, days: float, expected: float) -> None:
    assert handler.days_to(value, was, days, 100.0) == pytest.approx(expected)


def test_a_forecast_takes_the_oldest_value_of_two_weeks() -> None:
    history = {NOW - timedelta(days=20): 0.0, NOW - timedelta(days=10): 40.0, NOW - timedelta(days=1): 49.0}
    values = {"LargestRepositoryImages": 50.0, "RepositoriesInRegion": 140.0}
    found = handler.forecast(CloudWatch(history), NAMESPACE, values, LIMITS, NOW)
    assert found == {"images-per-repository": pytest.approx(50.0), "repositories-per-region": pytest.approx(86.0)}


def test_there_is_no_forecast_before_a_day_has_passed() -> None:
    values = {"LargestRepositoryImages": 50.0, "RepositoriesInRegion": 1000.0}
    found = handler.forecast(CloudWatch({NOW - timedelta(hours=23): 1.0}), NAMESPACE, values, LIMITS, NOW)
    assert found == {"repositories-per-region": 0.0}, "but a quota that is reached is known at once"
    assert handler.forecast(CloudWatch(), NAMESPACE, {}, LIMITS, NOW) == {}


def test_days_to_quota_say_which_quota() -> None:
    cloudwatch = CloudWatch()
    handler.publish(cloudwatch, NAMESPACE, {"StorageBytes": 1.0}, {"images-per-repository": 3.0})
    assert cloudwatch.published == [
        {
            "MetricName": "StorageBytes",
            "Dimensions": [{"Name": "Namespace", "Value": NAMESPACE}],
            "Value": 1.0,
            "Unit": "Bytes",
        },
        {
            "MetricName": "DaysToQuota",
            "Dimensions": [
                {"Name": "Namespace", "Value": NAMESPACE},
                {"Name": "Quota", "Value": "images-per-repository"},
            ],
            "Value": 3.0,
        },
    ]


def test_a_raised_quota_counts_instead_of_the_published_one() -> None:
    assert handler.quotas({}) == {"IMAGES_PER_REPOSITORY": 100_000, "REPOSITORIES_PER_REGION": 100_000}
    assert handler.quotas({"IMAGES_PER_REPOSITORY": "7"})["IMAGES_PER_REPOSITORY"] == 7


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("NAMESPACE", NAMESPACE)
    with mock_aws():
        yield


class Context:
    """What Lambda hands over."""

    get_remaining_time_in_millis = staticmethod(_plenty)


def test_one_run_against_the_api(aws: None) -> None:
    ecr = boto3.client("ecr")
    for name in (f"{NAMESPACE}/web", f"{NAMESPACE}/api", "other/web"):
        ecr.create_repository(repositoryName=name)
    for number in range(3):
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        manifest = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 7, "digest": digest},
            "layers": [],
        }
        ecr.put_image(repositoryName=f"{NAMESPACE}/web", imageManifest=json.dumps(manifest), imageTag=f"v{number}")
    handler.handler({}, Context())
    cloudwatch = boto3.client("cloudwatch")
    listed = cloudwatch.list_metrics(Namespace=handler.METRICS)["Metrics"]
    assert {metric["MetricName"] for metric in listed} == {
        "StorageBytes",
        "ImageCount",
        "RepositoryCount",
        "LargestRepositoryImages",
        "RepositoriesInRegion",
        "Failures",
    }
    found = cloudwatch.get_metric_statistics(
        Namespace=handler.METRICS,
        MetricName="ImageCount",
        Dimensions=[{"Name": "Namespace", "Value": NAMESPACE}],
        StartTime=datetime.now(UTC) - timedelta(hours=1),
        EndTime=datetime.now(UTC) + timedelta(hours=1),
        Period=3600,
        Statistics=["Maximum"],
    )["Datapoints"]
    assert [point["Maximum"] for point in found] == [3.0]
