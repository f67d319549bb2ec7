"""What the pack costs for each resource: asked in this process, as the engine asks it.

Owns: a servicer with all rules, and resources such as a stack of ours has. Does not own: what is made of the figure
(`tests/bench.py`).
"""

import json
import statistics
import time
from typing import Any

import pulumi_policy.policy
from google.protobuf.json_format import ParseDict
from pulumi.runtime.proto import AnalyzeRequest, AnalyzerResource, AnalyzeStackRequest
from pulumi_policy import EnforcementLevel

from policies import _sdk, rules
from tests.policies.cases import aws
from tests.policies.cases.table import Made

_RESOURCES = 200


def milliseconds() -> float:
    """The median over the resources of one stack, of every rule together, at its declaration and at the end."""
    kept = {
        name: pulumi_policy.policy.__dict__[name]
        for name in ("deserialize_properties", "unknown_checking_proxy", "json_format", "_PolicyAnalyzerServicer")
    }
    try:
        _sdk.keep_secret_marks()
        _sdk.check_config_by(rules.config_mistakes)
        servicer: Any = pulumi_policy.policy.__dict__["_PolicyAnalyzerServicer"]
        return _measured(servicer(rules.PACK, "1", list(rules.ALL), EnforcementLevel.MANDATORY))
    finally:
        pulumi_policy.policy.__dict__.update(kept)


def _measured(served: Any) -> float:
    one_by_one = [ParseDict(told, AnalyzeRequest()) for told in _stack()]
    together = AnalyzeStackRequest(resources=[ParseDict(told, AnalyzerResource()) for told in _stack()])
    served.Analyze(one_by_one[0], None)
    singly = []
    for request in one_by_one:
        began = time.perf_counter()
        served.Analyze(request, None)
        singly.append(time.perf_counter() - began)
    began = time.perf_counter()
    served.AnalyzeStack(together, None)
    return 1000 * (statistics.mean(singly) + (time.perf_counter() - began) / _RESOURCES)


def _stack() -> list[dict[str, Any]]:
    kinds: list[Made] = [
        aws.role(aws.github()),
        aws.role_policy(
            aws.document(aws.allow(Action=["ecr:PutImage"] * 8, Resource=["arn:aws:ecr:x:1:repository/a"]))
        ),
        aws.repository(),
        aws.lifecycle(),
        aws.kms(),
        aws.stored(),
        aws.instance(),
        aws.group(),
    ]
    return [
        {
            "type": kinds[number % len(kinds)].type,
            "name": f"x{number}",
            "urn": f"urn:pulumi:test::project::{kinds[number % len(kinds)].type}::x{number}",
            "properties": json.loads(json.dumps(kinds[number % len(kinds)].props)),
        }
        for number in range(_RESOURCES)
    ]
