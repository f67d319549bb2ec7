"""The review of a change: what was shown to the reviewers, and whether that is what is applied.

Owns: the digest of a preview's steps, the comment that carries it, and holding a later preview against it. Does not
own the explanation in the comment (`snapdeploy-registry explain`), nor GitHub's notes (`github/notes.py`).
"""
