"""Whom the staff user pool knows now, whatever a token said when it was issued."""

from __future__ import annotations

from typing import Any

from econtracting.adapters.failures import translated


class PoolDirectory:
    def __init__(self, client: Any, pool_id: str) -> None:
        self._client = client
        self._pool_id = pool_id

    @translated
    def groups(self, username: str) -> frozenset[str]:
        who = {"UserPoolId": self._pool_id, "Username": username}
        try:
            if not self._client.admin_get_user(**who)["Enabled"]:
                return frozenset()
            answer = self._client.admin_list_groups_for_user(**who)
        except self._client.exceptions.UserNotFoundException:
            return frozenset()
        return frozenset(group["GroupName"] for group in answer["Groups"])
