"""Two things that the engine tells a pack and pulumi-policy 1.21 keeps from it.

Owns: giving them back. Does not own: what any rule makes of them.

1. Which values are secret. The engine sends the marks; the SDK keeps them for remediations
   and strips them before a validation, to which a secret and a plain value then look alike.
2. The names in the pack's config. The engine passes on a rule name that no rule has, and
   the SDK ignores it: whoever misspells the rule they wanted stricter gets nothing.

There is no public way to either, so names inside the SDK are replaced, here and nowhere else,
once, before the pack is served. The version is pinned by the project's lock, and the tests on
the real engine fail when an upgrade moves what is replaced.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import grpc
import pulumi_policy.policy
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import ConfigureAnalyzerRequest
from pulumi_policy import Secret
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY, deserialize_properties
from pulumi_policy.policy import _PolicyAnalyzerServicer

ConfigCheck = Callable[[Mapping[str, object]], Sequence[str]]
"""Says what is wrong with a pack's config, a sentence for each mistake."""


def keep_secret_marks() -> None:
    """From now on a validation meets a secret value as `pulumi_policy.Secret`, wherever it stands.

    Raises RuntimeError where the installed SDK is not built as this expects.
    """
    _replace("deserialize_properties", with_marks)


def check_config_by(check: ConfigCheck) -> None:
    """From now on the pack refuses to start under a config in which `check` finds a mistake.

    Raises RuntimeError where the installed SDK is not built as this expects.
    """

    class Strict(_PolicyAnalyzerServicer):
        def Configure(  # noqa: N802 (the name of the gRPC method)
            self, request: ConfigureAnalyzerRequest, _context: grpc.ServicerContext
        ) -> Empty:
            mistakes = check({name: MessageToDict(rule.properties) for name, rule in request.policyConfig.items()})
            if mistakes:
                _context.abort(grpc.StatusCode.INVALID_ARGUMENT, "\n".join(["the pack's config is wrong:", *mistakes]))
            answer: Empty = super().Configure(request, _context)  # type: ignore[no-untyped-call]
            return answer

    _replace("_PolicyAnalyzerServicer", Strict)


def with_marks(props: dict[str, Any], proxy_secrets: bool = False) -> dict[str, Any]:
    """The properties as the wire has them, each secret one a `Secret`.

    `proxy_secrets` is what a remediation asks for: it then gets what the SDK gives it.
    """
    if proxy_secrets:
        return deserialize_properties(props, proxy_secrets)
    return {name: _with_marks(value) for name, value in props.items()}


def _with_marks(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_marks(element) for element in value]
    if not isinstance(value, dict):
        return value
    if value.get(SPECIAL_SIG_KEY) == SPECIAL_SECRET_SIG:
        return Secret(_with_marks(value["value"]))
    if SPECIAL_SIG_KEY in value:
        return deserialize_properties({"signed": value})["signed"]
    return with_marks(value)


def _replace(name: str, replacement: object) -> None:
    inside = pulumi_policy.policy.__dict__
    if name not in inside:
        raise RuntimeError(
            f"pulumi_policy has no {name} any more, so the pack cannot judge secrets and its own config\n"
            "mend: install the version of pulumi-policy in requirements/run.txt, or bring policies/_sdk.py up to date"
        )
    inside[name] = replacement
