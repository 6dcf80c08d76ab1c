"""The evidence package: everything a stranger needs to check a finished packet without a network or an account."""
