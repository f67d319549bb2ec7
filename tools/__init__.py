"""How the project gets what it runs on, and the two commands that tie it together.

Owns: the virtual environment, the Pulumi engine and its language host, the registry
binary, the environment in which the engine runs, `make up` and `make down`. Does not own:
anything that is provisioned; that is the Pulumi program. Everything here but `up` and
`down` uses the standard library only, since it runs before anything is installed.
"""

import signal

# Until a command has set itself up there is nothing to put in order: Ctrl-C then just ends it, without a traceback.
signal.signal(signal.SIGINT, signal.SIG_DFL)
