"""Who may push, pull and clean up: a role for each principal, and what each of them needs to become it.

Owns: the roles, GitHub's identity provider where the account has none yet, instance profiles, pod identity
associations, and, as a last resort, users with two slots of keys. Does not own: the documents (`trust.py`,
`rights.py`), or which principal is the builder (the settings).

A role for each, and not one for all: a trust document has 2,048 characters, and the trail shows who came by which.
"""

import json
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components._access import Right, principals
from components._base import Component, once
from components._github_jobs import GITHUB_ISSUER
from components.aws.documents import Document
from components.aws.place import Place
from components.ecr import rights, trust
from components.ecr.settings_access import (
    AccessSettings,
    AnyPrincipal,
    Ec2Principal,
    EksPodIdentityPrincipal,
    GithubPrincipal,
    UserPrincipal,
)
from contract.variables import Name

_NOT_FOUND = "not found"


class Access(Component):
    """All who may do something with the images of one registry."""

    TYPE = "snapdeploy:ecr:Access"

    variables: Mapping[str, pulumi.Output[str]]
    """What the builder gets in place of a password: its role, or the key of its user."""
    roles: Mapping[str, pulumi.Output[str]]
    """The ARN of each role, by `<right>-<name>`."""

    def __init__(
        self,
        name: str,
        settings: AccessSettings,
        *,
        place: Place,
        namespace: str,
        caches: tuple[str, ...],
        prefix: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`prefix` begins the names of roles and users."""
        super().__init__(name, {"namespace": namespace}, opts)
        self._place = place
        self._prefix = prefix
        documents = {
            Right.PUSH: rights.push(place, namespace),
            Right.PULL: rights.pull(place, namespace, caches),
            Right.CLEAN: rights.clean(place, namespace),
        }
        chosen = principals(settings)
        trusted = self._trust_github(chosen)
        roles: dict[str, pulumi.Output[str]] = {}
        variables: dict[str, pulumi.Output[str]] = {}
        for (right, who), principal in chosen.items():
            label = f"{right}-{who}"
            if isinstance(principal, UserPrincipal):
                given = self._user(label, principal, documents[right])
            else:
                roles[label] = self._role(label, principal, documents[right], trusted)
                given = {str(Name.AWS_ROLE_ARN): roles[label]}
            if right is Right.PUSH and who == settings.delivered():
                variables.update(given)
        self.roles = roles
        self.variables = variables
        self.register_outputs({"roles": roles})

    def _trust_github(self, chosen: Mapping[tuple[Right, str], AnyPrincipal]) -> list[pulumi.Resource]:
        """The identity provider for GitHub, of which an account has one: made where there is none, kept if we made it.

        One that somebody else made is used as it is. Raises what the lookup raises where it cannot tell.
        """
        if not any(isinstance(principal, GithubPrincipal) for principal in chosen.values()):
            return []
        found = self._found_provider()
        if found is not None and found.tags.get(trust.MADE_BY) != self._prefix:
            return []
        # Ours in the account and not in the state, after a destroy: taken back, for it cannot be made twice.
        taken_back = {"import_": found.arn} if found is not None else {}
        return [
            aws.iam.OpenIdConnectProvider(
                self.child("github"),
                url=GITHUB_ISSUER,
                client_id_lists=[self._place.audience],
                tags={trust.MADE_BY: self._prefix},
                # By the time of a destroy others of the account may rely on it.
                opts=self.options(retain_on_delete=True, **taken_back),
            )
        ]

    def _found_provider(self) -> aws.iam.GetOpenIdConnectProviderResult | None:
        try:
            return aws.iam.get_open_id_connect_provider(url=GITHUB_ISSUER, opts=pulumi.InvokeOptions(parent=self))
        except Exception as error:
            # The SDK has one exception for every failure of a lookup; only this one means that there is none.
            if _NOT_FOUND in str(error):
                return None
            raise

    def _role(
        self, label: str, principal: AnyPrincipal, document: Document, after: list[pulumi.Resource]
    ) -> pulumi.Output[str]:
        """The role of `principal`, usable once its policy is attached."""
        role = aws.iam.Role(
            self.child(label),
            name=f"{self._prefix}-{label}",
            description=f"May {label.partition('-')[0]} images of SnapDeploy",
            assume_role_policy=json.dumps(trust.document_for(principal, self._place)),
            opts=self.options(depends_on=after),
        )
        policy = aws.iam.RolePolicy(
            self.child(f"{label}-policy"),
            name=label.partition("-")[0],
            role=role.name,
            policy=json.dumps(document),
            opts=self.options(),
        )
        if isinstance(principal, Ec2Principal):
            aws.iam.InstanceProfile(
                self.child(f"{label}-profile"), name=f"{self._prefix}-{label}", role=role.name, opts=self.options()
            )
        if isinstance(principal, EksPodIdentityPrincipal):
            aws.eks.PodIdentityAssociation(
                self.child(f"{label}-pods"),
                cluster_name=principal.cluster,
                namespace=principal.namespace,
                service_account=principal.service_account,
                role_arn=role.arn,
                region=self._place.region,
                opts=self.options(),
            )
        return once(role.arn, policy.id)

    def _user(self, label: str, principal: UserPrincipal, document: Document) -> dict[str, pulumi.Output[str]]:
        """A user with a key in each slot that has a text; the active one is what the builder gets."""
        user = aws.iam.User(self.child(label), name=f"{self._prefix}-{label}", opts=self.options())
        policy = aws.iam.UserPolicy(
            self.child(f"{label}-policy"),
            name=label.partition("-")[0],
            user=user.name,
            policy=json.dumps(document),
            opts=self.options(),
        )
        keys = {
            slot: aws.iam.AccessKey(
                self.child(f"{label}-key-{slot}"),
                user=user.name,
                opts=self.options(
                    depends_on=[policy],
                    replacement_trigger=text,
                    # A user has two keys at most: the new one of a slot cannot stand beside the old one of it.
                    delete_before_replace=True,
                    additional_secret_outputs=["secret"],
                ),
            )
            for slot, text in principal.texts().items()
        }
        active = keys[principal.active]
        return {Name.AWS_ACCESS_KEY_ID: active.id, Name.AWS_SECRET_ACCESS_KEY: active.secret}
