"""The workflow that builds an image and pushes it to GHCR with the token that GitHub makes for the run. Pure.

Owns: its text. No action of a third party is in it but GitHub's own checkout: what logs in and pushes is Docker's
command, so that nothing else ever holds the token.
"""

import json
from string import Template

# `packages: write` is the one right it needs; a job gets no more than is written here.
_TEXT = Template("""\
# Printed by `snapdeploy-registry workflow`. Save it as .github/workflows/image.yml in $repository.
name: image
on:
  push:
    branches: [main]
permissions: {}
jobs:
  push:
    runs-on: ubuntu-latest
$environment    permissions:
      contents: read
      packages: write
    env:
      IMAGE: $${{ vars.DOCKER_REGISTRY }}/$app:$${{ github.sha }}
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - name: Log in
        env:
          TOKEN: $${{ github.token }}
        run: printf %s "$$TOKEN" | docker login ghcr.io --username "$$GITHUB_ACTOR" --password-stdin
      - name: Build
        # The label links the package to this repository, which gives those who may read it the package too.
        run: docker build --label org.opencontainers.image.source=https://github.com/$repository --tag "$$IMAGE" .
      - name: Push
        run: docker push "$$IMAGE"
      - name: Log out
        if: always()
        run: docker logout ghcr.io
""")


def workflow(repository: str, app: str, environment: str | None) -> str:
    """The workflow for `repository` (`owner/name`), which pushes `app`; in an environment, where one is named.

    Takes names that were judged (`names.py`, and no expression in them): the repository's stands in a shell command.
    """
    in_environment = f"    environment: {json.dumps(environment, ensure_ascii=False)}\n" if environment else ""
    return _TEXT.substitute(repository=repository, app=app, environment=in_environment)
