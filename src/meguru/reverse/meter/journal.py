"""The journal: messages as they came, on the disk before they are acknowledged.

A frame is its length, a checksum, the time of receipt, the topic and the payload. A process that is killed
leaves at most one torn frame at the end of its file; that message was never acknowledged and comes again.
Bytes that were damaged later are handed on as they are, and reading goes on with the next whole frame.
"""

from __future__ import annotations

import os
import secrets
import struct
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from meguru.errors import WriteError

HEAD = struct.Struct("<IIqH")  # length of all behind it, checksum, ms of receipt, length of the topic
SUFFIX = ".journal"


class Message(NamedTuple):
    """A message as it came; ``received`` in ms since 1970 UTC."""

    received: int
    topic: str
    payload: bytes


class Damage(NamedTuple):
    """Bytes of a journal that are no frame; ``start`` is where they lie."""

    start: int
    data: bytes


class Journal:
    """Appends messages to a file of its own; nothing counts as kept before :meth:`sync` returns."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path: Path | None = None
        self._stream: BinaryIO | None = None
        self._torn: int | None = None  # a frame that could not be written whole begins here
        self.written = 0

    def append(self, message: Message) -> None:
        """Add a message; it is not safe yet.

        Raises
        ------
        WriteError
            The disk is full or can not be written.
        """
        topic = message.topic.encode()
        body = topic + message.payload
        checksum = zlib.crc32(body, message.received & 0xFFFFFFFF)
        frame = HEAD.pack(len(body), checksum, message.received, len(topic)) + body
        try:
            stream = self._opened()
            start = stream.tell()
            try:
                stream.write(frame)
            except OSError:
                self._torn = start
                raise
        except OSError as error:
            raise self._failed(error) from error
        self.written += 1

    def sync(self) -> None:
        """Wait until all messages are on the disk.

        Raises
        ------
        WriteError
            They can not be written.
        """
        if self._stream is None:
            return
        try:
            self._stream.flush()
            os.fsync(self._stream.fileno())
        except OSError as error:
            raise self._failed(error) from error

    def close(self) -> None:
        """Sync and close; the next message begins a new file."""
        if self._stream is not None:
            try:
                self.sync()
            finally:
                self._stream.close()
                self._stream = None

    def _opened(self) -> BinaryIO:
        if self._stream is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            # Named by time, so that files are read in the order in which they were written.
            self._path = self.folder / f"{time.time_ns():020d}-{secrets.token_hex(4)}{SUFFIX}"
            self._stream = self._path.open("xb")
            sync_folder(self.folder)  # else a power cut takes the file with all that is in it
        elif self._torn is not None:
            self._stream.seek(self._torn)
            self._stream.truncate()
            self._torn = None
        return self._stream

    def _failed(self, error: OSError) -> WriteError:
        return WriteError(
            f"readings can not be kept: {error.strerror or error}",
            file=str(self._path or self.folder),
            hint="They were not acknowledged and will be sent again.",
        )


def journals(folder: Path) -> list[Path]:
    """Files of the journal, oldest first."""
    return sorted(folder.glob(f"*{SUFFIX}"))


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def messages(path: Path) -> Iterator[Message | Damage]:
    """The whole frames of a file in order, and what lies between them; not a torn frame at its end."""
    data = path.read_bytes()
    start = 0
    damaged: int | None = None
    while start + HEAD.size <= len(data):
        message = _frame(data, start)
        # Among damaged bytes zeros are no frame of an empty message.
        if message is None or (damaged is not None and not any(message)):
            damaged = start if damaged is None else damaged
            start += 1
            continue
        if damaged is not None:
            yield Damage(damaged, data[damaged:start])
            damaged = None
        yield message
        start += HEAD.size + HEAD.unpack_from(data, start)[0]
    if damaged is not None and damaged + HEAD.size + HEAD.unpack_from(data, damaged)[0] <= len(data):
        yield Damage(damaged, data[damaged:])


def _frame(data: bytes, start: int) -> Message | None:
    length, checksum, received, topic_length = HEAD.unpack_from(data, start)
    first = start + HEAD.size
    if topic_length > length or first + length > len(data):
        return None
    body = data[first : first + length]
    if zlib.crc32(body, received & 0xFFFFFFFF) != checksum:
        return None
    return Message(received, body[:topic_length].decode(errors="replace"), body[topic_length:])
