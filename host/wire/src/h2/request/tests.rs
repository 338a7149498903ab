//! Requests by the rules and against them.
