"""What people should do about the texts that registries fail with.

Owns: the table from a registry's words to a remedy, most specific row first. Does not own the
exceptions that carry it. The texts are the vendors' own, as met until 2026-11.
"""

import re

_TABLE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), advice)
    for pattern, advice in (
        (
            r"authorization token has expired",
            "an ECR token lives 12 hours; use the ECR credential helper instead of a stored password",
        ),
        (
            r"user cannot be authenticated with the token provided",
            "the GitHub token is wrong, expired or fine-grained; make a classic one with write:packages",
        ),
        (
            r"permission_denied: write_package",
            (
                "give the token write:packages; for a package first pushed by hand, open its settings on GitHub, "
                "'Manage Actions access'"
            ),
        ),
        (
            r"installation not allowed to create organization package",
            "the workflow's token is read-only; set `permissions: packages: write`",
        ),
        (
            r"not authorized to perform: ecr:",
            "compare the repository's ARN with the role's policy; its prefix must end in /*",
        ),
        # Before the next row: Google's sentence names the permission too.
        (
            r"unauthenticated request",
            (
                "no credential reached the registry, or a token that has ended (Google's live one hour); configure the "
                "helper for that host, or log in again"
            ),
        ),
        (
            r"artifactregistry\.repositories\.",
            (
                "give the account roles/artifactregistry.writer, and compare project, location and repository with "
                "DOCKER_REGISTRY"
            ),
        ),
        (
            r"name unknown: the repository with name|repository with name .* does not exist",
            "the repository is missing: compare DOCKER_REGISTRY's path with the creation template's prefix",
        ),
        (r"pull rate limit", "Docker Hub's limit; log in, or pull through a mirror or cache"),
        (
            r"manifest blob unknown|MANIFEST_BLOB_UNKNOWN",
            "a layer of that image was never uploaded; push the image again",
        ),
        (r"manifest unknown|MANIFEST_UNKNOWN", "there is no such tag or digest; compare the image's name and tag"),
        (
            r"certificate.verify.failed|unknown authority|self.signed",
            "the certificate is not signed by an authority this machine trusts; set DOCKER_REGISTRY_CA_FILE to the CA",
        ),
        (
            r"wrong.version.number|record layer failure|unexpected eof while reading|http response to https client",
            "the server speaks plain HTTP where HTTPS was expected; compare host and port, or give it a certificate",
        ),
        (
            r"connection refused|actively refused",
            (
                "nothing listens there: compare host and port, and see whether the registry runs (`pulumi up` starts a "
                "local one)"
            ),
        ),
        (
            r"name or service not known|nodename nor servname|name resolution|getaddrinfo",
            "the host's name does not resolve: compare DOCKER_REGISTRY with the registry's host, and see DNS",
        ),
    )
)

_BY_STATUS: dict[int, str] = {
    401: "compare user name and password with the registry's, and see whether the token has ended",
    403: "compare DOCKER_REGISTRY's namespace with what this credential may push to; a read-only token fails like this",
    404: "compare DOCKER_REGISTRY's path with what exists in the registry",
    405: "the registry does not allow that operation",
    413: "the layer is larger than the registry, or a proxy before it, allows",
    429: "slow down: the registry limits requests by address or account",
}


# For failures told without a status, such as those that a Docker engine passes on.
_GENERAL: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"unauthorized|no basic auth credentials", re.IGNORECASE), 401),
    (re.compile(r"requested access to the resource is denied|\bdenied:", re.IGNORECASE), 403),
    (re.compile(r"toomanyrequests|too many requests", re.IGNORECASE), 429),
)


def advise(text: str, status: int | None = None) -> str:
    """What to do about a failure with the registry's `text` and HTTP `status`; empty where nothing is known."""
    for pattern, advice in _TABLE:
        if pattern.search(text):
            return advice
    if status is None:
        status = next((meant for pattern, meant in _GENERAL if pattern.search(text)), 0)
    return _BY_STATUS.get(status, "see the registry's own status and logs; try again later" if status >= 500 else "")
