"""What a preview costs a month, before and after.

Owns: counting, in the resources of a preview, what the price book has a price for. Does not own prices or sums
(`ops/prices.py`). What stays as it is costs on both sides, and is counted where the preview has it.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ops import prices
from ops.explain.digest import Change, Mark, Preview, State, listed
from ops.prices import Bill, Usage

_METRICS_OF_USAGE = 8
"""Metrics of our own that the counting of storage publishes: docs/ecr-watch.md."""
_RATE = re.compile(r"rate\((\d{1,6}) (minute|hour|day)s?\)")
_A_MONTH = {"minute": 43200, "hour": 720, "day": 30}
_SIMPLE = {
    "snapdeploy:registry:Ecr": "ecr",
    "snapdeploy:registry:Ghcr": "ghcr",
    "snapdeploy:registry:ArtifactRegistry": "artifact-registry",
    "aws:kms/key:Key": "kms-keys",
    "aws:kms/replicaKey:ReplicaKey": "kms-keys",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "alarms",
    "aws:cloudwatch/dashboard:Dashboard": "dashboards",
    "gcp:kms/cryptoKey:CryptoKey": "google-keys",
    "gcp:secretmanager/secretVersion:SecretVersion": "google-secret-versions",
    "github:index/repositoryEnvironment:RepositoryEnvironment": "github-environments",
}
_UNCOUNTED = {
    # They cost by use, which nothing here says how much there is of: https://cloud.google.com/workflows/pricing and
    # https://cloud.google.com/pubsub/pricing (read 2026-11) have a free part each, and a price after it.
    "gcp:workflows/workflow:Workflow": "steps of workflows",
    "gcp:eventarc/trigger:Trigger": "events of Eventarc, and the messages of Pub/Sub that bring them",
    "gcp:pubsub/topic:Topic": "messages of Pub/Sub",
    "gcp:pubsub/subscription:Subscription": "messages of Pub/Sub",
    "gcp:logging/metric:Metric": "metrics of logs, by what is counted in them",
    "gcp:projects/iAMAuditConfig:IAMAuditConfig": "logs of who read and wrote, by their size",
}


@dataclass(frozen=True)
class Cost:
    """The month before and after, and what was assumed for it."""

    before: Bill
    after: Bill
    usage: Usage
    unseen: int
    """How many resources stay as they are and were not there to be counted."""
    uncounted: tuple[str, ...] = ()
    """What in the preview costs by use, and is in no line."""

    @property
    def change(self) -> float:
        """Dollars a month more; exact even where not all was counted, but for what is free up to a number."""
        return self.after.total - self.before.total

    @property
    def oldest(self) -> date | None:
        """The day of the oldest figure that was used."""
        return min((line.price.read for bill in (self.before, self.after) for line in bill.lines), default=None)

    def as_dict(self) -> dict[str, object]:
        """For `--format json`."""
        return {
            "currency": "USD",
            "before": round(self.before.total, 4),
            "after": round(self.after.total, 4),
            "uncounted_resources": self.unseen,
            "assumptions": list(self.usage.sentences()),
            "not_counted": list(self.uncounted),
            "lines": [
                {
                    "what": name,
                    "price": price.key,
                    "unit_price": price.price,
                    "unit": price.unit,
                    "source": price.source,
                    "read": price.read.isoformat(),
                    "confirmed": price.confirmed,
                    "before": round(old, 4),
                    "after": round(new, 4),
                }
                for name, price, old, new in self.rows()
            ],
        }

    def rows(self) -> list[tuple[str, prices.Price, float, float]]:
        """Each line with its amount before and after, in the order of the bill."""
        old = {line.what: line for line in self.before.lines}
        new = {line.what: line for line in self.after.lines}
        return [
            (name, line.price, old[name].amount if name in old else 0.0, new[name].amount if name in new else 0.0)
            for name, line in {**old, **new}.items()
        ]


def cost(preview: Preview, usage: Usage) -> Cost:
    """The month before and after the preview."""
    book = prices.book()
    before = prices.bill(_inventory([(c, c.old) for c in preview.changes]), usage, book)
    after = prices.bill(_inventory([(c, c.after) for c in preview.changes]), usage, book)
    kinds = {change.type for change in preview.changes}
    uncounted = dict.fromkeys(words for kind, words in _UNCOUNTED.items() if kind in kinds)
    return Cost(before, after, usage, preview.unseen, tuple(uncounted))


def _inventory(states: list[tuple[Change, State | None]]) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for change, state in states:
        if state is None:
            continue
        if change.type in _SIMPLE:
            found[_SIMPLE[change.type]] += 1
        else:
            _count(change, state, found)
    return +found


def _count(change: Change, state: State, found: Counter[str]) -> None:
    kind = change.type
    if kind == "snapdeploy:ecr:WatchUsage":
        found["metrics"] += _METRICS_OF_USAGE
    elif kind == "aws:secretsmanager/secret:Secret":
        replicas = state.asked("replicas")
        found["secrets"] += 1 + (len(replicas) if isinstance(replicas, list) else 0)
    elif kind == "aws:ssm/parameter:Parameter":
        found["advanced-parameters" if state.get("tier") == "Advanced" else "parameters"] += 1
    elif kind == "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration":
        found["enhanced-scanning"] += state.get("scanType") == "ENHANCED"
    elif kind == "gcp:artifactregistry/repository:Repository":
        scanning = state.asked("vulnerabilityScanningConfig")
        told = scanning.get("enablementConfig") if isinstance(scanning, Mapping) else None
        found["google-scanning"] += told == "INHERITED"
        found["artifact-registry"] += not change.chain[0].startswith("snapdeploy:")
    elif kind == "gcp:monitoring/alertPolicy:AlertPolicy":
        conditions = state.asked("conditions")
        found["google-alarms"] += len(conditions) if isinstance(conditions, list) else 1
    elif kind == "aws:ecr/replicationConfiguration:ReplicationConfiguration":
        found["ecr-replicas"] += len(_destinations(state))
    elif kind == "aws:sns/topicSubscription:TopicSubscription":
        found["addresses"] += state.get("protocol") == "email"
    elif kind == "aws:cloudwatch/eventRule:EventRule":
        rate = _RATE.fullmatch(str(state.get("scheduleExpression") or ""))
        if rate and int(rate.group(1)):
            found["lambda-runs"] += _A_MONTH[rate.group(2)] // int(rate.group(1))
    elif kind == "aws:ecr/repository:Repository" and not change.chain[0].startswith("snapdeploy:"):
        found["ecr"] = max(found["ecr"], 1)


def _destinations(state: State) -> set[str]:
    configuration = state.asked("replicationConfiguration")
    rules = configuration.get("rules") if isinstance(configuration, Mapping) else None
    return {
        f"{one.get('registryId')} {one.get('region')}"
        for rule in listed(rules)
        if isinstance(rule, Mapping)
        for one in listed(rule.get("destinations"))
        if isinstance(one, Mapping) and not isinstance(one.get("region"), Mark)
    }
