from tests.functions.access.conftest import world

__all__ = ["world"]
