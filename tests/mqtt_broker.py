"""A broker on this machine, in a process of its own: ``python mqtt_broker.py PORT [SESSIONS]``.

amqtt forgets what a session with a broken connection has not acknowledged yet; MQTT 3.1.1 says that it is
sent again (4.4). Here it is kept for the session. Whoever gives a name may connect: the sessions of nameless
ones are not kept. amqtt keeps sessions in memory only; when told to stop, this one writes what it owes to
each session into the file SESSIONS, and has it again when it starts.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from amqtt.broker import Broker, RetainedApplicationMessage
from amqtt.mqtt.protocol.handler import ProtocolHandler
from amqtt.plugins.base import BaseAuthPlugin


class AnyName(BaseAuthPlugin):  # type: ignore[misc] # amqtt has no types
    """Lets everybody in who gives a name."""

    async def authenticate(self, *, session: Any) -> bool:
        return bool(session.username)


_publish = ProtocolHandler.mqtt_publish


async def publish(self: Any, topic: str, data: Any, qos: int | None, retain: bool, *more: Any) -> Any:
    """As amqtt does, but what is not acknowledged stays."""
    session = self.session
    try:
        return await _publish(self, topic, data, qos, retain, *more)
    except BaseException:
        if qos and session is not None:
            session.retained_messages.put_nowait(RetainedApplicationMessage(session, topic, data, qos))
        raise


async def serve(port: int, kept: Path | None) -> None:
    ProtocolHandler.mqtt_publish = publish
    listeners = {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}}
    broker = Broker({"listeners": listeners, "plugins": {"mqtt_broker.AnyName": {}}})
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await broker.start()
    if kept is not None and kept.exists():
        restore(broker, json.loads(kept.read_text()))
    print("up", flush=True)
    await stop.wait()
    while not broker._broadcast_queue.empty():
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)
    if kept is not None:
        kept.write_text(json.dumps(owed(broker)))
    os._exit(0)  # connections break


def owed(broker: Any) -> dict[str, Any]:
    """Subscriptions of each session, and messages that it has not acknowledged."""
    found: dict[str, Any] = {}
    for name, (session, _) in broker.sessions.items():
        if not session.clean_session:
            waiting = list(session.inflight_out.values())
            while not session.retained_messages.empty():
                waiting.append(session.retained_messages.get_nowait())
            topics = [
                (topic, quality)
                for topic, sessions in broker.subscriptions.items()
                for one, quality in sessions
                if one is session
            ]
            messages = [(one.topic, base64.b64encode(one.data).decode(), one.qos) for one in waiting]
            found[name] = {"topics": topics, "messages": messages}
    return found


def restore(broker: Any, kept: dict[str, Any]) -> None:
    for name, one in kept.items():
        handler, session = broker.create_offline_session(name)
        session.clean_session = False
        broker.sessions[name] = (session, handler)
        for topic, quality in one["topics"]:
            broker.subscriptions.setdefault(topic, []).append((session, quality))
        for topic, data, quality in one["messages"]:
            session.retained_messages.put_nowait(
                RetainedApplicationMessage(session, topic, base64.b64decode(data), quality)
            )


if __name__ == "__main__":
    sys.modules["mqtt_broker"] = sys.modules["__main__"]
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None))
