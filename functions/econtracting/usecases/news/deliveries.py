"""What became of a mail after the mail service took it: delivered, bounced, complained about.

"Sent" is what the service accepted, "delivered" what the receiving server accepted; neither says that anyone read it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.errors import AlreadyExists
from econtracting.domain.mail_reports import FAILED, MailReport, Outcome
from econtracting.domain.messages import Received
from econtracting.domain.need_to_know import Caller, tells_of_bounce
from econtracting.domain.outbox import Effect, Letter, send_letter
from econtracting.domain.packet import Delivery, Packet
from econtracting.ports import Change, Clock, Packets
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.commit.lifecycle import attention
from econtracting.usecases.screening import adverse

MAIL_SERVICE = Actor(kind="vendor", id="mail-service")
EVITES = frozenset({Letter.INVITATION, Letter.REMINDER, Letter.REMINDER_INTERVIEW, Letter.REMINDER_SIGNING})
TO_RECRUITER = frozenset(
    {
        Letter.DECLINED,
        Letter.WRONG_RECIPIENT,
        Letter.UNDELIVERABLE,
        Letter.NOT_DELIVERED,
        Letter.EXPIRED_RECRUITER,
    }
)
NOTICES = frozenset({Letter.ADVERSE_PRE, Letter.ADVERSE_FINAL})

# After these nothing more is written to the address.
LASTING = {
    Outcome.BOUNCED: "the receiving server says that there is no such mailbox, or refuses our mail.",
    Outcome.COMPLAINED: "the reader has marked it as unwanted, so we must not write to this address again.",
}
# After these the address may be good.
PASSING = {
    Outcome.GIVEN_UP: "the receiving server took no mail for them, although it was tried for hours. "
    "The mailbox may be full, or the server may be down.",
    Outcome.REFUSED: "our own mail service did not send it.",
}
EVENTS: dict[Outcome, tuple[EventType, EventType]] = {  # of an e-vite, of any other mail
    Outcome.DELIVERED: (EventType.INVITATION_DELIVERED, EventType.MAIL_DELIVERED),
    Outcome.DELAYED: (EventType.INVITATION_DELAYED, EventType.MAIL_DELAYED),
    Outcome.GIVEN_UP: (EventType.INVITATION_DELAYED, EventType.MAIL_DELAYED),  # as earlier releases called it
    Outcome.BOUNCED: (EventType.INVITATION_BOUNCED, EventType.MAIL_BOUNCED),
    Outcome.COMPLAINED: (EventType.INVITATION_COMPLAINED, EventType.MAIL_COMPLAINED),
    Outcome.REFUSED: (EventType.INVITATION_REFUSED, EventType.MAIL_REFUSED),
    Outcome.NOTED: (EventType.MAIL_NOTED, EventType.MAIL_NOTED),
}


class Mail(NamedTuple):
    """A mail of ours as its reference names it."""

    packet_id: str
    effect: str

    @property
    def letter(self) -> str:
        return self.effect.removeprefix("mail.").partition(".")[0]

    @property
    def number(self) -> str:
        return self.effect.rpartition(".")[2]


@dataclass(frozen=True)
class Deliveries:
    """Puts down what the mail service reports."""

    packets: Packets
    clock: Clock

    def record(self, reference: str, report: MailReport) -> None:
        """Write an outcome down once. A mail that cannot reach the agent marks the invitation and tells the recruiter.

        Raises PacketNotFound for a reference that is none of ours, Unavailable.
        """
        packet_id, _, effect = reference.partition(".")
        mail, now = Mail(packet_id, effect), self.clock.now()
        if report.outcome is Outcome.UNHEEDED:
            self.packets.load(packet_id)
            return
        if report.outcome is Outcome.SENT:
            record_sent(self.packets, packet_id, effect, report.message_id, now)
            return

        def decide(packet: Packet) -> Change | None:
            return self._decide(packet, mail, report, now)

        with suppress(AlreadyExists):
            self.packets.change(packet_id, decide)

    def _decide(self, packet: Packet, mail: Mail, report: MailReport, now: datetime) -> Change:
        outcome = self._after_all(mail, report)
        kind = EVENTS[outcome][0 if mail.letter in EVITES else 1]
        said = {"report": report.said, "message_id": report.message_id}
        data = {"mail": mail.effect, **{name: word for name, word in said.items() if word}}
        events = [Event(type=kind, at=now, actor=MAIL_SERVICE, data=data)]
        of_its_kind = report.said if outcome in (Outcome.NOTED, Outcome.DELAYED) else ""
        seen = Received(
            vendor=MAIL_SERVICE.id,
            message_id=f"{mail.packet_id}.{mail.effect}#{outcome}" + (f"#{of_its_kind}" if of_its_kind else ""),
            packet_id=packet.id,
            type=kind,
            at=now,
        )
        change = plus(self._notice(packet, mail, outcome, now) or Change(packet), events=events, claims=[seen])
        if not self._counts(packet, mail, report):
            return change
        lost = outcome is Outcome.GIVEN_UP and mail.letter in EVITES and self._was_delivered(mail)
        marked = change.packet.mail_sent() if lost else _mark(change.packet, mail.letter, outcome)
        return plus(replace(change, packet=marked), effects=self._told(packet, mail, outcome, now))

    def _after_all(self, mail: Mail, report: MailReport) -> Outcome:
        """An absence notice comes back after the mail was delivered: then nothing has failed."""
        return Outcome.NOTED if report.like_a_reply and self._was_delivered(mail) else report.outcome

    def _was_delivered(self, mail: Mail) -> bool:
        name = f"{mail.packet_id}.{mail.effect}#{Outcome.DELIVERED}"
        return self.packets.find(Received, MAIL_SERVICE.id, name) is not None

    def _notice(self, packet: Packet, mail: Mail, outcome: Outcome, now: datetime) -> Change | None:
        """The pre-adverse notice: its delivery starts a clock; if it came back, or was given up, it goes by post."""
        if mail.letter == Letter.ADVERSE_FINAL and outcome in FAILED:
            return Change(packet, effects=[attention(packet, adverse.NOTICE_UNDELIVERABLE, now)])
        if mail.letter != Letter.ADVERSE_PRE:
            return None
        if outcome is Outcome.DELIVERED:
            return adverse.notice_delivered(self.packets, packet, now, MAIL_SERVICE, mail.number)
        if outcome in FAILED:
            return adverse.notice_bounced(self.packets, packet, now, MAIL_SERVICE, mail.number)
        return None

    def _counts(self, packet: Packet, mail: Mail, report: MailReport) -> bool:
        """Whether what became of it says anything of the address that the agent has now."""
        to_agent = mail.letter not in TO_RECRUITER and report.is_about(packet.agent.email)
        return to_agent and tells_of_bounce(mail.letter, Caller.RECRUITER)

    def _told(self, packet: Packet, mail: Mail, outcome: Outcome, now: datetime) -> list[Effect]:
        """The letter to the recruiter, if it is for them to do something."""
        about = f"{mail.effect.removeprefix('mail.')}-{outcome}"  # not a count: the recruiter sees its reference
        if outcome in LASTING and packet.delivery != Delivery.UNDELIVERABLE:
            return [send_letter(packet.id, Letter.UNDELIVERABLE, about, now, failure=LASTING[outcome])]
        if outcome not in PASSING or packet.delivery == Delivery.UNDELIVERABLE:
            return []
        if mail.letter in EVITES:
            if packet.delivery == Delivery.DELIVERED and not self._was_delivered(mail):
                return []  # an e-vite did arrive: it is one reminder that did not
            about = f"{packet.mails_sent}-{outcome}"
        tell = send_letter(packet.id, Letter.NOT_DELIVERED, about, now, failure=PASSING[outcome])
        return [] if self.packets.find(Effect, packet.id, tell.id) else [tell]


def record_sent(packets: Packets, packet_id: str, effect: str, message_id: str, now: datetime) -> None:
    """Put down once that the mail service took an e-vite, and under which id. Raises PacketNotFound, Unavailable."""
    if not effect.startswith(f"mail.{Letter.INVITATION}."):
        packets.load(packet_id)
        return

    def decide(packet: Packet) -> Change | None:
        told = (one for one in packets.events(packet_id) if one.type == EventType.INVITATION_SENT)
        if any(one.data["mail"] == effect for one in told):
            return None
        data = {"mail": effect, "message_id": message_id}
        event = Event(type=EventType.INVITATION_SENT, at=now, actor=MAIL_SERVICE, data=data)
        latest = effect == f"mail.{Letter.INVITATION}.{packet.mails_sent}" and packet.delivery == Delivery.QUEUED
        return Change(packet.mail_sent() if latest else packet, events=[event])

    packets.change(packet_id, decide)


def _mark(packet: Packet, letter: str, outcome: Outcome) -> Packet:
    if outcome in LASTING:
        return packet.mail_undeliverable()
    if outcome is Outcome.DELIVERED and letter in EVITES and packet.delivery in (Delivery.QUEUED, Delivery.SENT):
        return packet.mail_delivered()
    return packet
