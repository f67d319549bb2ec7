"""AWS ECR: the production registry, one of its parts a file.

Owns: everything of the kind `ecr`. The files without a component in them (`place`, `lifecycle`, `rights`, `trust`,
`settings*`) are pure: they need neither Pulumi nor AWS, and are tested without both.
"""
