"""GHCR, GitHub's container registry, one of its parts a file.

Owns: everything of the kind `ghcr`. Does not own: GitHub's API and its words (`github/`). GitHub has no API that makes
a package, so nothing here is a resource of a provider: what can be had is checked, and what only a page can do is said.
"""
