"""How one speaks to an OCI registry, whichever kind it is.

Owns: the wire (distribution specification 1.1 over HTTP), making a credential of the builder's
variables, logging in by challenge, retries, what a refusal means, and the checks that prove a
registry fit for the builder. Does not own: where the variables come from, and how anything is printed. Nothing here
imports Pulumi, so the command-line tool and a dynamic provider can both use it.
"""
