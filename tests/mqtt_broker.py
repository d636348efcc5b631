"""A broker on this machine, in a process of its own: ``python mqtt_broker.py PORT``.

amqtt forgets what a session with a broken connection has not acknowledged yet; MQTT 3.1.1 says that it is
sent again (4.4). Here it is kept for the session. Whoever gives a name may connect: the sessions of nameless
ones are not kept.
"""

from __future__ import annotations

import asyncio
import sys
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


async def serve(port: int) -> None:
    ProtocolHandler.mqtt_publish = publish
    listeners = {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}}
    await Broker({"listeners": listeners, "plugins": {"mqtt_broker.AnyName": {}}}).start()
    print("up", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    sys.modules["mqtt_broker"] = sys.modules["__main__"]
    asyncio.run(serve(int(sys.argv[1])))
