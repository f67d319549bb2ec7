"""Small programs for previews: each before and after one change, on the real engine with AWS simulated.

Owns: the programs. A pair of texts is what stands, and what is proposed; a single one is proposed where nothing stands.
"""

_AWS = """
import json, pulumi
import pulumi_aws as aws

def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})

def allow(action, effect="Allow", **more):
    return {"Effect": effect, "Action": action, **more}
"""

_DECLARED = """
import pulumi

def later(value=None):
    return pulumi.Output.from_input(pulumi.UNKNOWN if pulumi.runtime.is_dry_run() else value)

class Declared(pulumi.ComponentResource):
    def __init__(self, token, name, props, **options):
        super().__init__(token, name, props, pulumi.ResourceOptions(**options))
        self.register_outputs({})
"""

_REPOSITORY = (
    _AWS
    + """
aws.ecr.Repository("web", name="snapdeploy-apps/web", force_delete=<<force>>, image_tag_mutability="<<tags>>",
    image_scanning_configuration={"scan_on_push": <<scan>>},
    encryption_configurations=[{"encryption_type": "<<type>>"}],
    opts=pulumi.ResourceOptions(protect=<<protect>>))
aws.ecr.LifecyclePolicy("web-rules", repository="snapdeploy-apps/web", policy=json.dumps({"rules": <<rules>>}))
"""
)
_RULES = """[
    {"rulePriority": 1, "selection": {"tagStatus": "tagged", "tagPatternList": ["v*"],
     "countType": "imageCountMoreThan", "countNumber": 1000000}, "action": {"type": "expire"}},
    {"rulePriority": 2, "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days",
     "countNumber": 14}, "action": {"type": "expire"}}]"""
_FEWER = """[
    {"rulePriority": 2, "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days",
     "countNumber": 3}, "action": {"type": "expire"}}]"""


def _filled(text: str, **values: object) -> str:
    """`text` with each `<<name>>` filled in."""
    for name, value in values.items():
        text = text.replace(f"<<{name}>>", str(value))
    return text


def _repository(**changed: object) -> str:
    told = {
        "force": False,
        "tags": "IMMUTABLE",
        "scan": True,
        "type": "AES256",
        "protect": True,
        "rules": _RULES,
        **changed,
    }
    return _filled(_REPOSITORY, **told)


_RIGHTS = (
    _AWS
    + """
role = aws.iam.Role("builder", name="builder", assume_role_policy=document(<<trust>>))
aws.iam.RolePolicy("rights", name="rights", role=role.name, policy=document(<<rights>>))
"""
)
_EC2 = 'allow("sts:AssumeRole", Principal={"Service": "ec2.amazonaws.com"})'
_ACCOUNT = 'allow("sts:AssumeRole", Principal={"AWS": "arn:aws:iam::210987654321:root"})'
_PULL = '["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]'
_APPS = "arn:aws:ecr:us-east-1:123456789012:repository/apps/*"


def _rights(*rights: str, trust: str = _EC2) -> str:
    return _filled(_RIGHTS, trust=trust, rights=", ".join(rights))


_OPENED = (
    _AWS
    + """
aws.ecr.Repository("web", name="web")
aws.ecr.RepositoryPolicy("web-policy", repository="web", policy=document(<<policy>>))
"""
)
_KEY = (
    _AWS
    + """
aws.kms.Key("images", description="images", enable_key_rotation=<<rotation>>, deletion_window_in_days=<<days>>,
    policy=document(
    allow("kms:*", Principal={"AWS": "arn:aws:iam::123456789012:root"}, Resource="*"),
    <<more>>))
aws.secretsmanager.Secret("token", name="token", recovery_window_in_days=<<days>>)
"""
)
_SLOTS = (
    _AWS
    + """
user = aws.iam.User("builder", name="builder")
for slot in <<slots>>:
    aws.iam.AccessKey(f"builder-{slot}", user=user.name)
"""
)
_UNKNOWN = (
    _AWS
    + """
role = aws.iam.Role("reader", assume_role_policy=document(
    allow("sts:AssumeRole", Principal={"Service": "ec2.amazonaws.com"})))
topic = aws.sns.Topic("alerts")
aws.iam.RolePolicy("reads", role=role.name, policy=topic.arn.apply(
    lambda arn: document(allow("sns:Publish", Resource=arn))))
aws.sns.TopicSubscription("mail", topic=topic.arn, protocol="email", endpoint="platform@example.com")
"""
)

HOSTILE = (
    "`; rm -rf`",
    "a|b",
    "<img src=x onerror=alert(1)>",
    "@everybody",
    "-->",
    "</details></summary>",
    "**bold** [link](https://evil.example)",
    "two\\nlines\\n## forged heading",
    "\\u202eright to left",
    "\\u200bno width",
    "x" * 300,
    "``` fence",
    "{0} {} %s",
)
_HOSTILE = (
    _DECLARED
    + f"""
for at, text in enumerate({list(HOSTILE)!r}):
    text = text.encode().decode("unicode_escape")
    Declared("hostile:index:Thing", f"thing {{at}} {{text}}"[:200].replace("::", ":"), {{"label": text, "name": text}})
Declared("github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable", "forged",
    {{"variableName": "DOCKER_REGISTRY", "environment": "prod\\n## forged",
    "repository": "a`b", "value": "x`|\\n- forged"}})
"""
)

_GOOGLE = (
    _DECLARED
    + """
Declared("gcp:artifactregistry/repository:Repository", "images", {
    "repositoryId": "images", "location": "europe-west1", "format": "DOCKER",
    "dockerConfig": {"immutableTags": %(immutable)s},
    "vulnerabilityScanningConfig": {"enablementConfig": "%(scan)s"},
    "cleanupPolicyDryRun": %(dry)s, "deletionProtection": %(protected)s,
    "cleanupPolicies": [{"id": "old", "action": "DELETE",
        "condition": {"tagState": "UNTAGGED", "olderThan": "%(age)s"}}],
})
Declared("gcp:artifactregistry/repositoryIamMember:RepositoryIamMember", "push", {
    "repository": "images", "location": "europe-west1", "role": "roles/artifactregistry.%(role)s",
    "member": "serviceAccount:builder@acme.iam.gserviceaccount.com"})
Declared("gcp:artifactregistry/repositoryIamMember:RepositoryIamMember", "pull", {
    "repository": "images", "location": "europe-west1", "role": "roles/artifactregistry.reader", "member": "%(pull)s"})
Declared("gcp:serviceaccount/iAMMember:IAMMember", "act", {
    "serviceAccountId": "projects/acme/serviceAccounts/builder@acme.iam.gserviceaccount.com",
    "role": "roles/iam.workloadIdentityUser",
    "member": "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/github/%(who)s"})
Declared("gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider", "github", {
    "workloadIdentityPoolId": "github", "attributeCondition": "%(condition)s"})
Declared("gcp:secretmanager/secretIamMember:SecretIamMember", "reads", {
    "secretId": "builder", "role": "roles/secretmanager.secretAccessor", "member": "user:ops@example.com"})
"""
)
_GOOGLE_BEFORE = {
    "immutable": True,
    "scan": "INHERITED",
    "dry": True,
    "protected": True,
    "age": "1209600s",
    "role": "writer",
    "pull": "serviceAccount:run@acme.iam.gserviceaccount.com",
    "who": "attribute.repository/acme/app",
    "condition": "assertion.repository_owner == 'acme'",
}
_GOOGLE_AFTER = {
    "immutable": False,
    "scan": "DISABLED",
    "dry": False,
    "protected": False,
    "age": "86400s",
    "role": "repoAdmin",
    "pull": "allUsers",
    "who": "*",
    "condition": "true",
}

_LEAKY = (
    _DECLARED
    + """
group = Declared("snapdeploy:delivery:GithubActions", "workflow", {})
for at, name in enumerate(["DOCKER_REGISTRY_PASSWORD", "DOCKER_REGISTRY"]):
    Declared("github:index/actionsVariable:ActionsVariable", f"v{at}", {
        "variableName": name, "repository": "builder",
        "value": ["canary-plain-%s", "ghcr.io/acme/%s"][at]}, parent=group)
Declared("example:index:Thing", "thing", {
    "password": "canary-by-name-%s", "nested": {"apiKey": "canary-nested-%s", "size": "%s"},
    "wrapped": pulumi.Output.secret("canary-marked-%s"), "list": [pulumi.Output.secret("canary-in-a-list-%s")],
})
"""
)

_MANY = (
    _DECLARED
    + """
for at in range(1667):
    Declared("aws:ecr/repository:Repository", f"app-{at}", {"name": f"apps/{at}", "imageTagMutability": "IMMUTABLE"})
    Declared("aws:ecr/repositoryPolicy:RepositoryPolicy", f"policy-{at}", {"repository": f"apps/{at}", "policy":
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "%012d"}, '
        '"Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]}]}' % at})
    Declared(f"example:index/kind{at}:Kind{at}", f"kind-{at}", {"label": "x" * 100})
"""
)

_LOST = (
    _AWS
    + """
aws.ecr.Repository("main-repositories-web", name="snapdeploy-apps/web", force_delete=True,
    encryption_configurations=[{"encryption_type": "<<type>>"}])
"""
)
_ENDS = """
import pulumi
ends = {"main": "2026-12-04T09:00:00Z", "old": "2026-11-01T00:00:00Z", "later": "2027-11-01T00:00:00Z", "never": None}
pulumi.export("registries", {name: {"expires_at": end} for name, end in ends.items()})
"""
_REVIEWED = (
    _DECLARED
    + """
Declared("github:index/repositoryEnvironment:RepositoryEnvironment", "env", {
    "environment": "prod", "repository": "app", "waitTimer": <<wait>>, "preventSelfReview": <<own>>,
    "canAdminsBypass": <<bypass>>, "reviewers": <<reviewers>>, "deploymentBranchPolicy": {"protectedBranches": True}})
Declared("pulumi-python:dynamic/snapdeploy:Password", "main-password", {"length": <<wait>>})
"""
)
_GIVEN_UP = (
    _AWS
    + """
aws.sns.Topic("alerts", name="alerts", opts=pulumi.ResourceOptions(retain_on_delete=True))
aws.sns.TopicPolicy("alerts-policy", arn="arn:aws:sns:us-east-1:123456789012:alerts", opts=pulumi.ResourceOptions(
    retain_on_delete=True), policy=document(allow("sns:Publish", Principal={"AWS": "210987654321"}, Resource="*")))
"""
)

PROGRAMS: dict[str, tuple[str, ...]] = {
    "protection-lifted": (_repository(), _repository(protect=False, force=True, tags="MUTABLE", scan=False)),
    "retention-shortened": (_repository(), _repository(rules=_FEWER)),
    "encryption-replaced": (_repository(protect=False, force=True), _repository(protect=False, force=True, type="KMS")),
    "deleted": (_repository(protect=False), _AWS),
    "rights-widened": (
        _rights(f'allow({_PULL}, Resource="{_APPS}")'),
        _rights('allow("ecr:*", Resource="*")'),
    ),
    "rights-narrowed": (
        _rights('allow("ecr:*", Resource="*")'),
        _rights(f'allow({_PULL}, Resource="{_APPS}")'),
    ),
    "rights-moved": (
        _rights(f'allow({_PULL}, Resource="{_APPS}")', 'allow("ecr:PutImage", Resource="*")'),
        _rights('allow(["ecr:PutImage"], Resource="*")', f'allow({_PULL}, Resource=["{_APPS}"])'),
    ),
    "denial-lifted": (
        _rights('allow("ecr:*", Resource="*")', 'allow("ecr:DeleteRepository", "Deny", Resource="*")'),
        _rights('allow("ecr:*", Resource="*")'),
    ),
    "account-may-act": (
        _rights(f'allow({_PULL}, Resource="{_APPS}")'),
        _rights(f'allow({_PULL}, Resource="{_APPS}")', trust=f"{_EC2}, {_ACCOUNT}"),
    ),
    "made-public": (
        _filled(_OPENED, policy=f'allow({_PULL}, Principal={{"AWS": "210987654321"}})'),
        _filled(_OPENED, policy=f'allow({_PULL}, Principal="*")'),
    ),
    "key-and-secret": (
        _filled(
            _KEY, rotation=True, days=30, more='allow("kms:Decrypt", Principal={"AWS": "210987654321"}, Resource="*")'
        ),
        _filled(_KEY, rotation=False, days=7, more='allow("kms:*", Principal={"AWS": "210987654321"}, Resource="*")'),
    ),
    "key-rotation": (_filled(_SLOTS, slots=["a"]), _filled(_SLOTS, slots=["a", "b"])),
    "images-lost": (_filled(_LOST, type="AES256"), _filled(_LOST, type="KMS")),
    "credential-ends": (_ENDS, _ENDS),
    "reviewers-removed": (
        _filled(_REVIEWED, wait=30, own=True, bypass=False, reviewers=[{"users": [7], "teams": [1, 2]}]),
        _filled(_REVIEWED, wait=0, own=False, bypass=True, reviewers=[]),
    ),
    "given-up": (_GIVEN_UP, _AWS),
    "unknown-outputs": (_UNKNOWN,),
    "hostile-names": (_HOSTILE,),
    "google-opened": (_GOOGLE % _GOOGLE_BEFORE, _GOOGLE % _GOOGLE_AFTER),
    "google-closed": (_GOOGLE % _GOOGLE_AFTER, _GOOGLE % _GOOGLE_BEFORE),
    "google-first": (_GOOGLE % _GOOGLE_BEFORE,),
    "leaky": (_LEAKY.replace("%s", "old"), _LEAKY.replace("%s", "new")),
    "crashed": (_AWS + 'raise RuntimeError("the `config` | is <b>wrong</b>")\n',),
    "many": (_MANY,),
}
"""By situation: what stands, and what is proposed."""

DECLARED = frozenset(
    {
        "hostile-names",
        "google-opened",
        "google-closed",
        "google-first",
        "leaky",
        "many",
        "credential-ends",
        "reviewers-removed",
    }
)
"""Those whose resources are components by the types of providers that are not simulated: the engine asks nobody."""
FAILS = frozenset({"crashed"})
CONFIG = {
    "images-lost": {"registry:registries": '{"main": {"encryption": {"type": "kms", "confirmReplacement": 412}}}'}
}
