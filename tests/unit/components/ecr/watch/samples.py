"""Events and records as AWS documents them, with the test's own account, region and namespace in them.

Sources: see `events.py`. Each function returns a fresh one, so that a test can spoil it.
"""

from typing import Any

from components.ecr.watch.names import Names

NAMES = Names("snapdeploy-apps", "123456789012", "us-east-1", "aws")
DIGEST = "sha256:7f5b2640fe6fb4f46592dfd3410c4a79dac4f89e4782432e0378abcd1234"
WEB = f"{NAMES.namespace}/web"

Event = dict[str, Any]


def _event(source: str, detail_type: str, resources: list[str], detail: dict[str, Any]) -> Event:
    return {
        "version": "0",
        "id": "13cde686-328b-6117-af20-0e5566167482",
        "detail-type": detail_type,
        "source": source,
        "account": NAMES.account,
        "time": "2019-11-16T01:54:34Z",
        "region": NAMES.region,
        "resources": resources,
        "detail": detail,
    }


def _arn(repository: str, account: str = NAMES.account) -> str:
    return f"arn:aws:ecr:us-east-1:{account}:repository/{repository}"


def pushed(repository: str = WEB, **changed: str) -> Event:
    """A completed image push."""
    detail = {
        "result": "SUCCESS",
        "repository-name": repository,
        "image-digest": DIGEST,
        "action-type": "PUSH",
        "image-tag": "latest",
    }
    return _event("aws.ecr", "ECR Image Action", [], detail | changed)


def scanned_basic(counts: dict[str, int], repository: str = WEB, status: str = "COMPLETE") -> Event:
    """A completed basic scan."""
    detail = {
        "scan-status": status,
        "repository-name": repository,
        "finding-severity-counts": counts,
        "image-digest": DIGEST,
        "image-tags": ["v1", "latest"],
    }
    return _event("aws.ecr", "ECR Image Scan", [_arn(repository)], detail)


def scanned_enhanced(counts: dict[str, int], repository: str = WEB, status: str = "INITIAL_SCAN_COMPLETE") -> Event:
    """An initial scan by Amazon Inspector: the repository's name is an ARN."""
    detail = {
        "scan-status": status,
        "repository-name": _arn(repository),
        "finding-severity-counts": counts,
        "image-digest": DIGEST,
        "image-tags": ["latest"],
    }
    return _event("aws.inspector2", "Inspector2 Scan", [_arn(repository)], detail)


def scanned_instance() -> Event:
    """An initial scan of a machine, which is no image."""
    detail = {
        "scan-status": "INITIAL_SCAN_COMPLETE",
        "finding-severity-counts": {"CRITICAL": 3, "HIGH": 0, "MEDIUM": 0, "TOTAL": 3},
        "instance-id": "i-087d63509b8c97098",
        "version": "1.0",
    }
    return _event("aws.inspector2", "Inspector2 Scan", ["i-087d63509b8c97098"], detail)


def replicated(result: str, repository: str = WEB) -> Event:
    """A replication that ended."""
    detail = {
        "result": result,
        "repository-name": repository,
        "image-digest": DIGEST,
        "source-account": NAMES.account,
        "action-type": "REPLICATE",
        "source-region": "us-west-2",
        "image-tag": "3.17.2",
    }
    return _event("aws.ecr", "ECR Replication Action", [_arn(repository)], detail)


def pulled_through() -> Event:
    """A pull-through cache that synchronized."""
    detail = {
        "rule-version": "1",
        "sync-status": "SUCCESS",
        "ecr-repository-prefix": "snapdeploy-apps",
        "repository-name": WEB,
        "upstream-registry-url": "public.ecr.aws",
        "image-tag": "3.17.2",
        "image-digest": DIGEST,
    }
    return _event("aws.ecr", "ECR Pull Through Cache Action", [_arn(WEB)], detail)


def record(call: str = "PutImage", *, error: str | None = "ImageTagAlreadyExistsException", **changed: Any) -> Event:
    """A record of CloudTrail."""
    found: Event = {
        "eventVersion": "1.08",
        "eventSource": "ecr.amazonaws.com",
        "eventName": call,
        "awsRegion": NAMES.region,
        "requestParameters": {"registryId": NAMES.account, "repositoryName": WEB},
        "responseElements": None,
    }
    if error is not None:
        found |= {"errorCode": error, "errorMessage": "The image tag 'v1' already exists"}
    return found | changed


def denied(call: str, repository: str, account: str = NAMES.account) -> Event:
    """A call without the right to it: CloudTrail has no parameters of it, only the message."""
    message = (
        f"User: arn:aws:sts::123456789012:assumed-role/builder/1 is not authorized to perform: ecr:{call} "
        f"on resource: {_arn(repository, account)} because no identity-based policy allows the ecr:{call} action"
    )
    return record(call, error="AccessDenied", errorMessage=message, requestParameters=None)
