"""The embedded stack: the unchanged template on an emulator, with a gateway, an inbox and the vendors' stand-ins.

Loopback only. Nothing under functions/ imports anything from here.
"""
