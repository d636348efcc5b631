"""``meguru reverse`` and the live view: from a simulated plant to a library. Everything here is synthetic."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from example_runs import EXAMPLES
from plants import DAY, NOON, SMALL, small

import meguru
from meguru.cli.main import main
from meguru.cli.reverse.closed_loop import closed_loop
from meguru.reverse.live.view import Live
from meguru.reverse.meter.plant_file import read_plant
from meguru.reverse.meter.senml import NO_NUMBER, Scan, encode, encode_scan
from meguru.reverse.plant.sensors import simulate_plant, stream

HOME = EXAMPLES / "compressor-dismantling"


def call(*arguments: Any) -> Result:
    return CliRunner().invoke(main, ["reverse", *map(str, arguments)], env={"COLUMNS": "110"})


def test_from_a_plant_to_a_library_that_a_model_takes(tmp_path: Path) -> None:
    plant, store, kept = HOME / "plant.yaml", tmp_path / "store", tmp_path / "versions"
    done = call("simulate-plant", plant, store)
    assert done.exit_code == 0 and "synthetic readings" in done.output
    done = call("segment", plant, store, "--out", tmp_path / "tables")
    assert done.exit_code == 0 and "jumps of the clock, mended" in done.output and "synthetic" in done.output
    head = (tmp_path / "tables" / "cycles.csv").read_text().splitlines()[0]
    assert head == "channel,machine,step,start,end,seconds,microwatthours,estimated,cut,item,type"
    account = json.loads(call("segment", plant, store, "--json").stdout)
    assert all(day["cycles"] + day["idle"] + day["unassigned"] == day["total"] for day in account["days"])
    done = call("unit-data", plant, store, kept)
    assert done.exit_code == 0 and "draft" in done.output and "demagnetising" in done.output
    out = tmp_path / "dismantling.yaml"
    done = call("library", kept, HOME / "chains.yaml", "--out", out)
    assert done.exit_code == 1 and "no version is approved" in done.output and not out.exists()
    assert call("approve", kept / "0001.unit-data.yaml", "--by", "A. Sato").exit_code == 0
    done = call("library", kept, HOME / "chains.yaml", "--out", out, "--openlca", tmp_path / "lca.zip")
    assert done.exit_code == 0 and "kWh per item" in done.output
    assert call("library", kept, HOME / "chains.yaml", "--out", out).exit_code == 2  # is there
    model = (
        (HOME / "model.yaml").read_text().replace("../compressor-magnet", str(EXAMPLES / "compressor-magnet"))
    )
    (tmp_path / "model.yaml").write_text(model)
    read = meguru.load(tmp_path / "model.yaml")
    assert "approved by A. Sato" in (read.unit_data["compressor_dismantling"].source or "")
    assert meguru.model.unrated(read) == []


def test_tables_are_ingested_and_what_was_set_aside_is_shown(tmp_path: Path) -> None:
    (tmp_path / "plant.yaml").write_text(SMALL)
    (tmp_path / "readings.csv").write_text(
        "time,sensor,value,unit\n2026-04-01T12:00:00Z,clamp-1,1,A\n2126-04-01T12:00:00Z,clamp-1,1,A\n"
    )
    for command in (["aside"], ["segment", tmp_path / "plant.yaml"]):
        assert call(*command, tmp_path / "sotre").exit_code == 2  # misspelt: nothing is made of it
    (tmp_path / "store").mkdir()
    assert "nothing was set aside" in call("aside", tmp_path / "store").output
    done = call("ingest", tmp_path / "plant.yaml", tmp_path / "store", tmp_path / "readings.csv")
    assert (
        done.exit_code == 0 and "1 readings" in done.output and "1 set aside: from the future" in done.output
    )
    assert "readings.csv:3" in call("aside", tmp_path / "store").output.replace("\n", "")
    found = json.loads(call("aside", tmp_path / "store", "--json").stdout)["aside"]
    assert [row["reason"] for row in found] == ["from the future"]


def test_sums_that_do_not_agree_with_what_was_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "plant.yaml").write_text(SMALL)
    rows = [f"{NOON // 1000 + k},clamp-2,1000,W,{k},{k * 500}\n" for k in range(60) if not 30 <= k < 35]
    (tmp_path / "readings.csv").write_text("time,sensor,value,unit,sequence,total\n" + "".join(rows))
    call("ingest", tmp_path / "plant.yaml", tmp_path / "store", tmp_path / "readings.csv")
    done = call("segment", tmp_path / "plant.yaml", tmp_path / "store")
    assert done.exit_code == 0 and "1 gaps filled without the sensor's sum" in done.output


def test_a_wrong_address_or_day_is_wrong_usage(tmp_path: Path) -> None:
    plant = HOME / "plant.yaml"
    assert "HOST:PORT" in call("ingest", plant, tmp_path, "--broker", "host:port").output
    assert "2026-04-01" in call("watch", plant, "--simulated", "1 April").output
    assert "Say either" in call("watch", plant).output
    assert "no time" in call("watch", plant, "--simulated", "2026-04-01", "--until", "ten").output


def test_the_live_view_shows_what_runs(tmp_path: Path) -> None:
    done = call("watch", HOME / "plant.yaml", "--simulated", "2026-04-01", "--until", "9:30", "--speed", "0")
    assert done.exit_code == 0 and "synthetic" in done.output and "case cutting" in done.output
    schema = json.loads(call("schema", "plant").stdout)
    assert set(schema["required"]) == {"name"}
    for what, title in (
        ("catalogue", "meguru catalogue of product types"),
        ("unit-data", "meguru unit data"),
        ("chains", "meguru chains"),
    ):
        assert json.loads(call("schema", what).stdout)["title"] == title


def test_the_live_view_agrees_with_the_simulation() -> None:
    plant = small()
    simulated = simulate_plant(plant, [DAY])
    live = Live(plant)
    saw = [one for one in simulated.cycles if one.machine == "saw"]
    at = (saw[4].start + saw[4].end) // 2
    for received, topic, payload in stream(simulated, DAY):
        if received < saw[0].start - 1_800_000:
            continue  # the night
        if received > at:
            break
        live.push(topic, payload)
        live.push(topic, payload)  # what comes again is not counted again
    live.push("readings/x", b"hello")
    row = live.rows()[0]
    assert (row.machine, row.running, row.item, row.items_today) == ("saw", True, saw[4].item, 4)
    assert row.since is not None and abs(row.since - saw[4].start) <= 2000
    assert row.kwh == pytest.approx(2.0 * (at - saw[4].start) / 3.6e6, rel=0.25)
    # Four items, and the reference load that was switched on before the shift is none.
    assert row.kwh_today == pytest.approx(
        sum(2.0 * (c.end - c.start) / 3.6e6 for c in saw[:4]) + row.kwh, rel=0.05
    )
    pack = encode("clamp-1", "A", NO_NUMBER, at + np.arange(3) * 1000, np.ones(3)).replace(
        b'"v":1.0', b'"v":"?"', 2
    )
    before = live.readings
    live.push("readings/x", pack)
    assert (live.refused, live.odd, live.readings) == (1, 2, before + 1)  # packs, and readings of packs
    live.push("s", encode_scan(Scan(at, "s9", "x")))
    assert live.rows()[0].item == saw[4].item


def test_the_loop_changes_only_the_dismantling(tmp_path: Path) -> None:
    loop = closed_loop(tmp_path)
    assert loop["synthetic"] and loop["cycles"] > 100
    rows = {(row["indicator"], row["scenario"]): row for row in loop["indicators"]}
    assert rows["recycled_rare_earth_rate", "B"]["before"] == rows["recycled_rare_earth_rate", "B"]["after"]
    change = rows["co2_reduction", "B"]["after"] - rows["co2_reduction", "B"]["before"]
    # By hand (README of compressor-magnet): compressors separated, times 0.41 kg less electricity of 2022.
    compressors = 0.69 * 24_283 + 0.473 * 189_186
    assert change == pytest.approx(compressors * (0.41 - 0.437 * loop["chain_kwh"]) / 1000, rel=0.01)
    assert read_plant(HOME / "plant.yaml").synthetic and (tmp_path / "model.yaml").exists()
