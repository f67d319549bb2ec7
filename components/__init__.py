"""Pulumi component resources: one registry, delivery target or proof a file.

Owns: what is declared, and the providers of what has no provider of its own. Does not own:
reading the config, choosing which components a stack has (`stack/`), or speaking to a
registry (`oci/`).
"""
