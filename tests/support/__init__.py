"""What tests of several rooms share: real servers on loopback, started and always ended."""
