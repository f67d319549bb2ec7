"""The words everyone shares.

Owns: registry and authentication kinds, image reference rules, the builder's
variables, the stack's output names and the shape of a reported problem.
Does not own: anything that needs Pulumi, a network or a clock. Every other room
may import this one, so it imports none of them and only the standard library.
"""
