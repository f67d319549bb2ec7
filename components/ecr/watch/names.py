"""What the parts of one watch are called, known before any is made.

Owns: names and ARNs. Does not own: what is behind them. Names are fixed, since rules, alarms and metrics are found by
name, and since a topic's policy can then name the alarms before they exist.

Limits: a rule 64 characters (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html), a role 64
(https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html), a function 64, a topic 256.
"""

from dataclasses import dataclass

from components._slug import slug


@dataclass(frozen=True)
class Names:
    """The names of one namespace's watch in one account and region."""

    namespace: str
    account: str
    region: str
    partition: str

    @property
    def prefix(self) -> str:
        """Before every name."""
        return f"{slug(self.namespace)}-watch"

    def of(self, role: str) -> str:
        """The name of the rule, alarm or function that plays `role`."""
        return f"{self.prefix}-{role}"

    def of_role(self, role: str) -> str:
        """The name of an IAM role, of which an account has one for all regions."""
        return f"{self.prefix}-{role}-{self.region}"

    def arn(self, service: str, resource: str) -> str:
        """The ARN of `resource` of `service`, here."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    @property
    def topic_arn(self) -> str:
        """The ARN of the topic of its own."""
        return self.arn("sns", self.prefix)

    @property
    def repository_arns(self) -> str:
        """Where the ARN of every repository in the namespace begins."""
        return self.arn("ecr", f"repository/{self.namespace}/")
