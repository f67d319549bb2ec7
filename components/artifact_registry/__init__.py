"""Google Artifact Registry: a production registry in one project and location, for any number of apps.

Owns: everything of the kind `artifact-registry`, one of its parts a file. The files without a component in them
(`cleanup`, `federation`, `rights`, `settings*`) are pure: they need neither Pulumi nor Google, and are tested without
both.
"""
