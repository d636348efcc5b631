"""A real broker: the listener is killed, and the broker stopped, again and again; nothing is lost, nothing
counted twice."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from plants import DAY, SMALL, small

from meguru import errors
from meguru.reverse.meter.ingest import Ingest
from meguru.reverse.meter.mqtt import Broker, Listener, follow, new_client
from meguru.reverse.meter.store import Store
from meguru.reverse.plant.sensors import ALL_FAULTS, simulate_plant, stream

HERE = Path(__file__).parent
PLANT_HOURS = 24 if os.environ.get("MEGURU_LONG_TESTS") else 1
FIRST_HOUR = 9
KILL_EVERY = 400 if PLANT_HOURS == 24 else 150  # messages
FAULTS = ("kill", "broker", "interrupt", "both")
WAIT = 60.0  # s, before a test gives up
TRIES = 10  # of a listener, to have all


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def start_broker(port: int, kept: Path | None = None) -> subprocess.Popen[bytes]:
    """A broker; with ``kept`` it has its sessions again when it is stopped and started."""
    command = [sys.executable, str(HERE / "mqtt_broker.py"), str(port)]
    process = subprocess.Popen([*command, *([str(kept)] if kept else [])], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"up\n"
    return process


def end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    process.send_signal(how)
    process.communicate()


@contextmanager
def broker(port: int) -> Iterator[None]:
    process = start_broker(port)
    try:
        yield
    finally:
        end(process, signal.SIGKILL)


def listener(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """``meguru reverse ingest`` in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "meguru",
        "reverse",
        "ingest",
        str(folder / "plant.yaml"),
        str(folder / "store"),
    ]
    return subprocess.Popen(
        [*command, "--broker", f"127.0.0.1:{port}", "--user", "line"],
        env={**os.environ, "PYTHONPATH": str(HERE.parent / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        # As from a terminal: Ctrl-C reaches it, also where the tests themselves ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def publisher(port: int) -> Client:
    client = Client(CallbackAPIVersion.VERSION2, client_id="sensors")
    client.username_pw_set("sensors")
    client.connect("127.0.0.1", port)
    client.loop_start()
    return client


def journal_size(folder: Path) -> int:
    return sum(path.stat().st_size for path in (folder / "store" / "journal").glob("*"))


def test_nothing_is_lost_and_nothing_counted_twice_over_restarts_and_kills(tmp_path: Path) -> None:
    """The listener is killed, the broker stopped and started, the listener interrupted, the broker stopped
    while the listener is dead; and so on."""
    (tmp_path / "plant.yaml").write_text(SMALL)
    simulated = simulate_plant(small(), [DAY], faults=ALL_FAULTS)
    first = DAY * 86_400_000 + FIRST_HOUR * 3_600_000 * (PLANT_HOURS < 24)
    last = first + PLANT_HOURS * 3_600_000
    sent = [row for row in stream(simulated, DAY) if first <= row[0] < last + 1000]
    port, kept = free_port(), tmp_path / "sessions.json"
    server, process = start_broker(port, kept), listener(tmp_path, port)
    wait_for(lambda: (tmp_path / "store" / "lock").exists())
    time.sleep(2.0)  # until it has subscribed
    client = publisher(port)
    happened = []
    for number, (_, topic, payload) in enumerate(sent):
        done = client.publish(topic, payload, qos=1)
        if number % 10 == 0:
            done.wait_for_publish(WAIT)
        if number % KILL_EVERY == KILL_EVERY - 1:
            happened.append(FAULTS[number // KILL_EVERY % len(FAULTS)])
            if happened[-1] in ("kill", "both"):
                end(process, signal.SIGKILL)
            elif happened[-1] == "interrupt":
                end(process, signal.SIGINT)
            if happened[-1] in ("broker", "both"):
                done.wait_for_publish(WAIT)  # what is not acknowledged to the sensors they send again
                end(server, signal.SIGTERM)
                server = start_broker(port, kept)
                wait_for(client.is_connected)
            if happened[-1] != "broker":
                process = listener(tmp_path, port)
    assert set(happened) == set(FAULTS)
    done.wait_for_publish(WAIT)
    client.disconnect()
    client.loop_stop()
    store = Store(tmp_path / "store")
    wanted = {}
    for channel in ("saw", "pair"):
        arrived = simulated.readings(channel, DAY)
        wanted[channel] = arrived.take((arrived.received >= first) & (arrived.received < last + 1000))
    for _ in range(TRIES):  # a listener that found no broker waits longer each time
        settled(tmp_path)
        end(process, signal.SIGINT)
        with Ingest(small(), tmp_path / "store") as ingest:
            ingest.settle()
        if all(len(store.read(channel, DAY)) >= len(one) for channel, one in wanted.items()):
            break
        process = listener(tmp_path, port)
    end(server, signal.SIGKILL)
    assert store.aside() == []
    for channel, one in wanted.items():
        got = store.read(channel, DAY)
        assert np.array_equal(got.sequence, one.sequence)
        assert np.array_equal(got.value, one.value) and np.array_equal(got.time, one.time)
    scans = [one for one in simulated.scans if first <= one.time < last + 1000]
    assert sorted(map(str, store.scans())) == sorted(map(str, set(scans)))


def wait_for(true: object, seconds: float = WAIT) -> None:
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def settled(folder: Path) -> None:
    """Wait until nothing more comes in."""
    before, quiet = -1, 0
    for _ in range(int(WAIT)):
        time.sleep(1.0)
        now = journal_size(folder)
        quiet = quiet + 1 if now == before else 0
        before = now
        if quiet == 4:
            return


def test_the_listener_waits_for_a_broker_that_is_not_there_yet(tmp_path: Path) -> None:
    port, payload = free_port(), b'[{"bn":"clamp-1:","bt":1775044800,"bu":"A","v":1}]'
    taken: list[str] = []
    with Ingest(small(), tmp_path) as ingest:
        waiting = Listener(
            Broker("127.0.0.1", port, user="line"), ingest, lambda topic, data: taken.append(topic)
        )
        thread = threading.Thread(target=waiting.run, args=(lambda: bool(taken),))
        thread.start()
        time.sleep(0.3)
        with broker(port):
            wait_for(lambda: waiting.connected)
            client = publisher(port)
            while not taken:
                client.publish("readings/saw", payload, qos=1).wait_for_publish(WAIT)
                time.sleep(0.1)
            thread.join(WAIT)
            client.disconnect()
            client.loop_stop()
        assert ingest.report.readings == 1


def test_a_view_follows_without_keeping_anything() -> None:
    port = free_port()
    seen: list[bytes] = []
    with broker(port):
        client = publisher(port)
        for _ in follow(
            Broker("127.0.0.1", port, name="view", user="v"), lambda topic, data: seen.append(data), 0.05
        ):
            if seen:
                break
            client.publish("scans/s1", b"x", qos=1)
        client.disconnect()
        client.loop_stop()
    assert set(seen) == {b"x"}


def test_a_missing_client_names_the_small_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway needs none of the packages for photos."""
    monkeypatch.setitem(sys.modules, "paho.mqtt.client", None)
    with pytest.raises(errors.LibraryError, match=r"meguru\[meter\]"):
        new_client(Broker("nowhere"), clean=True)
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    assert [one.partition(">")[0] for one in extras["meter"]] == ["paho-mqtt"]
    assert "meguru[meter]" in extras["reverse"]


def test_a_broker_that_refuses_is_named(tmp_path: Path) -> None:
    port = free_port()
    with (
        broker(port),
        Ingest(small(), tmp_path) as ingest,
        pytest.raises(errors.ReadingError, match="refuses"),
    ):
        Listener(Broker("127.0.0.1", port), ingest).run(lambda: False)


def test_a_topic_that_the_broker_refuses_is_said(tmp_path: Path) -> None:
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.reasoncodes import ReasonCode

    granted, refused = (ReasonCode(PacketTypes.SUBACK, identifier=code) for code in (1, 0x80))
    with Ingest(small(), tmp_path) as ingest:
        listener = Listener(Broker("nowhere"), ingest)
        listener._on_subscribe(listener._client, None, 1, [granted, granted], None)
        assert listener.refused is None
        listener._on_subscribe(listener._client, None, 1, [granted, refused], None)
        assert listener.refused == "no right to read scans/#"
