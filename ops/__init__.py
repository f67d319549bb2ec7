"""The command-line tool `snapdeploy-registry`: the day's work around a provisioned registry.

Owns: one verb a file, each a plain function with a result dataclass; `cli.py` alone reads
arguments, prints and exits. Does not own provisioning. Nothing heavy is imported before the verb
that needs it: the tool must answer `--help` at once.
"""

# Written here, and held to pyproject.toml by a test: reading a package's metadata would delay `--version`.
__version__ = "0.1.0"
