"""The code of the Lambda that counts what a registry holds: `handler.py`, with the quotas that it counts against.

Owns: the counting. Does not own: the Lambda as a resource (`usage.py`). `handler.py` imports
nothing of ours, since it runs alone in AWS with the boto3 of its runtime.
"""
