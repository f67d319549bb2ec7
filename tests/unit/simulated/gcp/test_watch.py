"""The simulated Logging, Monitoring, Pub/Sub, Workflows and Eventarc take what Google takes, and no more."""

import json
from typing import Any

import pytest

from tests.simulated.behaviour import CloudError
from tests.simulated.providers.gcp import by_hand
from tests.simulated.providers.gcp.logging_ import METRIC
from tests.simulated.providers.gcp.members import ACCOUNT, CHANNEL
from tests.simulated.providers.gcp.monitoring import DASHBOARD, POLICY
from tests.simulated.providers.gcp.pubsub import SUBSCRIPTION, TOPIC
from tests.simulated.providers.gcp.workflows import TRIGGER, WORKFLOW
from tests.simulated.wire import Properties, Secret
from tests.unit.simulated.gcp.conftest import PROJECT, Cloud

COUNTED: dict[str, Any] = {"name": "pushes", "filter": "severity>=ERROR"}
TYPE = "logging.googleapis.com/user/pushes"
FILTER = f'resource.type = "audited_resource" AND metric.type = "{TYPE}"'
EMAIL: dict[str, Any] = {"type": "email", "labels": {"email_address": "ops@example.com"}}
OCCURRENCES = f"projects/{PROJECT}/topics/container-analysis-occurrences-v1"


def _condition(**more: object) -> dict[str, Any]:
    body = {"filter": FILTER, "comparison": "COMPARISON_GT", "duration": "0s", **more}
    return {"displayName": "c", "conditionThreshold": body}


def _policy(*conditions: object, **more: object) -> dict[str, Any]:
    return {"displayName": "alert", "combiner": "OR", "conditions": list(conditions), **more}


@pytest.mark.parametrize("name", ["/pushes", "a b", "x" * 101, "ä"])
def test_a_metrics_name_that_google_refuses_is_refused(cloud: Cloud, name: str) -> None:
    with pytest.raises(CloudError, match="Invalid metric name"):
        cloud.make(METRIC, **{**COUNTED, "name": name})


def test_a_metric_is_one_of_its_project(cloud: Cloud) -> None:
    assert cloud.make(METRIC, **COUNTED).id == "pushes"
    with pytest.raises(CloudError, match="Error 409: Metric pushes already exists"):
        cloud.make(METRIC, **COUNTED)
    assert cloud.make(METRIC, **COUNTED, project="other-project").id == "pushes"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"filter": " "}, "1 to 20000 characters"),
        ({"labelExtractors": {"code": "EXTRACT(a)"}}, "Each label needs an extractor"),
        (
            {"metricDescriptor": {"metricKind": "DELTA", "valueType": "INT64", "labels": [{"key": "code"}]}},
            "Each label needs an extractor",
        ),
        (
            {
                "metricDescriptor": {"metricKind": "DELTA", "valueType": "INT64", "labels": [{"key": "code"}]},
                "labelExtractors": {"code": "protoPayload.status.code"},
            },
            "Invalid extractor",
        ),
        ({"metricDescriptor": {"metricKind": "DELTA", "valueType": "DISTRIBUTION"}}, "value type DISTRIBUTION"),
        ({"metricDescriptor": {"metricKind": "GAUGE", "valueType": "INT64"}}, "has to be DELTA"),
    ],
)
def test_a_metric_that_google_refuses_is_refused(cloud: Cloud, wrong: Properties, said: str) -> None:
    with pytest.raises(CloudError, match=said):
        cloud.make(METRIC, **{**COUNTED, **wrong})


def test_an_alert_needs_its_metric_its_channels_and_a_resource(cloud: Cloud) -> None:
    with pytest.raises(CloudError, match=f'Error 404: Cannot find metric\\(s\\) that match type = "{TYPE}"'):
        cloud.make(POLICY, **_policy(_condition()))
    cloud.make(METRIC, **COUNTED)
    with pytest.raises(CloudError, match="Cannot find channel"):
        cloud.make(POLICY, **_policy(_condition(), notificationChannels=[f"projects/{PROJECT}/notificationChannels/1"]))
    channel = cloud.make(CHANNEL, **EMAIL)
    made = cloud.make(POLICY, **_policy(_condition(), notificationChannels=[channel.id]))
    assert made.id.startswith(f"projects/{PROJECT}/alertPolicies/")
    bare = f'metric.type = "{TYPE}"'
    with pytest.raises(CloudError, match=r'must specify a restriction on "resource.type" in the filter'):
        cloud.make(POLICY, **_policy(_condition(filter=bare)))
    with pytest.raises(CloudError, match=r"must specify one metric\.type"):
        cloud.make(POLICY, **_policy(_condition(filter='resource.type = "global"')))


def test_an_alert_that_asks_in_promql_needs_its_metric_too(cloud: Cloud) -> None:
    def asks(**more: object) -> dict[str, Any]:
        body = {"query": f'sum(increase({{"{TYPE}"}}[5m])) > 0', "evaluationInterval": "30s", **more}
        return _policy({"displayName": "c", "conditionPrometheusQueryLanguage": body})

    with pytest.raises(CloudError, match="Cannot find metric"):
        cloud.make(POLICY, **asks())
    cloud.make(POLICY, **asks(disableMetricValidation=True))
    cloud.make(METRIC, **COUNTED)
    cloud.make(POLICY, **asks())


@pytest.mark.parametrize(
    ("conditions", "more", "said"),
    [
        ([], {}, "from one to 6 conditions"),
        ([{"displayName": "c"}], {}, "exactly one kind of condition, not 0"),
        ([_condition(duration="30s")], {}, 'duration had an invalid value of "30s"'),
        ([_condition(comparison="COMPARISON_EQ")], {}, "only COMPARISON_GT and COMPARISON_LT"),
        ([_condition(aggregations=[{"alignmentPeriod": "30s"}])], {}, "at least 60s"),
        (
            [{"displayName": "c", "conditionMatchedLog": {"filter": "x"}}],
            {},
            "needs a notification_rate_limit",
        ),
        (
            [{"displayName": "c", "conditionMatchedLog": {"filter": "x"}}, _condition()],
            {"alertStrategy": {"notificationRateLimit": {"period": "300s"}}},
            "can only have a single condition",
        ),
        ([_condition()], {"alertStrategy": {"notificationRateLimit": {"period": "300s"}}}, "for log matches only"),
        ([_condition()], {"alertStrategy": {"autoClose": "60s"}}, "between 30 minutes and 7 days"),
    ],
)
def test_an_alert_that_google_refuses_is_refused(
    cloud: Cloud, conditions: list[Any], more: dict[str, Any], said: str
) -> None:
    cloud.make(METRIC, **COUNTED)
    with pytest.raises(CloudError, match=said):
        cloud.make(POLICY, **_policy(*conditions, **more))


def test_an_alerts_words_are_the_providers(cloud: Cloud) -> None:
    assert "expected combiner to be one of" in cloud.mistakes(POLICY, **{**_policy(_condition()), "combiner": "XOR"})[0]
    labelled = cloud.mistakes(POLICY, **_policy(_condition(), userLabels={"Team": "x"}))
    assert "Invalid label key" in labelled[0]


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ({"type": "pigeon"}, 'had an invalid value of "pigeon"'),
        ({"type": "email"}, "'email_address'.* is required"),
        ({"type": "email", "labels": {"email_address": "ops"}}, "is no address"),
        ({"type": "slack", "labels": {"channel_name": "#ops"}}, "'auth_token'.* is required"),
        ({"type": "pubsub", "labels": {"topic": "alerts"}}, "has to be projects/"),
        ({"type": "email", "labels": {"email_address": "o@x.org", "url": "x"}}, "is not allowed"),
    ],
)
def test_a_channel_that_google_refuses_is_refused(cloud: Cloud, channel: Properties, said: str) -> None:
    with pytest.raises(CloudError, match=said):
        cloud.make(CHANNEL, **channel)


def test_a_channels_secret_is_kept_by_nobody(cloud: Cloud) -> None:
    hidden = {"authToken": Secret("canary-c1")}
    told: dict[str, Any] = {"type": "slack", "labels": {"channel_name": "#ops"}, "sensitiveLabels": hidden}
    made = cloud.make(CHANNEL, **told)
    assert "canary-c1" not in cloud.store.file.read_text(encoding="utf-8")
    found = cloud.read(CHANNEL, made.id, made.properties)
    assert found is not None
    assert found["sensitiveLabels"] == hidden
    both = {**told, "labels": {"channel_name": "#ops", "auth_token": "x"}}
    assert "given in sensitiveLabels as well" in cloud.mistakes(CHANNEL, **both)[0]


def test_a_channel_in_use_stays_unless_it_is_forced(cloud: Cloud) -> None:
    cloud.make(METRIC, **COUNTED)
    held = cloud.make(CHANNEL, **EMAIL)
    policy = cloud.make(POLICY, **_policy(_condition(), notificationChannels=[held.id]))
    with pytest.raises(CloudError, match="still used by the alerting policy"):
        cloud.delete(CHANNEL, held)
    cloud.delete(CHANNEL, type(held)(held.id, {**held.properties, "forceDelete": True}))
    left = cloud.read(POLICY, policy.id)
    assert left is not None
    assert left["notificationChannels"] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (json.dumps({"gridLayout": {}}), "displayName is required"),
        (json.dumps({"displayName": "x", "gridLayout": {}, "mosaicLayout": {}}), "has one layout"),
    ],
)
def test_a_dashboard_that_google_refuses_is_refused(cloud: Cloud, text: str, said: str) -> None:
    with pytest.raises(CloudError, match=said):
        cloud.make(DASHBOARD, dashboardJson=text)
    assert "contains an invalid JSON" in cloud.mistakes(DASHBOARD, dashboardJson="{")[0]


def test_a_dashboard_is_compared_by_what_it_means(cloud: Cloud) -> None:
    before: Properties = {"dashboardJson": '{"displayName":"x","gridLayout":{}}'}
    made = cloud.make(DASHBOARD, **before)
    same: Properties = {"dashboardJson": '{"gridLayout": {}, "displayName": "x"}'}
    assert cloud.diff(DASHBOARD, made, before, same).changes == ()


@pytest.mark.parametrize("name", ["ab", "1topic", "goog-topic", "a b c"])
def test_a_topics_name_that_google_refuses_is_refused(cloud: Cloud, name: str) -> None:
    with pytest.raises(CloudError, match="Invalid resource name given"):
        cloud.make(TOPIC, name=name)


def test_a_subscription_needs_its_topic(cloud: Cloud) -> None:
    with pytest.raises(CloudError, match=r"Error 404: Resource not found \(resource=alerts\)"):
        cloud.make(SUBSCRIPTION, name="reads", topic="alerts")
    cloud.make(TOPIC, name="alerts")
    made = cloud.make(SUBSCRIPTION, name="reads", topic="alerts")
    assert made.properties["ackDeadlineSeconds"] == 10
    assert made.properties["expirationPolicy"] == {"ttl": "2678400s"}
    cloud.make(SUBSCRIPTION, name="findings", topic=OCCURRENCES, expirationPolicy={"ttl": ""})
    with pytest.raises(CloudError, match="minimum allowed value"):
        cloud.make(SUBSCRIPTION, name="short", topic="alerts", expirationPolicy={"ttl": "3600s"})
    assert cloud.mistakes(SUBSCRIPTION, name="x", topic="t", messageRetentionDuration="60s")


def test_container_analysis_makes_its_topics_when_it_is_on(bare: Cloud) -> None:
    by_hand.enable(bare.store, PROJECT, "pubsub.googleapis.com")
    with pytest.raises(CloudError, match="Resource not found"):
        bare.make(SUBSCRIPTION, name="findings", topic=OCCURRENCES)
    by_hand.enable(bare.store, PROJECT, "containeranalysis.googleapis.com")
    bare.make(SUBSCRIPTION, name="findings", topic=OCCURRENCES)


SOURCE = "main:\n  steps:\n    - end:\n        return: 1\n"


def test_a_workflow_is_text_with_steps_in_it_and_an_account_that_there_is(cloud: Cloud) -> None:
    told: dict[str, Any] = {"name": "findings", "sourceContents": SOURCE}
    account = f"projects/{PROJECT}/serviceAccounts/reader-x@{PROJECT}.iam.gserviceaccount.com"
    with pytest.raises(CloudError, match="does not exist"):
        cloud.make(WORKFLOW, **told, serviceAccount=account)
    assert cloud.make(ACCOUNT, accountId="reader-x").id == account
    for source in ("main: [", "steps: []", "", "x" * (128 * 1024 + 1)):
        with pytest.raises(CloudError, match=r"parse error|1 to 131072 bytes"):
            cloud.make(WORKFLOW, **{**told, "sourceContents": source})
    with pytest.raises(CloudError, match="Invalid environment variable: GOOGLE_X"):
        cloud.make(WORKFLOW, **told, userEnvVars={"GOOGLE_X": "1"})
    made = cloud.make(WORKFLOW, **told, serviceAccount=account)
    assert made.id == f"projects/{PROJECT}/locations/europe-west1/workflows/findings"
    with pytest.raises(CloudError, match="without setting deletion_protection=false"):
        cloud.delete(WORKFLOW, made)


def test_a_trigger_needs_its_workflow_its_topic_and_its_account(cloud: Cloud) -> None:
    published = [{"attribute": "type", "value": "google.cloud.pubsub.topic.v1.messagePublished"}]
    email = f"starter@{PROJECT}.iam.gserviceaccount.com"
    told: dict[str, Any] = {
        "name": "findings",
        "location": "europe-west1",
        "matchingCriterias": published,
        "transport": {"pubsub": {"topic": OCCURRENCES}},
        "destination": {"workflow": f"projects/{PROJECT}/locations/europe-west1/workflows/findings"},
        "serviceAccount": email,
    }
    with pytest.raises(CloudError, match=r"The workflow .* was not found"):
        cloud.make(TRIGGER, **told)
    cloud.make(WORKFLOW, name="findings", sourceContents=SOURCE)
    with pytest.raises(CloudError, match=f"Service account {email} does not exist"):
        cloud.make(TRIGGER, **told)
    cloud.make(ACCOUNT, accountId="starter")
    with pytest.raises(CloudError, match=r"The topic .* was not found"):
        cloud.make(TRIGGER, **{**told, "transport": {"pubsub": {"topic": f"projects/{PROJECT}/topics/none"}}})
    with pytest.raises(CloudError, match="not simulated: a trigger of another type"):
        cloud.make(TRIGGER, **{**told, "matchingCriterias": [{"attribute": "type", "value": "google.x"}]})
    made = cloud.make(TRIGGER, **told)
    assert isinstance(made.properties["transport"], dict)
    assert cloud.diff(TRIGGER, made, told, told).changes == ()
