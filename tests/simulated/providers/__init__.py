"""One module per simulated provider, each with a `PROVIDER` that says what it knows.

A module is found by the provider's name with `-` read as `_`. A new one needs this file
and an executable `bin/pulumi-resource-<name>`, which is the same three lines for all.
"""
