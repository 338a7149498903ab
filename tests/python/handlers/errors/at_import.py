"""Fails before there is a main()."""

raise RuntimeError("while it is loaded")
