"""Lambda: functions and who may call them.

Owns: Function, Permission. A function is made and never run: moto would need a container.
Its code is packed as the provider packs it, so that what arrives can be read back.
"""

import base64
import hashlib
import json
from typing import Any

from tests.simulated.behaviour import Call
from tests.simulated.providers.aws.kind import MADE, Kind, Task
from tests.simulated.providers.aws.packed import packed
from tests.simulated.providers.aws.place import Place
from tests.simulated.providers.aws.shape import pruned
from tests.simulated.providers.aws.tagging import Tagging
from tests.simulated.wire import Properties

_SAME = {
    "Architectures": "architectures",
    "Description": "description",
    "Handler": "handler",
    "KMSKeyArn": "kmsKeyArn",
    "Layers": "layers",
    "MemorySize": "memorySize",
    "PackageType": "packageType",
    "Role": "role",
    "Runtime": "runtime",
    "Timeout": "timeout",
}


class Function(Kind):
    """A function that nobody runs."""

    service = "lambda"
    noun = "Lambda Function"
    exists = "ResourceConflictException: Function already exist: {id}"
    gone = "ResourceNotFoundException: Function not found: {id}"
    replace_on_change = frozenset({"name", "packageType", "region"})
    stable = frozenset({"arn", "invokeArn"})
    write_only = frozenset({"code", "publish", "skipDestroy", "sourceCodeHash", "replaceSecurityGroupsOnDestroy"})
    filled = frozenset(
        {"architectures", "codeSha256", "ephemeralStorage", "loggingConfig", "sourceCodeHash", "tracingConfig"}
    )
    named_by = "name"
    tagging = Tagging("Resource", listing="list_tags", mapped=True)

    def unset(self, call: Call) -> Properties:
        return {
            "memorySize": 128,
            "packageType": "Zip",
            "publish": False,
            "reservedConcurrentExecutions": -1,
            "skipDestroy": False,
            "timeout": 3,
        }

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["name"])

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        arn = at.arn("lambda", f"function:{id_}")
        invoke = f"arn:{at.partition}:apigateway:{at.region}:lambda:path/2015-03-31/functions/{arn}/invocations"
        streamed = invoke.replace("2015-03-31", "2021-11-15").replace("/invocations", "/response-streaming-invocations")
        code = packed(properties.get("code"))
        return {
            "arn": arn,
            "codeSha256": base64.b64encode(hashlib.sha256(code).digest()).decode(),
            "invokeArn": invoke,
            "lastModified": MADE,
            "qualifiedArn": f"{arn}:$LATEST",
            "qualifiedInvokeArn": invoke.replace(arn, f"{arn}:$LATEST"),
            "responseStreamingInvokeArn": streamed,
            "signingJobArn": "",
            "signingProfileVersionArn": "",
            "sourceCodeSize": len(code),
            "version": "$LATEST",
        }

    def make(self, task: Task) -> None:
        task.aws.create_function(
            FunctionName=task.want["name"],
            Code=_code(task),
            Publish=task.want["publish"],
            **task.tagged,
            **task.pick(**_SAME),
            **_settings(task),
        )
        self._reserve(task)

    def _reserve(self, task: Task) -> None:
        reserved = task.want["reservedConcurrentExecutions"]
        if reserved >= 0:
            task.aws.put_function_concurrency(FunctionName=task.want["name"], ReservedConcurrentExecutions=reserved)

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        answer = task.aws.get_function(FunctionName=id_)
        there, code = answer["Configuration"], answer.get("Code") or {}
        logging = there.get("LoggingConfig") or {}
        dead = (there.get("DeadLetterConfig") or {}).get("TargetArn")
        return {
            **{own: there.get(name) or None for name, own in _SAME.items()},
            "arn": there["FunctionArn"],
            "codeSha256": there["CodeSha256"],
            "deadLetterConfig": {"targetArn": dead} if dead else None,
            "environment": pruned(variables=(there.get("Environment") or {}).get("Variables")) or None,
            "ephemeralStorage": pruned(size=(there.get("EphemeralStorage") or {}).get("Size")) or None,
            "imageUri": code.get("ImageUri"),
            "kmsKeyArn": there.get("KMSKeyArn") or None,
            "layers": [layer["Arn"] for layer in there.get("Layers") or []] or None,
            "loggingConfig": pruned(
                applicationLogLevel=logging.get("ApplicationLogLevel"),
                logFormat=logging.get("LogFormat"),
                logGroup=logging.get("LogGroup"),
                systemLogLevel=logging.get("SystemLogLevel"),
            )
            or None,
            "name": id_,
            "reservedConcurrentExecutions": (answer.get("Concurrency") or {}).get("ReservedConcurrentExecutions", -1),
            "sourceCodeSize": there["CodeSize"],
            "tracingConfig": pruned(mode=(there.get("TracingConfig") or {}).get("Mode")) or None,
        }

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        fixed = ("Architectures", "PackageType")
        same = {name: own for name, own in _SAME.items() if name not in fixed}
        task.aws.update_function_configuration(FunctionName=id_, **task.pick(**same), **_settings(task))
        if task.want.get("code") != before.get("code") or task.want.get("imageUri") != before.get("imageUri"):
            task.aws.update_function_code(FunctionName=id_, **_code(task))
        self._reserve(task)

    def remove(self, task: Task, id_: str) -> None:
        if not task.want.get("skipDestroy"):
            task.aws.delete_function(FunctionName=id_)


def _code(task: Task) -> dict[str, Any]:
    found = task.pick(ImageUri="imageUri", S3Bucket="s3Bucket", S3Key="s3Key", S3ObjectVersion="s3ObjectVersion")
    return found or {"ZipFile": packed(task.want.get("code"))}


def _settings(task: Task) -> dict[str, Any]:
    variables = (task.want.get("environment") or {}).get("variables")
    storage = (task.want.get("ephemeralStorage") or {}).get("size")
    mode = (task.want.get("tracingConfig") or {}).get("mode")
    target = (task.want.get("deadLetterConfig") or {}).get("targetArn")
    logging = task.want.get("loggingConfig") or {}
    return pruned(
        DeadLetterConfig=pruned(TargetArn=target),
        Environment=pruned(Variables=variables),
        EphemeralStorage=pruned(Size=storage),
        LoggingConfig=pruned(
            ApplicationLogLevel=logging.get("applicationLogLevel"),
            LogFormat=logging.get("logFormat"),
            LogGroup=logging.get("logGroup"),
            SystemLogLevel=logging.get("systemLogLevel"),
        ),
        TracingConfig=pruned(Mode=mode),
    )


class Permission(Kind):
    """Who may call a function."""

    service = "lambda"
    noun = "Lambda Permission"
    exists = "ResourceConflictException: The statement id ({id}) provided already exists."
    replace_on_change = frozenset(
        {
            "action",
            "eventSourceToken",
            "function",
            "functionUrlAuthType",
            "principal",
            "principalOrgId",
            "qualifier",
            "region",
            "sourceAccount",
            "sourceArn",
            "statementId",
            "statementIdPrefix",
        }
    )
    named_by = "statementId"

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["statementId"])

    def make(self, task: Task) -> None:
        task.aws.add_permission(
            FunctionName=task.want["function"],
            StatementId=task.want["statementId"],
            **task.pick(
                Action="action",
                EventSourceToken="eventSourceToken",
                FunctionUrlAuthType="functionUrlAuthType",
                Principal="principal",
                PrincipalOrgID="principalOrgId",
                Qualifier="qualifier",
                SourceAccount="sourceAccount",
                SourceArn="sourceArn",
            ),
        )

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        # An import names the function too.
        function, _, sid = id_.rpartition("/")
        function = function or task.want["function"]
        policy = json.loads(task.aws.get_policy(FunctionName=function, **task.pick(Qualifier="qualifier"))["Policy"])
        there = next((statement for statement in policy["Statement"] if statement["Sid"] == sid), None)
        if there is None:
            return None
        conditions = {key.lower(): value for part in there.get("Condition", {}).values() for key, value in part.items()}
        principal = there["Principal"]
        return {
            "action": there["Action"],
            "function": function,
            "principal": next(iter(principal.values())) if isinstance(principal, dict) else principal,
            "principalOrgId": conditions.get("aws:principalorgid"),
            "qualifier": task.want.get("qualifier"),
            "sourceAccount": conditions.get("aws:sourceaccount"),
            "sourceArn": conditions.get("aws:sourcearn"),
            "statementId": sid,
        }

    def remove(self, task: Task, id_: str) -> None:
        task.aws.remove_permission(
            FunctionName=task.want["function"], StatementId=id_, **task.pick(Qualifier="qualifier")
        )
