"""What the agent is told of uploaded files."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from econtracting.domain.interview.attachments import AttachmentStatus
from econtracting.views.base import Said, View

type FormValue = Annotated[str, Field(description="Value of a form's hidden field, sent as it is")]


class AttachmentView(View):
    """One file."""

    attachment_id: str = Field(description="What an answer names the file by, once it has passed")
    file_name: str
    content_type: str = Field(description="Media type; once it has passed, the one that its content has")
    size: int = Field(description="Bytes; once it has passed, of what is kept")
    status: AttachmentStatus
    reason: str | None = Field(description="The rule that a rejected file broke")
    message: Said | None = Field(description="For the person who uploaded a rejected file: what is wrong, what to do")


class UploadView(View):
    """Where the browser sends the file: a form with these fields, and after them the file as `file`."""

    method: Literal["POST"]
    url: str
    fields: dict[str, FormValue]
    expires_at: datetime = Field(description="Until when the upload may begin")


class AnnouncedAttachmentView(AttachmentView):
    """A file that may now be uploaded."""

    upload: UploadView


class AttachmentsView(View):
    """The packet's files, those still to be uploaded among them."""

    items: list[AttachmentView]
