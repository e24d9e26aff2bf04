"""`python -m pia_engine.cli`: the same command, for a process that starts another of its own kind."""

from pia_engine.cli import main

main()
