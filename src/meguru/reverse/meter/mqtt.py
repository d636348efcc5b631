"""Readings from an MQTT broker: at least once, acknowledged when they are on the disk."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meguru.errors import ReadingError
from meguru.inventory.importers.naming import need
from meguru.reverse.meter.ingest import Ingest

if TYPE_CHECKING:
    from paho.mqtt.client import Client

EXTRA = "meter"
QUALITY = 1  # at least once
BATCH, BATCH_SECONDS = 200, 0.2  # so many messages, or so long, wait for the disk together
SETTLE_SECONDS = 60.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # s before the next try to connect
KEEPALIVE = 30  # s; a broker that is silent longer is taken as gone


@dataclass(frozen=True)
class Broker:
    """Where a broker is, and what is read there.

    ``name`` is the name of the session: the broker keeps for it what comes while nobody listens.
    """

    host: str
    port: int = 1883
    topics: tuple[str, ...] = ("readings/#", "scans/#")
    name: str = "meguru"
    user: str | None = None
    password: str | None = None
    encrypted: bool = False


def new_client(broker: Broker, *, clean: bool) -> Client:
    """A client that acknowledges by itself only in a clean session, of which the broker keeps nothing.

    Raises
    ------
    LibraryError
        The client is not installed (extra ``meguru[meter]``).
    """
    need("paho.mqtt.client", EXTRA, "readings from a broker")
    from paho.mqtt.client import Client
    from paho.mqtt.enums import CallbackAPIVersion

    client = Client(
        CallbackAPIVersion.VERSION2, client_id=broker.name, clean_session=clean, manual_ack=not clean
    )
    if broker.user is not None:
        client.username_pw_set(broker.user, broker.password)
    if broker.encrypted:
        client.tls_set_context(ssl.create_default_context())
    return client


def follow(broker: Broker, seen: Callable[[str, bytes], None], seconds: float) -> Iterator[None]:
    """Hand on each message that comes from now on, for a view; gives back control every so many seconds."""
    client = new_client(broker, clean=True)
    client.on_connect = lambda one, *rest: one.subscribe([(topic, 0) for topic in broker.topics])
    client.on_message = lambda one, data, message: seen(message.topic, bytes(message.payload))
    client.connect_async(broker.host, broker.port, keepalive=KEEPALIVE)
    client.loop_start()
    try:
        while True:
            time.sleep(seconds)
            yield
    finally:
        client.disconnect()
        client.loop_stop()


class Listener:
    """Takes messages of a broker into a store.

    One thread does everything: while the disk is waited for nothing is read from the broker, so that it and
    the sensors slow down and nothing piles up here. A message is acknowledged only when it is on the disk;
    what was not comes again and is counted once.

    Parameters
    ----------
    ingest
        Takes the messages.
    seen
        Called with topic and payload of each message taken, as for a live view.
    """

    def __init__(
        self, broker: Broker, ingest: Ingest, seen: Callable[[str, bytes], None] | None = None
    ) -> None:
        self.broker, self.ingest, self.seen = broker, ingest, seen
        self.connected = False
        self.refused: str | None = None
        self._waiting: list[tuple[int, int]] = []
        self._pause = FIRST_PAUSE
        self._client = self._new_client()

    def run(self, until: Callable[[], bool]) -> None:
        """Listen until told to stop; reconnect whenever the connection breaks.

        Raises
        ------
        ReadingError
            The broker refuses the session, or to send a topic.
        WriteError
            The disk is full; what was not acknowledged comes again when this is called again.
        """
        from paho.mqtt.enums import MQTTErrorCode

        synced = settled = time.monotonic()
        code = MQTTErrorCode.MQTT_ERR_NO_CONN
        try:
            while not until():
                if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
                    code = self._connect(until)
                    continue
                code = self._client.loop(timeout=0.1)
                if self.refused is not None:
                    raise ReadingError(
                        "the broker refuses the session or a topic",
                        found=self.refused,
                        place=self.broker.host,
                    )
                now = time.monotonic()
                if len(self._waiting) >= BATCH or now - synced >= BATCH_SECONDS:
                    self._acknowledge()
                    synced = now
                if now - settled >= SETTLE_SECONDS:
                    self._acknowledge()
                    self.ingest.settle()
                    settled = now
            self._acknowledge()
        finally:
            self._client.disconnect()
        self.ingest.settle()

    def _new_client(self) -> Client:
        client = new_client(self.broker, clean=False)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        return client

    def _connect(self, until: Callable[[], bool]) -> Any:
        """Try to connect; after each failure wait twice as long."""
        from paho.mqtt.enums import MQTTErrorCode

        self._waiting.clear()  # of the old connection: they come again
        try:
            return self._client.connect(self.broker.host, self.broker.port, keepalive=KEEPALIVE)
        except OSError:
            end = time.monotonic() + self._pause
            while time.monotonic() < end and not until():
                time.sleep(min(0.1, self._pause))
            self._pause = min(LONGEST_PAUSE, 2.0 * self._pause)
            return MQTTErrorCode.MQTT_ERR_NO_CONN

    def _on_connect(self, client: Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self.refused = str(reason)
            return
        self.connected, self._pause = True, FIRST_PAUSE
        client.subscribe([(topic, QUALITY) for topic in self.broker.topics])

    def _on_subscribe(
        self, client: Client, userdata: Any, number: int, reasons: Sequence[Any], properties: Any
    ) -> None:
        refused = [topic for topic, one in zip(self.broker.topics, reasons, strict=False) if one.is_failure]
        if refused:
            self.refused = f"no right to read {', '.join(refused)}"

    def _on_disconnect(self, client: Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        self.connected = False

    def _on_message(self, client: Client, userdata: Any, message: Any) -> None:
        self.ingest.take(message.topic, message.payload)
        if message.qos > 0:
            self._waiting.append((message.mid, message.qos))
        if self.seen is not None:
            self.seen(message.topic, message.payload)

    def _acknowledge(self) -> None:
        """Wait for the disk, then acknowledge."""
        self.ingest.sync()
        for message, quality in self._waiting:
            self._client.ack(message, quality)
        self._waiting.clear()
