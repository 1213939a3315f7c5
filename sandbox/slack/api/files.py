"""files.*: an address for the bytes, the bytes, the message that shares the file; and what lies there.

docs.slack.dev/reference/methods/files.getUploadURLExternal, files.completeUploadExternal and files.info
"""

from __future__ import annotations

import secrets

from sandbox.slack.api.chat import conversation
from sandbox.slack.api.method import ApiError, Method
from sandbox.slack.files import File, fresh_id
from sandbox.slack.record import Json
from sandbox.slack.workspace import Workspace


def get_upload_url(slack: Workspace, args: Json) -> Json:
    """files.getUploadURLExternal."""
    length = str(args["length"])
    if not length.isdecimal() or int(length) == 0:
        raise ApiError("invalid_arguments", ["must be a size in bytes [json-pointer:/length]"])
    file = File(fresh_id(), secrets.token_hex(8), str(args["filename"]), int(length))
    slack.files[file.id] = file
    return {"upload_url": f"{slack.url}/upload/{file.secret}", "file_id": file.id}


def take_bytes(slack: Workspace, secret: str, body: bytes) -> None:
    """The bytes of a file; ApiError where nobody asked for the address, or they are of another length."""
    file = next((one for one in slack.files.values() if one.secret == secret and one.content is None), None)
    if file is None:
        raise ApiError("invalid_arguments", ["there is no such upload_url, or it was used"])
    if len(body) != file.length:
        raise ApiError("invalid_arguments", [f"{len(body)} bytes, and {file.length} were told"])
    file.content = body
    slack.changes.happened()


def complete_upload(slack: Workspace, args: Json) -> Json:
    """files.completeUploadExternal: shares what was uploaded, in one message."""
    given = args["files"]
    if not isinstance(given, list) or not all(isinstance(one, dict) and "id" in one for one in given):
        raise ApiError("invalid_arguments", ["must be a list of {id, title} [json-pointer:/files]"])
    files = [slack.files.get(str(one["id"])) for one in given]
    if any(one is None or one.content is None for one in files):
        raise ApiError("file_not_found")
    told = [{"id": one.id, "name": one.name, "title": one.name} for one in files if one]
    if args.get("channel_id"):
        channel = conversation(slack, args["channel_id"])
        for file in files:
            assert file is not None  # asked above
            file.channels.append(channel.id)
        slack.post(channel.id, text=str(args.get("initial_comment") or ""), files=told)
    return {"files": told}


def info(slack: Workspace, args: Json) -> Json:
    """files.info."""
    file = slack.files.get(str(args["file"]))
    if file is None or file.content is None:
        raise ApiError("file_not_found")
    if file.is_deleted:
        raise ApiError("file_deleted")
    return {"file": file.to_dict(slack.url), "comments": [], "content": "", "is_truncated": False}


METHODS = [
    Method.of("files.info", info, "file", "count cursor limit page", "files:read"),
    Method.of(
        "files.getUploadURLExternal", get_upload_url, "filename length", "alt_txt snippet_type", "files:write"
    ),
    Method.of(
        "files.completeUploadExternal",
        complete_upload,
        "files",
        "channel_id channels initial_comment thread_ts blocks",
        "files:write",
    ),
]
