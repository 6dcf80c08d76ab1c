"""What senders of webhooks are answered."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from econtracting.views.base import View


class AcceptedView(View):
    """The message is kept, or it was before."""

    accepted: Literal[True] = Field(default=True, description="Repeats of a message are accepted as well")
