"""Where a team's state lies, where it keeps one of its own: a bucket, and the key that encrypts it and its secrets.

Owns: making both as they should be, on AWS and on Google Cloud, and telling what is there. Does not own what is kept in
them, which is the engine's, nor any registry.

A room of its own because no stack can declare it (its state would have nowhere to lie), and because the tool itself
(`ops/`) knows no cloud's library. Imports nothing but `contract`; boto3 and google-auth are imported in
the calls.
"""
