"""Supporting files: announced, uploaded straight to storage, looked at, kept or refused, removed."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from econtracting import ports
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.callers import Request
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
from econtracting.domain.interview.upload_content import check_content
from econtracting.domain.outbox import DropUpload, Effect, drop_upload
from econtracting.domain.packet import Packet
from econtracting.ports import Change
from econtracting.usecases.corrections import correcting
from econtracting.usecases.interview.answering import PacketTypes, require_agreement, require_open_answers


def announce(
    *,
    packets: ports.Packets,
    packet_types: PacketTypes,
    uploads: ports.Uploads,
    limits: ports.Limits,
    ids: ports.Ids,
    clock: ports.Clock,
    packet_id: str,
    file_name: str,
    content_type: str,
    size: int,
    actor: Actor,
    request: Request | None,
) -> dict[str, Any]:
    """Where the browser may send one file. Announcements whose time ran out make room.

    Raises InvalidRequest naming field and rule, PacketFrozen, AgreementRequired, TooManyAttempts.
    """
    now = clock.now()
    name = checked_request(file_name, content_type, size)
    attachment = Attachment(
        packet_id=packet_id, id=ids.attachment(), file_name=name, content_type=content_type, size=size, requested_at=now
    )

    @cache
    def count() -> None:
        """Once, and only when there is something to decide: a repeated request gets its answer, not a count."""
        limits.hit(f"attachments#{packet_id}", window=timedelta(hours=1), limit=REQUESTS_PER_HOUR, now=now)

    def decide(packet: Packet) -> Change:
        count()
        require_open_answers(packet, packet_types(packet.type))
        all_of_them = packets.all_of(Attachment, packet_id)
        lapsed = [one for one in all_of_them if _lapsed(one, now)]
        within_limits([one for one in all_of_them if one not in lapsed and not _refused(one)], size)
        data = {"attachment": attachment.id, "content_type": content_type, "size": size}
        event = Event(type=EventType.ATTACHMENT_ANNOUNCED, at=now, actor=actor, data=data)
        answer = {"attachment_id": attachment.id}
        return Change(packet, events=[event], puts=[attachment], drops=lapsed[:20], answer=answer)

    announced = packets.change(packet_id, decide, request).answer["attachment_id"]
    stands = packets.find(Attachment, packet_id, announced) or attachment
    target = uploads.target(stands.quarantine_key, stands.content_type, stands.size, TIME_TO_UPLOAD)
    upload = {
        "method": "POST",
        "url": target.url,
        "fields": target.fields,
        "expires_at": stands.requested_at + TIME_TO_UPLOAD,
    }
    return {**view(stands), "upload": upload}


def complete(
    *,
    packets: ports.Packets,
    packet_types: PacketTypes,
    uploads: ports.Uploads,
    scanner: ports.Scanner,
    clock: ports.Clock,
    packet_id: str,
    attachment_id: str,
    actor: Actor,
) -> dict[str, Any]:
    """Look at what was uploaded. Only what passed can be named in answers; repeating it gets the same answer.

    The bytes that were looked at are the ones that are kept: what is sent to the target afterwards changes nothing.
    Raises NotFound, Conflict (upload-missing) while there is nothing to look at, PacketFrozen, Unavailable.
    """
    now = clock.now()
    require_open_answers(packet := packets.load(packet_id), packet_types(packet.type))
    found = _found(packets, packet_id, attachment_id)
    if found.status is not AttachmentStatus.AWAITED:
        return view(found)
    try:
        content = uploads.read(found.quarantine_key, found.size + 1)
    except NotFound:
        raise Conflict("The file has not arrived yet. Please upload it first.", code="upload-missing") from None
    judged = _judged(found, content, scanner, now)
    if judged.status is AttachmentStatus.PASSED:
        uploads.keep(judged.kept_key, content, judged.content_type)

    def decide(packet: Packet) -> Change | None:
        require_open_answers(packet, packet_types(packet.type))
        current = _found(packets, packet_id, attachment_id)
        if current.status is not AttachmentStatus.AWAITED:
            return None
        data = {"attachment": attachment_id, "sha256": judged.sha256}
        if judged.reason is not None:
            data["reason"] = judged.reason
        event = Event(type=EventType(f"attachment.{judged.status.value.lower()}"), at=now, actor=actor, data=data)
        drop = _drop(current, current.quarantine_key, "quarantine", now)
        return Change(packet, events=[event], puts=[judged], effects=[drop])

    packets.change(packet_id, decide)
    return view(_found(packets, packet_id, attachment_id))


def listed(*, packets: ports.Packets, packet_types: PacketTypes, clock: ports.Clock, packet_id: str) -> dict[str, Any]:
    packet = packets.load(packet_id)
    require_agreement(packet, packet_types(packet.type))
    now = clock.now()
    return {"items": [view(one) for one in packets.all_of(Attachment, packet_id) if not _lapsed(one, now)]}


def remove(
    *,
    packets: ports.Packets,
    packet_types: PacketTypes,
    clock: ports.Clock,
    packet_id: str,
    attachment_id: str,
    actor: Actor,
) -> None:
    """Take a file back; its bytes are dropped by the outbox. Raises NotFound, PacketFrozen."""
    now = clock.now()

    def decide(packet: Packet) -> Change:
        require_open_answers(packet, packet_types(packet.type))
        found = _found(packets, packet_id, attachment_id)
        correcting.require_unsigned_file(packets, packet, found)
        event = Event(type=EventType.ATTACHMENT_REMOVED, at=now, actor=actor, data={"attachment": attachment_id})
        return Change(packet, events=[event], drops=[found], effects=dropped(found, now))

    packets.change(packet_id, decide)


def drop(*, uploads: ports.Uploads, effect: Effect) -> None:
    """Delete an upload's bytes. Raises Unavailable: the effect comes back."""
    uploads.remove(effect.asks_for(DropUpload).key)


def dropped(attachment: Attachment, now: datetime) -> list[Effect]:
    """What has the bytes of a removed upload deleted, wherever it had come to."""
    if attachment.status is AttachmentStatus.AWAITED:
        return [_drop(attachment, attachment.quarantine_key, "quarantine", now)]
    return [_drop(attachment, attachment.kept_key, "kept", now)]


def view(attachment: Attachment) -> dict[str, Any]:
    shown = attachment.model_dump(mode="json", include={"file_name", "content_type", "size", "status", "reason"})
    return {"attachment_id": attachment.id, **shown}


def _judged(found: Attachment, content: bytes, scanner: ports.Scanner, now: datetime) -> Attachment:
    verdict: dict[str, Any] = {"checked_at": now, "sha256": sha256(content).hexdigest()}
    try:
        if len(content) != found.size:
            raise Refusal("size-mismatch", "What arrived is not as long as announced.")
        check_content(content, found.content_type)
        scanner.scan(content, found.content_type)
    except Refusal as refusal:
        return found.model_copy(update={**verdict, "status": AttachmentStatus.REJECTED, "reason": refusal.rule})
    return found.model_copy(update={**verdict, "status": AttachmentStatus.PASSED})


def _found(packets: ports.Packets, packet_id: str, attachment_id: str) -> Attachment:
    found = packets.find(Attachment, packet_id, attachment_id)
    if found is None:
        raise NotFound("There is no such file.", code="attachment-not-found")
    return found


def _lapsed(attachment: Attachment, now: datetime) -> bool:
    return attachment.status is AttachmentStatus.AWAITED and now >= attachment.requested_at + 2 * TIME_TO_UPLOAD


def _refused(attachment: Attachment) -> bool:
    return attachment.status is AttachmentStatus.REJECTED


def _drop(attachment: Attachment, key: str, place: str, now: datetime) -> Effect:
    return drop_upload(attachment.packet_id, attachment.id, place, key, now)
