"""Cases of the rules on AWS."""

import json
from dataclasses import replace
from typing import Any

from tests.policies.cases.table import CANARY, TAGS, UNKNOWN, Case, Expected, Made, case, late

_KEY = "arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-0000-0000-000000000000"
_ACCOUNT = "arn:aws:iam::111122223333:root"
_GITHUB = "token.actions.githubusercontent.com"
_REPOSITORIES = "arn:aws:ecr:eu-central-1:111122223333:repository/apps/*"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(**fields: Any) -> dict[str, Any]:
    return {"Effect": "Allow", **fields}


def _or(value: Any, text: Any) -> Any:
    """What a value leads to, or the value itself where that is not known."""
    return value if isinstance(value, dict) and ("@unknown" in value or "@late" in value) else text(value)


def repository(**changed: Any) -> Made:
    protect = changed.pop("protect", False)
    right = {
        "name": "apps/{rule}",
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": _KEY}],
        "tags": TAGS,
    }
    return Made("aws:ecr/repository:Repository", {**right, **changed}, protect=protect)


_KEEP = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 500}


def _lifecycle(**selection: Any) -> str:
    return json.dumps({"rules": [{"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}]})


def lifecycle(policy: Any = ..., of: Any = "apps/{rule}") -> Made:
    told = _lifecycle(**_KEEP) if policy is ... else policy
    return Made("aws:ecr/lifecyclePolicy:LifecyclePolicy", {"repository": of, "policy": told}, "lifecycle")


def template(**changed: Any) -> Made:
    right = {
        "prefix": "apps",
        "appliedFors": ["CREATE_ON_PUSH"],
        "imageTagMutability": "IMMUTABLE",
        "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": _KEY}],
        "lifecyclePolicy": _lifecycle(**_KEEP),
        "customRoleArn": "arn:aws:iam::111122223333:role/template",
    }
    return Made("aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate", {**right, **changed})


def scanning(frequency: Any, region: Any = ..., filter_: Any = "nothing-else") -> Made:
    rules = [{"scanFrequency": frequency, "repositoryFilters": [{"filter": filter_, "filterType": "WILDCARD"}]}]
    told = {"scanType": "BASIC", "rules": rules, "region": region}
    return Made("aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration", told, "scanning")


def role(trust: Any = ..., **changed: Any) -> Made:
    ec2 = document(allow(Action="sts:AssumeRole", Principal={"Service": "ec2.amazonaws.com"}))
    told = {"name": "{rule}", "assumeRolePolicy": ec2 if trust is ... else trust, "tags": TAGS}
    return Made("aws:iam/role:Role", {**told, **changed})


def role_policy(policy: Any) -> Made:
    return Made("aws:iam/rolePolicy:RolePolicy", {"role": "{rule}", "name": "rights", "policy": policy})


def github(subjects: Any = ..., audience: Any = "sts.amazonaws.com") -> Any:
    told = (
        ["repo:acme/web:environment:prod", "repo:acme@1/web@2:environment:prod"] if subjects is ... else list(subjects)
    )
    conditions: dict[str, Any] = {f"{_GITHUB}:sub": told} if told else {}
    if audience:
        conditions[f"{_GITHUB}:aud"] = [audience]
    who = {"Federated": [f"arn:aws:iam::111122223333:oidc-provider/{_GITHUB}"]}
    action = "sts:AssumeRoleWithWebIdentity"
    return document(allow(Action=action, Principal=who, Condition={"StringLike": {}, "StringEquals": conditions}))


def instance(**changed: Any) -> Made:
    right = {
        "ami": "ami-00000000000000000",
        "instanceType": "t3.medium",
        "subnetId": "subnet-00000000000000000",
        "vpcSecurityGroupIds": ["sg-00000000000000000"],
        "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
        "rootBlockDevice": {"encrypted": True},
        "associatePublicIpAddress": False,
        "disableApiTermination": True,
        "tags": TAGS,
    }
    return Made("aws:ec2/instance:Instance", {**right, **changed})


def group(**ingress: Any) -> Made:
    told = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"], **ingress}
    return Made("aws:ec2/securityGroup:SecurityGroup", {"description": "x", "ingress": [told], "tags": TAGS})


def kms(**changed: Any) -> Made:
    policy = document(allow(Sid="Own", Action="kms:*", Resource="*", Principal={"AWS": _ACCOUNT}))
    right = {"enableKeyRotation": True, "deletionWindowInDays": 30, "policy": policy, "tags": TAGS}
    return Made("aws:kms/key:Key", {**right, **changed})


def stored(**changed: Any) -> Made:
    return Made(
        "aws:secretsmanager/secret:Secret",
        {"name": "{rule}", "kmsKeyId": _KEY, "recoveryWindowInDays": 7, "tags": TAGS, **changed},
    )


def trail(**changed: Any) -> Made:
    right = {"s3BucketName": "trail", "isMultiRegionTrail": True, "enableLogFileValidation": True}
    return Made("aws:cloudtrail/trail:Trail", {**right, **changed})


def replication(region: Any, home: Any = ...) -> Made:
    destinations = [{"region": region, "registryId": "111122223333"}]
    told = {"replicationConfiguration": {"rules": [{"destinations": destinations}]}, "region": home}
    return Made("aws:ecr/replicationConfiguration:ReplicationConfiguration", told)


def _rights(**fields: Any) -> str:
    return document(allow(**{"Sid": "Rights", "Action": ["ecr:PutImage"], "Resource": [_REPOSITORIES], **fields}))


def _topic_policy(policy: Any) -> list[Made]:
    return [
        Made("aws:sns/topicPolicy:TopicPolicy", {"arn": "arn:aws:sns:eu-central-1:111122223333:x", "policy": policy})
    ]


def _published(condition: dict[str, Any] | None) -> str:
    told = {"Condition": condition} if condition else {}
    return document(
        allow(Action="sns:Publish", Resource="*", Principal={"Service": "cloudwatch.amazonaws.com"}, **told)
    )


_ANYBODY = document(allow(Sid="All", Action="sts:AssumeRole", Principal={"AWS": "*"}))
_FAMILY = document(
    allow(
        Action="sts:AssumeRole",
        Principal={"AWS": "*"},
        Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
    )
)
_PULLED = allow(Sid="Pull", Action=["ecr:BatchGetImage"], Principal="*")
_PULLED_IN = {**_PULLED, "Condition": {"StringEquals": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5"]}}}

CASES: tuple[Case, ...] = (
    case(
        "ecr-images-are-scanned",
        lambda on: [repository(imageScanningConfiguration={"scanOnPush": on}), lifecycle()],
        wrong=False,
        right=True,
    ),
    case(
        "ecr-registry-scans-by-itself",
        lambda how: [scanning(how)],
        wrong="MANUAL",
        right="SCAN_ON_PUSH",
        blamed=("scanning",),
    ),
    case(
        "ecr-tags-are-immutable",
        lambda how: [repository(imageTagMutability=how), lifecycle()],
        wrong="MUTABLE",
        right="IMMUTABLE_WITH_EXCLUSION",
    ),
    case(
        "ecr-old-images-expire",
        lambda of: [repository(), lifecycle(of=of)],
        wrong="apps/another",
        right="apps/{rule}",
        unknown=late("apps/another"),
    ),
    case(
        "ecr-images-in-use-stay",
        lambda how: [
            repository(),
            lifecycle(_or(how, lambda kind: _lifecycle(tagStatus="any", countType=kind, countNumber=30))),
        ],
        wrong="sinceImagePushed",
        right="imageCountMoreThan",
        blamed=("lifecycle",),
    ),
    case(
        "ecr-encrypted-with-own-key",
        lambda kind: [repository(encryptionConfigurations=[{"encryptionType": kind, "kmsKey": _KEY}]), lifecycle()],
        wrong="AES256",
        right="KMS",
    ),
    case(
        "ecr-not-public",
        lambda kind: (
            [repository(), lifecycle()]
            if kind == "private"
            else [Made("aws:ecrpublic/repository:Repository", {"repositoryName": kind})]
        ),
        wrong="web",
        right="private",
        verdict=Expected.REFUSED,
    ),
    case(
        "ecr-repositories-keep-their-images",
        lambda on: [repository(forceDelete=on), lifecycle()],
        wrong=True,
        right=False,
    ),
    case(
        "ecr-template-is-bounded",
        lambda prefix: [
            template(prefix=prefix, region="eu-west-1"),
            scanning("SCAN_ON_PUSH", "eu-west-1", filter_="*"),
        ],
        wrong="ROOT",
        right="apps",
    ),
    case("ecr-copies-stay-in-regions", lambda region: [replication(region)], wrong="us-east-1", right="eu-west-1"),
    case(
        "iam-no-wildcard-actions",
        lambda what: [role_policy(_or(what, lambda told: _rights(Action=told)))],
        wrong=["ecr:*"],
        right=["ecr:PutImage"],
    ),
    case(
        "iam-no-wildcard-resources",
        lambda what: [role_policy(_or(what, lambda told: _rights(Resource=told)))],
        wrong="*",
        right=_REPOSITORIES,
    ),
    case(
        "iam-no-administrators",
        lambda arn: [
            Made("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {"role": "builder", "policyArn": arn}),
        ],
        wrong="arn:aws:iam::aws:policy/AdministratorAccess",
        right="arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly",
    ),
    case("iam-trust-names-principals", lambda trust: [role(trust)], wrong=_ANYBODY, right=_FAMILY),
    case(
        "resource-policies-name-principals",
        lambda policy: [
            Made(
                "aws:ecr/repositoryPolicy:RepositoryPolicy",
                {"repository": "apps/x", "policy": _or(policy, document)},
            )
        ],
        wrong=_PULLED,
        right=_PULLED_IN,
    ),
    case(
        "services-act-for-this-account",
        lambda when: _topic_policy(_or(when, _published)),
        wrong=None,
        right={"StringEquals": {"aws:SourceAccount": "111122223333"}},
    ),
    case(
        "github-trust-pins-subject",
        lambda subjects: [role(_or(subjects, github))],
        wrong=["repo:acme/web:*", "repo:acme/web:environment:prod", "repo:acme@1/web@2:environment:prod"],
        right=["repo:acme/web:environment:prod", "repo:acme@1/web@2:ref:refs/heads/main"],
    ),
    case(
        "github-trust-pins-audience",
        lambda audience: [role(_or(audience, lambda told: github(audience=told)))],
        wrong="https://elsewhere.example.com",
        right="sts.amazonaws.com",
    ),
    case(
        "github-trust-takes-both-subjects",
        lambda subjects: [role(_or(subjects, github))],
        wrong=["repo:acme/web:environment:prod"],
        right=["repo:acme/web:environment:prod", "repo:acme@1/web@2:environment:prod"],
    ),
    case(
        "github-provider-is-for-aws",
        lambda client: [
            Made(
                "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
                {"url": f"https://{_GITHUB}", "clientIdLists": [client], "tags": TAGS},
            )
        ],
        wrong="https://github.com/acme",
        right="sts.amazonaws.com",
    ),
    case(
        "no-long-lived-access-keys",
        lambda user: (
            [role()] if user == "none" else [Made("aws:iam/accessKey:AccessKey", {"user": user, "status": "Active"})]
        ),
        wrong="builder",
        right="none",
        verdict=Expected.REFUSED,
    ),
    case("secrets-can-be-recovered", lambda days: [stored(recoveryWindowInDays=days)], wrong=0, right=7),
    case("secrets-have-own-key", lambda key: [stored(kmsKeyId=key)], wrong=..., right=_KEY, verdict=Expected.FINE),
    case("keys-turn-over", lambda on: [kms(enableKeyRotation=on)], wrong=False, right=True),
    case(
        "keys-can-be-recovered",
        lambda days: [kms(deletionWindowInDays=days)],
        wrong=3,
        right=7,
    ),
    case(
        "machine-credentials-need-a-token",
        lambda how: [instance(metadataOptions={"httpTokens": how})],
        wrong="optional",
        right="required",
    ),
    case(
        "machine-ports-are-closed",
        lambda source: [group(fromPort=22, toPort=22, cidrBlocks=[source])],
        wrong="0.0.0.0/0",
        right="10.0.0.0/8",
    ),
    case(
        "machine-disks-are-encrypted",
        lambda on: [instance(rootBlockDevice={"encrypted": on})],
        wrong=False,
        right=True,
    ),
    case("machine-data-is-protected", lambda on: [instance(disableApiTermination=on)], wrong=False, right=True),
    case("machine-has-no-public-address", lambda on: [instance(associatePublicIpAddress=on)], wrong=True, right=False),
    case("audit-trail-is-whole", lambda on: [trail(isMultiRegionTrail=on)], wrong=False, right=True),
    case(
        "logs-are-kept-for-a-time",
        lambda days: [Made("aws:cloudwatch/logGroup:LogGroup", {"name": "x", "retentionInDays": days, "tags": TAGS})],
        wrong=...,
        right=30,
    ),
    case(
        "alerts-are-encrypted",
        lambda key: [Made("aws:sns/topic:Topic", {"name": "alerts", "kmsMasterKeyId": key, "tags": TAGS})],
        wrong=...,
        right=_KEY,
        verdict=Expected.FINE,
    ),
    case(
        "images-are-pinned",
        lambda image: [
            Made(
                "aws:ecs/taskDefinition:TaskDefinition",
                {"family": "web", "containerDefinitions": _or(image, lambda told: json.dumps([{"image": told}]))},
            )
        ],
        wrong="registry.example.com:5000/apps/web",
        right="registry.example.com:5000/apps/web:v1",
    ),
    case(
        "resources-are-tagged",
        lambda tag: [kms(tags={**TAGS, "project": tag})],
        wrong=...,
        right="snapdeploy",
        unknown=UNKNOWN,
        verdict=Expected.FINE,
    ),
    case(
        "resources-have-an-owner",
        lambda tags: [kms(tags=tags)],
        wrong={"project": "snapdeploy", "environment": "dev"},
        right=TAGS,
    ),
    case(
        "production-images-are-protected",
        lambda where: [
            repository(tags={**TAGS, "environment": where}),
            lifecycle(),
        ],
        wrong="prod",
        right="dev",
    ),
    case(
        "singletons-are-owned-once",
        lambda region: [
            Made("aws:ecr/registryPolicy:RegistryPolicy", {"policy": document(), "region": "eu-west-1"}, "first"),
            Made("aws:ecr/registryPolicy:RegistryPolicy", {"policy": document(), "region": region}, "second"),
        ],
        wrong="eu-west-1",
        right="eu-central-1",
        blamed=("second",),
    ),
    case(
        "resources-do-not-grow-with-apps",
        lambda count: [
            Made(
                "aws:ecr/repositoryPolicy:RepositoryPolicy",
                {"repository": f"apps/{number}", "policy": document()},
                f"policy-{number}",
            )
            for number in range(21 if isinstance(count, dict) else count)
        ],
        wrong=21,
        right=3,
        verdict=Expected.REFUSED,
        blamed=("",),
    ),
    case(
        "providers-name-their-account",
        lambda accounts: [
            Made("pulumi:providers:aws", {"region": "eu-central-1", "allowedAccountIds": accounts}, "own"),
            replace(kms(), provider="own"),
        ],
        wrong=...,
        right='["111122223333"]',
        blamed=("own",),
    ),
    case(
        "places-are-as-configured",
        lambda region: [
            Made("pulumi:providers:aws", {"region": region, "allowedAccountIds": '["111122223333"]'}, "own"),
        ],
        wrong="us-east-1",
        right="eu-central-1",
        blamed=("own",),
    ),
    case(
        "providers-verify-certificates",
        lambda on: [
            Made(
                "pulumi:providers:aws",
                {"region": "eu-central-1", "allowedAccountIds": '["111122223333"]', "insecure": on},
                "own",
            ),
        ],
        wrong="true",
        right="false",
        blamed=("own",),
    ),
    case(
        "secret-inputs-are-marked",
        lambda value: [
            Made(
                "aws:ssm/parameter:Parameter",
                {"name": "/x", "type": "SecureString", "value": value, "tags": TAGS},
            ),
        ],
        wrong=CANARY,
        right={"@secret": CANARY},
    ),
)
