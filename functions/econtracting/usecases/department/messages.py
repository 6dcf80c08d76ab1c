"""The queue of vendors' messages that were not applied: looked at, tried again, set aside, each with a note."""

from __future__ import annotations

from dataclasses import dataclass

from econtracting import ports
from econtracting.domain.audit import Event, EventType
from econtracting.domain.callers import Staff
from econtracting.domain.errors import AlreadyExists, InvalidTransition, MessageNotApplicable, NotFound
from econtracting.domain.messages import SEALED_FOR, MessageStatus, Objection, QueuedMessage
from econtracting.domain.packet import Packet
from econtracting.ports import Change
from econtracting.usecases.news.replaying import By, Replaying, settled_event
from econtracting.views.messages import MessageDetailView, MessagesView, MessageView

PAGE = 50


@dataclass(frozen=True)
class MessageQueue:
    """What the contracting department does with messages."""

    packets: ports.Packets
    messages: ports.Messages
    replaying: Replaying
    clock: ports.Clock

    def rows(self, status: MessageStatus, cursor: str | None) -> MessagesView:
        """Messages that stand so, oldest first; what a message says is shown one by one. Raises InvalidRequest."""
        now = self.clock.now()
        page = self.messages.page(status, cursor, PAGE)
        return MessagesView(
            items=[MessageView.of(one) for one in page.messages if one.expires_at > now], cursor=page.cursor
        )

    def show(self, staff: Staff, message_id: str) -> MessageDetailView:
        """A message with what it says; that it was read is on the trail of its packet. Raises NotFound, Unavailable."""
        row, now = self._row(message_id), self.clock.now()
        read = Event(
            type=EventType.PII_READ, at=now, actor=staff.actor, data={"purpose": SEALED_FOR, "message": row.id}
        )
        if row.packet_id is not None:
            self.packets.change(row.packet_id, lambda packet: Change(packet, events=[read]))
        raw = self.replaying.body(row)
        body = None if raw is None else raw.decode("utf-8", "backslashreplace")
        return MessageDetailView(**dict(MessageView.of(row)), body=body)

    def replay(self, staff: Staff, message_id: str, note: str) -> MessageView:
        """Apply a message now; what it says against an outcome that stood is thereby accepted.

        Raises NotFound, InvalidTransition for one that was set aside, MessageNotApplicable for one that still is not
        understood, fits nothing, or disagrees with our record.
        """
        row = self._open(message_id, MessageStatus.APPLIED)
        if row.status is MessageStatus.APPLIED:
            return MessageView.of(row)
        try:
            answer = self.replaying.again(row, By(staff.actor, note, accepts=True, request=staff.request))
        except AlreadyExists:
            return MessageView.of(self._open(message_id, MessageStatus.APPLIED))
        if isinstance(answer, Objection):
            raise MessageNotApplicable(reason=answer.reason.value, parts=list(answer.parts))
        return MessageView.of(answer)

    def set_aside(self, staff: Staff, message_id: str, note: str) -> MessageView:
        """Leave a message unapplied, for good: what stands stays.

        Raises NotFound, InvalidTransition for one that was applied.
        """
        row, now = self._open(message_id, MessageStatus.SET_ASIDE), self.clock.now()
        if row.status is MessageStatus.SET_ASIDE:
            return MessageView.of(row)
        after = row.settle(MessageStatus.SET_ASIDE, row.packet_id, staff.actor.id, note, now)

        def decide(packet: Packet) -> Change:
            if self.packets.find(QueuedMessage, MessageStatus.OPEN, row.id) is None:
                raise AlreadyExists()
            event = settled_event(after, EventType.MESSAGE_SET_ASIDE, staff.actor, now)
            return Change(packet, events=[event], puts=[after], drops=[row])

        try:
            if row.packet_id is None:
                self.messages.settle(row, after)
            else:
                self.packets.change(row.packet_id, decide, staff.request)
        except AlreadyExists:
            return MessageView.of(self._open(message_id, MessageStatus.SET_ASIDE))
        return MessageView.of(after)

    def _open(self, message_id: str, wanted: MessageStatus) -> QueuedMessage:
        """The message if it waits, or was settled as is wanted. Raises NotFound, InvalidTransition."""
        row = self._row(message_id)
        if row.status not in (MessageStatus.OPEN, wanted):
            raise InvalidTransition("This message is settled already.", message_status=row.status.value)
        return row

    def _row(self, message_id: str) -> QueuedMessage:
        found = (self.packets.find(QueuedMessage, status, message_id) for status in MessageStatus)
        row = next(filter(None, found), None)
        if row is None or row.expires_at <= self.clock.now():
            raise NotFound("There is no such message.", code="message-not-found")
        return row
