"""Docker Hub as a registry: the component, what it may be told, and the Hub's API behind it.

Owns: the credential for `docker.io/<namespace>`, and which of the namespace's repositories are
private. Does not own images, teams or tokens: the Hub's own pages make those.
"""
