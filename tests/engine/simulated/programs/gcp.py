"""Each Google type that is simulated, once; `throwaway:change` says what is other than in the first update."""

import json

import pulumi
import pulumi_gcp as gcp

config = pulumi.Config()
token = config.require_secret("token")
change = config.get("change") or ""
number = gcp.organizations.get_project().number

NAMES = (
    *("artifactregistry", "cloudkms", "containeranalysis", "containerscanning", "eventarc", "iam", "pubsub"),
    *("secretmanager", "workflows"),
)
apis = [gcp.projects.Service(name, service=f"{name}.googleapis.com", disable_on_destroy=False) for name in NAMES]
on = pulumi.ResourceOptions(depends_on=apis)
agent = gcp.projects.ServiceIdentity("agent", service="artifactregistry.googleapis.com", opts=on)
gcp.projects.IAMAuditConfig(
    "audit",
    project="my-project",
    service="artifactregistry.googleapis.com",
    audit_log_configs=[{"log_type": "DATA_WRITE"}],
    opts=on,
)

ring = gcp.kms.KeyRing("ring", name="images", location="europe-west1", opts=on)
key = gcp.kms.CryptoKey("key", name="images", key_ring=ring.id, rotation_period="7776000s")
may_encrypt = gcp.kms.CryptoKeyIAMMember(
    "may-encrypt",
    crypto_key_id=key.id,
    role="roles/cloudkms.cryptoKeyEncrypterDecrypter",
    member=agent.member,
)

secret = gcp.secretmanager.Secret(
    "secret", secret_id="builder", replication={"auto": {}}, labels={"for": "builder"}, opts=on
)
version = gcp.secretmanager.SecretVersion("version", secret=secret.id, secret_data=token)
may_read = gcp.secretmanager.SecretIamMember(
    "may-read", secret_id=secret.secret_id, role="roles/secretmanager.secretAccessor", member=agent.member
)

apps = gcp.artifactregistry.Repository(
    "apps",
    repository_id="snapdeploy-apps",
    location="us-central1" if change == "place" else "europe-west1",
    format="DOCKER",
    description="other" if change == "update" else "images",
    docker_config={"immutable_tags": True},
    kms_key_name=None if change == "place" else key.id,
    cleanup_policies=[
        {"id": "releases", "action": "KEEP", "condition": {"tag_state": "TAGGED", "tag_prefixes": ["v"]}},
        {"id": "last", "action": "KEEP", "most_recent_versions": {"keep_count": 10}},
        {"id": "old", "action": "DELETE", "condition": {"older_than": "30d"}},
    ],
    cleanup_policy_dry_run=change != "update",
    vulnerability_scanning_config={"enablement_config": "INHERITED"},
    labels={"for": "builder"},
    opts=pulumi.ResourceOptions(depends_on=[*apis, may_encrypt], delete_before_replace=True),
)
hub = gcp.artifactregistry.Repository(
    "hub",
    repository_id="docker-hub",
    format="DOCKER",
    mode="REMOTE_REPOSITORY",
    remote_repository_config={
        "docker_repository": {"public_repository": "DOCKER_HUB"},
        "upstream_credentials": {
            "username_password_credentials": {
                "username": "other" if change == "update" else "builder",
                "password_secret_version": version.name,
            }
        },
    },
    opts=pulumi.ResourceOptions(depends_on=[*apis, may_read]),
)
if change != "place":
    gcp.artifactregistry.Repository(
        "front",
        repository_id="front",
        format="DOCKER",
        mode="VIRTUAL_REPOSITORY",
        virtual_repository_config={
            "upstream_policies": [
                {"id": "apps", "repository": apps.id, "priority": 100},
                {"id": "hub", "repository": hub.id, "priority": 90},
            ]
        },
    )

pool = gcp.iam.WorkloadIdentityPool("pool", workload_identity_pool_id="snapdeploy", display_name="snapdeploy", opts=on)
gcp.iam.WorkloadIdentityPoolProvider(
    "github",
    workload_identity_pool_id=pool.workload_identity_pool_id,
    workload_identity_pool_provider_id="github",
    attribute_mapping={"google.subject": "assertion.sub", "attribute.trusted": '"push-ci"'},
    attribute_condition='assertion.repository_id == "7654321"' + (" && true" if change == "update" else ""),
    oidc={"issuer_uri": "https://token.actions.githubusercontent.com"},
)
pusher = gcp.serviceaccount.Account(
    "pusher", account_id="snapdeploy-push", display_name="other" if change == "update" else "pushes", opts=on
)
gcp.serviceaccount.IAMMember(
    "trusted",
    service_account_id=pusher.name,
    role="roles/iam.workloadIdentityUser",
    member=pulumi.Output.concat("principalSet://iam.googleapis.com/", pool.name, "/attribute.trusted/push-ci"),
)
credentials = gcp.serviceaccount.Key(
    "credentials", service_account_id=pusher.name, keepers={"turn": "b" if change == "rotate" else "a"}
)
gcp.artifactregistry.RepositoryIamMember(
    "writer",
    repository=apps.repository_id,
    location=apps.location,
    role="roles/artifactregistry.writer",
    member=pusher.member,
)

topic = gcp.pubsub.Topic("alerts", name="registry-alerts", labels={"for": "watch"}, opts=on)
channel = gcp.monitoring.NotificationChannel(
    "channel", type="pubsub", display_name="alerts", labels={"topic": topic.id}, user_labels={"for": "watch"}
)
gcp.pubsub.TopicIAMMember(
    "publisher",
    topic=topic.name,
    role="roles/pubsub.publisher",
    member=f"serviceAccount:service-{number}@gcp-sa-monitoring-notification.iam.gserviceaccount.com",
    opts=pulumi.ResourceOptions(depends_on=channel),
)
gcp.pubsub.Subscription(
    "notices",
    name="notices",
    topic="projects/my-project/topics/container-analysis-occurrences-v1",
    ack_deadline_seconds=60 if change == "update" else None,
    expiration_policy={"ttl": ""},
    opts=on,
)
metric = gcp.logging.Metric(
    "failed",
    name="snapdeploy/failed-pushes",
    filter='protoPayload.methodName="Docker-PutManifest" AND severity>=ERROR',
    metric_descriptor={
        "metric_kind": "DELTA",
        "value_type": "INT64",
        "labels": [{"key": "code", "description": "other" if change == "update" else "the status"}],
    },
    label_extractors={"code": "EXTRACT(protoPayload.status.code)"},
    opts=on,
)
gcp.monitoring.AlertPolicy(
    "alert",
    display_name="failed pushes",
    combiner="OR",
    conditions=[
        {
            "display_name": "failed pushes",
            "condition_threshold": {
                "filter": metric.name.apply(
                    lambda name: (
                        f'resource.type = "audited_resource" AND metric.type = "logging.googleapis.com/user/{name}"'
                    )
                ),
                "comparison": "COMPARISON_GT",
                "threshold_value": 5 if change == "update" else 0,
                "duration": "0s",
                "aggregations": [{"alignment_period": "300s", "per_series_aligner": "ALIGN_SUM"}],
            },
        }
    ],
    documentation={"content": "Look at the log."},
    notification_channels=[channel.name],
    user_labels={"for": "watch"},
)
gcp.monitoring.Dashboard(
    "dashboard",
    dashboard_json=json.dumps({"displayName": "other" if change == "update" else "registry", "gridLayout": {}}),
    opts=on,
)
runner = gcp.serviceaccount.Account("runner", account_id="snapdeploy-findings", opts=on)
may_start = gcp.projects.IAMMember(
    "may-start", project="my-project", role="roles/workflows.invoker", member=runner.member
)
workflow = gcp.workflows.Workflow(
    "findings",
    name="findings",
    service_account=runner.id,
    source_contents="main:\n  steps:\n    - end:\n        return: 1\n",
    deletion_protection=False,
    opts=on,
)
gcp.eventarc.Trigger(
    "started",
    name="findings",
    location="europe-west1",
    matching_criterias=[{"attribute": "type", "value": "google.cloud.pubsub.topic.v1.messagePublished"}],
    transport={"pubsub": {"topic": "projects/my-project/topics/container-analysis-occurrences-v1"}},
    destination={"workflow": workflow.id},
    service_account=runner.email,
    opts=pulumi.ResourceOptions(depends_on=may_start),
)

pulumi.export("uri", apps.registry_uri)
pulumi.export("provider", pool.name)
pulumi.export("key", credentials.private_key)
pulumi.export("ends", credentials.valid_before)
