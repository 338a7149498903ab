"""The runtime that runs wptserve's Python handlers, unmodified, in host's sandbox."""
