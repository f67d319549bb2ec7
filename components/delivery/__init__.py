"""Where the builder's variables go: one target a file, all over the same contract."""
