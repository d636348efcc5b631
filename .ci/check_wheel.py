"""The unpacked wheel is what is imported, and it carries every example and the data of the package."""

from __future__ import annotations

import sys
from pathlib import Path

import meguru
from meguru.examples import example_names, example_path

unpacked = Path(sys.argv[1]).resolve()
source = Path(__file__).resolve().parents[1]
if not Path(meguru.__file__).resolve().is_relative_to(unpacked):
    raise SystemExit(f"imported from {meguru.__file__}, not from the wheel")
wanted = sorted(path.parent.name for path in source.glob("examples/*/model.yaml"))
if list(example_names()) != wanted:
    raise SystemExit(f"the wheel has the examples {example_names()}, the repository {wanted}")
for name in wanted:
    if not example_path(name).is_relative_to(unpacked):
        raise SystemExit(f"{name} was not read from the wheel")
    meguru.check(meguru.example(name))
missing = [
    str(path.relative_to(source / "src"))
    for path in source.glob("src/meguru/**/*")
    if path.is_file()
    and "__pycache__" not in path.parts
    and not (unpacked / path.relative_to(source / "src")).is_file()
]
if missing:
    raise SystemExit(f"not in the wheel: {', '.join(missing)}")
print(f"the wheel holds {len(wanted)} examples")
