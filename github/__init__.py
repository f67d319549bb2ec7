"""Speaking to GitHub's REST API: tokens, and the packages of the container registry.

Owns: what GitHub calls things and which of it is allowed, one client, packages and their
versions, which of these may go, and the workflow that pushes. Does not own: images, tags and
manifests, which are the registry's own protocol (`oci/`), nor anything that a stack declares.

A room of its own because both the program (before it declares anything) and the tool ask
GitHub the same questions. Imports nothing but `contract`.
"""
