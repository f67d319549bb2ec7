"""What the rules can prove of each security practice of SnapDeploy's guide, and what they cannot.

Owns: the sentences of docs/policies.md's table of practices. Does not own: which rule stands for which practice; each
rule says.
"""

from collections.abc import Mapping
from types import MappingProxyType

from policies._rule import Practice

PROVES: Mapping[Practice, tuple[str, str]] = MappingProxyType(
    {
        Practice.TOKENS: (
            "nobody gets in without a credential, none stands readable, and GitHub's tokens are pinned to a repository",
            "that the value behind a secret is a token and no password; what was typed into a web page",
        ),
        Practice.SCANNING: (
            "scanning is on for what is pushed, by the repository or by the registry",
            "that anybody reads the findings, or that an image without any is safe",
        ),
        Practice.PRIVATE: (
            "no repository, policy, member or port that is declared lets everybody in",
            "what was made by hand, and the visibility of packages on GHCR, which no API changes",
        ),
        Practice.ROTATION: (
            "keys turn over, and a credential that does not end is seen as one",
            "that the old credential is revoked: `revocable` among the stack's outputs says when it can be",
        ),
        Practice.ROLES: (
            "no grant is of everything, on everything or for everybody, and nothing attaches an administrator's rights",
            "what a role may do by policies that another stack attaches to it, or by an organization's",
        ),
        Practice.AUDIT: (
            "trails are whole, audit logs of registries are on, and logs are kept for a time",
            "that anybody looks; whether the account has a trail that no stack of yours declares",
        ),
        Practice.HTTPS: (
            "registries, providers and caches speak TLS, and verify whom they speak to",
            "that the certificate is the right one: `snapdeploy-registry verify` proves that against the server",
        ),
        Practice.TAGS: (
            "pushed tags stay what they are, and what runs is not named `latest`",
            "how the builder names what it pushes, and what is deployed outside of these programs",
        ),
    }
)
