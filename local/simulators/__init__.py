"""The carrier's outside systems, each as a process of its own that speaks its vendor's HTTP.

Every simulator keeps what it promised in a database file, so that killing and restarting it loses neither an order nor
a webhook. What it answers is chosen by the input; local/README.md has the table.
"""
