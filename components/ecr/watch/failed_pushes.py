"""Failed pushes: a metric filter's pattern over a CloudTrail trail's log group.

Owns: the pattern and the metric's name, pure. Does not own: the trail, or the filter as a resource (`component.py`).

ECR says nothing of a failed push but in CloudTrail, where the call has an `errorCode`
(https://docs.aws.amazon.com/AmazonECR/latest/userguide/logging-using-cloudtrail.html). Where the caller had no right to
the call, CloudTrail can leave `requestParameters` empty, and the repository is only in the message: `… is not
authorized to perform: ecr:InitiateLayerUpload on resource: arn:aws:ecr:…:repository/<name>`. So both are looked at.

The metric has no dimensions: it could only take them from the log, where the repository is not always found, and each
would be a custom metric to pay for; nor could it then be 0 where nothing failed. So its name carries the namespace.
Pattern syntax: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html, 1,024 characters.
"""

from components._slug import slug
from components.ecr.watch.names import Names

NAMESPACE = "SnapDeploy/Registry"
"""Of the metrics that are ours; `usage/handler.py`, which imports nothing of ours, says it again."""

PUSH_CALLS = (
    "BatchCheckLayerAvailability",
    "InitiateLayerUpload",
    "UploadLayerPart",
    "CompleteLayerUpload",
    "PutImage",
)
"""What a push calls; nothing else does."""

HARMLESS = ("LayerAlreadyExistsException", "ImageAlreadyExistsException")
"""Errors that mean: it is there already, the same to the byte. A push that moves an immutable tag has another."""


def metric_name(names: Names) -> str:
    """The metric that counts the failed calls of pushes into the namespace."""
    return f"FailedPushes-{slug(names.namespace)}"


def pattern(names: Names) -> str:
    """Which of a trail's records are failed pushes into the namespace."""
    calls = " || ".join(f'($.eventName = "{call}")' for call in PUSH_CALLS)
    harmless = " && ".join(f'($.errorCode != "{code}")' for code in HARMLESS)
    below = f"{names.namespace}/"
    named = f'($.requestParameters.repositoryName = "{below}*")'
    denied = f'($.errorMessage = "*:{names.account}:repository/{below}*")'
    return (
        '{ ($.eventSource = "ecr.amazonaws.com") && '
        f'($.awsRegion = "{names.region}") && '
        f'($.errorCode = "*") && {harmless} && ({calls}) && ({named} || {denied}) }}'
    )
