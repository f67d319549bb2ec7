"""Simulated clouds: provider executables that the real engine takes for the vendors' own.

Owns: the gRPC service, the check of each input against the SDK's own types, the store in
which simulated resources live, and a module per provider under `providers/`. Does not own:
the engine, the programs, or the order in which tools find executables.

Why on the real engine and not only with mocks: secrets, unknowns, diffs, replacement,
refresh, import and half-finished updates are the engine's doing, and mocks have none of
them. Nothing here opens a connection to anything but this machine.
"""
