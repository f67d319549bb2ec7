"""`crane`, the registry client that the documentation names, built from its module where a test or the bench needs it.

Owns: which program it is. Does not own: how a Go program is built (`tools/go_program.py`).
"""

from tools.go_program import GoProgram

CRANE = GoProgram(
    name="crane",
    package="github.com/google/go-containerregistry/cmd/crane",
    dependency="github.com/google/go-containerregistry",
    minutes=1,
)
