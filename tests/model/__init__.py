"""A package, so that what its conftest sets up ends with it."""
