"""The program's own rooms, imported by `__main__.py` only.

Owns: turning the stack's config into frozen settings, and whatever else the program does
before and after the components. Does not own any cloud resource: those are components.
"""
