"""Supporting files: announced, uploaded straight to storage, looked at, kept or refused, removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from econtracting import ports
from econtracting.domain.audit import Event, EventType
from econtracting.domain.callers import Agent
from econtracting.domain.errors import Conflict, NotFound
from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.interview.attachments import (
    REQUESTS_PER_HOUR,
    TIME_TO_UPLOAD,
    Attachment,
    AttachmentStatus,
    checked_request,
    within_limits,
)
from econtracting.domain.interview.file_kinds import media_type
from econtracting.domain.interview.upload_content import check_content
from econtracting.domain.outbox import DropUpload, Effect, drop_upload
from econtracting.domain.packet import Packet
from econtracting.ports import Change
from econtracting.usecases.corrections import correcting
from econtracting.usecases.interview.answering import require_agreement, require_open_answers
from econtracting.views.attachments import AnnouncedAttachmentView, AttachmentsView, AttachmentView, UploadView


@dataclass(frozen=True)
class Attachments:
    packets: ports.Packets
    packet_types: ports.PacketTypes
    uploads: ports.Uploads
    scanner: ports.Scanner
    limits: ports.Limits
    ids: ports.Ids
    clock: ports.Clock

    def announce(self, agent: Agent, file_name: str, content_type: str, size: int) -> AnnouncedAttachmentView:
        """Where the browser may send one file. Announcements whose time ran out make room.

        Raises InvalidRequest naming field and rule, PacketFrozen, AgreementRequired, TooManyAttempts.
        """
        packets, now = self.packets, self.clock.now()
        name = checked_request(file_name, content_type, size)
        attachment = Attachment(
            packet_id=agent.packet_id,
            id=self.ids.attachment(),
            file_name=name,
            content_type=media_type(name, content_type),
            size=size,
            requested_at=now,
        )

        @cache
        def count() -> None:
            """Once, and only when there is something to decide: a repeated request gets its answer, not a count."""
            name = f"attachments#{agent.packet_id}"
            self.limits.hit(name, window=timedelta(hours=1), limit=REQUESTS_PER_HOUR, now=now)

        def decide(packet: Packet) -> Change:
            count()
            require_open_answers(packet, self.packet_types(packet.type))
            all_of_them = packets.all_of(Attachment, packet.id)
            lapsed = [one for one in all_of_them if one.lapsed(now)]
            within_limits([one for one in all_of_them if one not in lapsed and not _is_refused(one)], size)
            data = {"attachment": attachment.id, "content_type": attachment.content_type, "size": size}
            event = Event(type=EventType.ATTACHMENT_ANNOUNCED, at=now, actor=agent.actor, data=data)
            return Change(packet, events=[event], puts=[attachment], drops=lapsed[:20], answer=attachment)

        announced = self._announced(agent.packet_id, packets.change(agent.packet_id, decide, agent.request).answer)
        ends = announced.requested_at + TIME_TO_UPLOAD
        life = max(ends - now, timedelta())  # a repeated request gets no more time than the first one
        target = self.uploads.target(announced.quarantine_key, announced.content_type, announced.size, life)
        upload = UploadView(method="POST", url=target.url, fields=target.fields, expires_at=ends)
        return AnnouncedAttachmentView(**dict(_view(announced)), upload=upload)

    def complete(self, agent: Agent, attachment_id: str) -> AttachmentView:
        """Look at what was uploaded. Only what passed can be named in answers; repeating it gets the same answer.

        What is kept was looked at: what is sent to the target afterward changes nothing.
        Raises NotFound, Conflict (upload-missing) while there is nothing to look at, PacketFrozen, Unavailable.
        """
        now, packet = self.clock.now(), self.packets.load(agent.packet_id)
        require_open_answers(packet, self.packet_types(packet.type))
        found = self._find(packet.id, attachment_id)
        if found.status is not AttachmentStatus.AWAITED:
            return _view(found)
        try:
            content = self.uploads.read(found.quarantine_key, found.size + 1)
        except NotFound:
            raise Conflict("The file has not arrived yet. Please upload it first.", code="upload-missing") from None
        judged = self._judged(found, content, now)

        def decide(packet: Packet) -> Change | None:
            require_open_answers(packet, self.packet_types(packet.type))
            current = self._find(packet.id, attachment_id)
            if current.status is not AttachmentStatus.AWAITED:
                return None
            data = {"attachment": attachment_id, "sha256": judged.sha256}
            if judged.reason is not None:
                data["reason"] = judged.reason
            kind = EventType(f"attachment.{judged.status.value.lower()}")
            event = Event(type=kind, at=now, actor=agent.actor, data=data)
            drop = _drop(current, current.quarantine_key, "quarantine", now)
            return Change(packet, events=[event], puts=[judged], effects=[drop])

        self.packets.change(packet.id, decide)
        return _view(self._find(packet.id, attachment_id))

    def rows(self, agent: Agent) -> AttachmentsView:
        """The packet's files, without those that were announced long ago and never came. Raises AgreementRequired."""
        packet = self.packets.load(agent.packet_id)
        require_agreement(packet, self.packet_types(packet.type))
        now = self.clock.now()
        found = self.packets.all_of(Attachment, packet.id)
        return AttachmentsView(items=[_view(one) for one in found if not one.lapsed(now)])

    def remove(self, agent: Agent, attachment_id: str) -> None:
        """Take a file back; its bytes are dropped by the outbox. Raises NotFound, PacketFrozen."""
        now = self.clock.now()

        def decide(packet: Packet) -> Change:
            require_open_answers(packet, self.packet_types(packet.type))
            found = self._find(packet.id, attachment_id)
            correcting.require_unsigned_file(self.packets, packet, found)
            data = {"attachment": attachment_id}
            event = Event(type=EventType.ATTACHMENT_REMOVED, at=now, actor=agent.actor, data=data)
            return Change(packet, events=[event], drops=[found], effects=dropped(found, now))

        self.packets.change(agent.packet_id, decide)

    def _announced(self, packet_id: str, answer: Any) -> Attachment:
        """The file as it was announced. Earlier releases kept its id only. Raises NotFound for one that was removed."""
        if isinstance(answer, dict) and "requested_at" not in answer:
            return self._find(packet_id, answer["attachment_id"])
        return answer if isinstance(answer, Attachment) else Attachment.model_validate(answer)

    def _find(self, packet_id: str, attachment_id: str) -> Attachment:
        """Raises NotFound."""
        found = self.packets.find(Attachment, packet_id, attachment_id)
        if found is None:
            raise NotFound("There is no such file.", code="attachment-not-found")
        return found

    def _judged(self, found: Attachment, arrived: bytes, now: datetime) -> Attachment:
        """The file once it was looked at. If it passed, it is kept, without what stood before and behind it."""
        try:
            if len(arrived) != found.size:
                raise Refusal("size-mismatch", "This file did not arrive whole. Please upload it again.")
            whole = check_content(arrived, found.content_type)
            self.scanner.scan(found.quarantine_key, arrived, whole.content_type)
        except Refusal as refusal:
            return found.reject(refusal, arrived, now)
        self.uploads.keep(found.kept_key, whole.content, whole.content_type)
        return found.pass_(whole, now)


@dataclass(frozen=True)
class UploadRemoval:
    uploads: ports.Uploads

    def drop(self, effect: Effect) -> None:
        """Delete an upload's bytes. Raises Unavailable: the effect comes back."""
        self.uploads.remove(effect.asks_for(DropUpload).key)


def dropped(attachment: Attachment, now: datetime) -> list[Effect]:
    """What has the bytes of a removed upload deleted, wherever it had come to."""
    if attachment.status is AttachmentStatus.AWAITED:
        return [_drop(attachment, attachment.quarantine_key, "quarantine", now)]
    return [_drop(attachment, attachment.kept_key, "kept", now)]


def _view(attachment: Attachment) -> AttachmentView:
    return AttachmentView(
        attachment_id=attachment.id,
        file_name=attachment.file_name,
        content_type=attachment.content_type,
        size=attachment.size,
        status=attachment.status,
        reason=attachment.reason,
        message=attachment.message,
    )


def _is_refused(attachment: Attachment) -> bool:
    return attachment.status is AttachmentStatus.REJECTED


def _drop(attachment: Attachment, key: str, place: str, now: datetime) -> Effect:
    return drop_upload(attachment.packet_id, attachment.id, place, key, now)
