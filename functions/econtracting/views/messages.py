"""What the contracting department is shown of the queue of vendors' messages."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from econtracting.domain.messages import MessageStatus, Obstacle, QueuedMessage
from econtracting.domain.moment import Moment
from econtracting.views.base import View

type ToldFacts = Annotated[dict[str, str], Field(description="State or course, what stands, what the message says")]


class MessageView(View):
    """A vendor's message that was not applied, or that a person settled."""

    message_id: str
    status: MessageStatus
    vendor: str = Field(description="Which vendor signed it")
    type: str = Field(description="The vendor's word for what happened; unknown if it could not be read")
    reference: str = Field(description="What it is about, in the vendor's words; empty if that is no plain reference")
    packet_id: str | None = Field(description="The packet it belongs to, if there is one")
    reason: Obstacle = Field(description="Why it was not applied")
    parts: list[str] = Field(description="Its members that disagree, or are not as documented")
    told: ToldFacts
    received_at: Moment
    expires_at: Moment = Field(description="When what it says is gone")
    settled_at: Moment | None
    settled_by: str | None = Field(description="Who of the staff settled it, or messages if it was applied by itself")
    note: str | None = Field(description="Why it was settled so")

    @classmethod
    def of(cls, row: QueuedMessage) -> MessageView:
        return cls(message_id=row.id, **row.model_dump(exclude={"id", "name"}))


class MessageDetailView(MessageView):
    """A message with what it says."""

    body: str | None = Field(description="As it came; null if no message told us, or if it is gone")


class MessagesView(View):
    """Messages of the queue, oldest first."""

    items: list[MessageView]
    cursor: str | None = Field(description="Leads to the next page; null on the last one")
