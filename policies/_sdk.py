"""What the engine tells a pack and pulumi-policy 1.21 keeps from it, and what it keeps a pack from telling.

Owns: giving them back. Does not own: what any rule makes of them.

1. Which values are secret. The engine sends the marks; the SDK keeps them for remediations
   and strips them before a validation, to which a secret and a plain value then look alike.
2. The names in the pack's config. The engine passes on a rule name that no rule has, and
   the SDK ignores it: whoever misspells the rule they wanted stricter gets nothing.

3. Each violation has a level of its own on the wire; the SDK gives it the rule's. An
   exemption changes the level of one, once its rule has spoken.
4. The SDK reads a resource's properties anew for each rule: with eighty rules that is nearly
   all of the pack's time. Here they are read once for each resource, and only the rules
   that are about its type are asked.

There is no public way to any of it, so names inside the SDK are replaced, here and nowhere else,
once, before the pack is served. The version is pinned by the project's lock, and the tests on
the real engine fail when an upgrade moves what is replaced.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import grpc
import pulumi_policy.policy
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from pulumi.runtime.proto import (
    ADVISORY,
    AnalyzeRequest,
    AnalyzeResponse,
    AnalyzerStackConfigureRequest,
    AnalyzerStackConfigureResponse,
    AnalyzeStackRequest,
    ConfigureAnalyzerRequest,
)
from pulumi_policy import EnforcementLevel, Policy, Secret
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY, deserialize_properties
from pulumi_policy.policy import _PolicyAnalyzerServicer
from pulumi_policy.proxy import unknown_checking_proxy

from policies import _exemptions, _said

ConfigCheck = Callable[[Mapping[str, object]], Sequence[str]]
"""Says what is wrong with a pack's config, a sentence for each mistake."""


def keep_secret_marks() -> None:
    """From now on a validation meets a secret value as `pulumi_policy.Secret`, wherever it stands.

    And each resource is read once for all rules. Raises RuntimeError where the installed SDK is not built as this
    expects.
    """
    _replace("deserialize_properties", _Once(with_marks))
    _replace("unknown_checking_proxy", _Once(unknown_checking_proxy))
    _replace("json_format", _JsonFormat())


def check_config_by(check: ConfigCheck) -> None:
    """From now on the pack refuses to start under a config in which `check` finds a mistake, and keeps its exemptions.

    Raises RuntimeError where the installed SDK is not built as this expects.
    """

    class Strict(_PolicyAnalyzerServicer):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self._lock = threading.Lock()
            self._finished = False
            self._exemptions = _exemptions.Exemptions((), _today())
            self._policies = {policy.name: policy for policy in _policies(arguments, named)}

        def Configure(  # noqa: N802 (the name of the gRPC method)
            self, request: ConfigureAnalyzerRequest, _context: grpc.ServicerContext
        ) -> Empty:
            config = {name: MessageToDict(rule.properties) for name, rule in request.policyConfig.items()}
            mistakes = check(config)
            if mistakes:
                _context.abort(grpc.StatusCode.INVALID_ARGUMENT, "\n".join(["the pack's config is wrong:", *mistakes]))
            answer: Empty = super().Configure(request, _context)  # type: ignore[no-untyped-call]
            self._exemptions = _exemptions.Exemptions(_exemptions.read(config)[0], _today())
            return answer

        def ConfigureStack(  # noqa: N802
            self, request: AnalyzerStackConfigureRequest, _context: grpc.ServicerContext
        ) -> AnalyzerStackConfigureResponse:
            self._finished = not request.dry_run
            _said.forget()
            return super().ConfigureStack(request, _context)  # type: ignore[no-any-return]

        def Analyze(self, request: AnalyzeRequest, _context: grpc.ServicerContext) -> AnalyzeResponse:  # noqa: N802
            with reading_once(request.type):
                answer: AnalyzeResponse = super().Analyze(request, _context)  # type: ignore[no-untyped-call]
            if not request.HasField("provider"):
                said = with_marks(MessageToDict(request.properties))
                with self._lock:
                    _said.remember(request.urn, unknown_checking_proxy(said))
            self._excuse(answer, request.urn)
            return answer

        def AnalyzeStack(  # noqa: N802
            self, request: AnalyzeStackRequest, _context: grpc.ServicerContext
        ) -> AnalyzeResponse:
            with reading_once():
                answer: AnalyzeResponse = super().AnalyzeStack(request, _context)  # type: ignore[no-untyped-call]
            stack = next((one.urn for one in request.resources if one.type == "pulumi:pulumi:Stack"), "")
            self._excuse(answer, stack)
            self._tell_leftovers(answer, [one.urn for one in request.resources])
            return answer

        def _get_enforcement_level(self, policy: Policy) -> EnforcementLevel:
            concerns = getattr(policy, "concerns", None)
            now = getattr(_READ, "type", None)
            if now is not None and concerns is not None and not concerns(now):
                return EnforcementLevel.DISABLED
            level: EnforcementLevel = super()._get_enforcement_level(policy)
            return level

        def _excuse(self, answer: AnalyzeResponse, urn: str) -> None:
            for violation in answer.diagnostics:
                with self._lock:
                    ruling = self._exemptions.rule_on(violation.policyName, violation.urn or urn)
                if ruling.excused:
                    violation.enforcementLevel = ADVISORY
                if ruling.note:
                    violation.message = f"{violation.message}\n    {ruling.note}"

        def _tell_leftovers(self, answer: AnalyzeResponse, urns: Sequence[str]) -> None:
            with self._lock:
                leftovers = list(self._exemptions.leftovers(urns, self._finished))
            for exemption, ended, told in leftovers:
                policy = self._policies.get(exemption.rule)
                if policy is None:
                    continue
                level = self._get_enforcement_level(policy)
                report: Callable[[str, str | None], None] = self._create_report_violation(
                    answer, policy.name, policy.description, level, policy.severity
                )
                report(told, None)
                if not ended:
                    answer.diagnostics[-1].enforcementLevel = ADVISORY

    _replace("_PolicyAnalyzerServicer", Strict)


def _policies(arguments: Sequence[Any], named: Mapping[str, Any]) -> Sequence[Policy]:
    """The policies among what the SDK makes its servicer of: name, version, policies, level."""
    found: Sequence[Policy] = named["policies"] if "policies" in named else arguments[2]
    return found


def _today() -> Any:
    return datetime.now(UTC).date()


_READ = threading.local()


@contextmanager
def reading_once(resource_type: str | None = None) -> Iterator[None]:
    """Within it, this thread reads each message and each of what is made of it once.

    With a `resource_type`, rules that do not concern it are not asked at all.
    """
    _READ.known, _READ.type = {}, resource_type
    try:
        yield
    finally:
        _READ.known = _READ.type = None


class _Once:
    """A function of one object that answers from memory, within `reading_once`, when asked about the same object."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __call__(self, subject: Any, *further: Any) -> Any:
        known: dict[tuple[int, int], tuple[Any, Any]] | None = getattr(_READ, "known", None)
        if known is None or further:
            return self._function(subject, *further)
        key = (id(self), id(subject))
        if key not in known:
            # The subject is kept with the answer, so that no other object gets its id meanwhile.
            known[key] = (subject, self._function(subject))
        return known[key][1]


class _JsonFormat:
    """What the SDK uses of protobuf's json_format, with a memory."""

    def __init__(self) -> None:
        self.MessageToDict: Callable[[Message], dict[str, Any]] = _Once(MessageToDict)


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
