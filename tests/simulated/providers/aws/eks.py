"""EKS: which role a pod has.

Owns: PodIdentityAssociation, in the store only: moto has the clusters and not these. Nobody
checks here that the cluster, the service account or the role exists.
"""

import secrets

from tests.simulated.behaviour import Call
from tests.simulated.providers.aws.kind import Kind, Task
from tests.simulated.providers.aws.place import Place
from tests.simulated.providers.aws.tagging import Tagging
from tests.simulated.wire import Properties


class PodIdentityAssociation(Kind):
    """A role for the pods of one service account."""

    service = "eks"
    noun = "EKS Pod Identity Association"
    stored_only = True
    replace_on_change = frozenset({"clusterName", "namespace", "serviceAccount", "region"})
    stable = frozenset({"associationArn", "associationId", "externalId"})
    tagging = Tagging("resourceArn", given="tags", mapped=True)

    def unset(self, call: Call) -> Properties:
        return {"disableSessionTags": False}

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"a-{secrets.token_hex(9)[:17]}"

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        target = {"externalId": f"simulated-{id_}"} if properties.get("targetRoleArn") else {}
        arn = at.arn("eks", f"podidentityassociation/{properties['clusterName']}/{id_}")
        return {"associationArn": arn, "associationId": id_, **target}

    def make(self, task: Task) -> None:
        task.aws.create_pod_identity_association(
            **task.tagged,
            **task.pick(
                clusterName="clusterName",
                disableSessionTags="disableSessionTags",
                namespace="namespace",
                policy="policy",
                roleArn="roleArn",
                serviceAccount="serviceAccount",
                targetRoleArn="targetRoleArn",
            ),
        )
