"""A folder that is a package."""

NAME = "shelf"
