"""The command ``meguru``: its commands, its exit codes, and how a fault is shown."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from meguru.cli.interrupt import INTERRUPTED, SAID, tidy_end
from meguru.cli.lazy import LazyGroup
from meguru.version import __version__

OK, MODEL_FAULT, USAGE, RUN_FAULT, BROKEN_PIPE = 0, 1, 2, 3, 141
# A command's module is imported when the command is called: the start stays light.
COMMANDS = {
    "demo": "meguru.cli.demo:demo",
    "new": "meguru.cli.new:new",
    "check": "meguru.cli.check:check",
    "run": "meguru.cli.run:run",
    "compare": "meguru.cli.compare:compare",
    "ensemble": "meguru.cli.explore.ensemble:ensemble",
    "sensitivity": "meguru.cli.explore.sensitivity:sensitivity",
    "report": "meguru.cli.report:report",
    "suggest": "meguru.cli.explore.suggest:suggest",
    "search": "meguru.cli.explore.search:search",
    "break-even": "meguru.cli.explore.break_even:break_even",
    "incentives": "meguru.cli.explore.incentives:incentives",
    "robust": "meguru.cli.explore.robust:robust",
    "parts": "meguru.cli.parts.group:parts",
    "import": "meguru.cli.workbook:import_",
    "export": "meguru.cli.workbook:export",
    "schema": "meguru.cli.schema:schema",
    "foresight": "meguru.cli.foresight.group:foresight",
    "reverse": "meguru.cli.reverse.group:reverse",
    "examples": "meguru.cli.examples:examples",
    "indicators": "meguru.cli.indicators.group:indicators",
    "inventory": "meguru.cli.inventory.group:inventory",
}


class Commands(LazyGroup):
    """The group of all commands, which turns faults into exit codes."""

    def main(self, args: Sequence[str] | None = None, *more: Any, **settings: Any) -> NoReturn:
        """Run the command and leave with its exit code."""
        given = list(sys.argv[1:] if args is None else args)
        settings["standalone_mode"] = False
        with tidy_end():
            code = _outcome(lambda: super(Commands, self).main(given, *more, **settings), "--json" in given)
        sys.exit(code)


def _outcome(command: Any, as_json: bool) -> int:
    """The exit code of a command; faults are shown without traceback."""
    from meguru.errors import MeguruError, ModelError

    try:
        code = command()
        sys.stdout.flush()
        return code if isinstance(code, int) else OK
    except click.ClickException as error:
        _show_usage(error, as_json)
        return USAGE
    except MeguruError as error:
        from meguru.cli.screen import show_error

        code = USAGE if error.asked else MODEL_FAULT if isinstance(error, ModelError) else RUN_FAULT
        show_error(error, code, as_json)
        return code
    except (KeyboardInterrupt, click.Abort):
        click.echo(SAID, err=True)
        return INTERRUPTED
    except BrokenPipeError:
        return _closed_pipe()
    except Exception as error:
        _show_bug(error, as_json)
        return RUN_FAULT


def _closed_pipe() -> int:
    """Whoever read our output has enough."""
    # Python flushes it once more when it ends.
    sys.stdout = open(os.devnull, "w", encoding="utf-8")
    return BROKEN_PIPE


def _show_bug(error: Exception, as_json: bool) -> None:
    """Something that no part of meguru raised on purpose: the traceback helps to mend it."""
    from meguru.cli.screen import print_json

    traceback.print_exception(error)
    click.echo("This is a fault of meguru itself. Please report it with the lines above.", err=True)
    if as_json:
        print_json({"error": {"kind": type(error).__name__, "message": str(error)}, "exit_code": RUN_FAULT})


def _show_usage(error: click.ClickException, as_json: bool) -> None:
    if not as_json:
        error.show()
        return
    from meguru.cli.screen import print_json

    print_json({"error": {"kind": "UsageError", "message": error.format_message()}, "exit_code": USAGE})


@click.command(
    cls=Commands,
    homes=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=False,
    invoke_without_command=True,
)
@click.version_option(__version__, prog_name="meguru", message="%(prog)s %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Life cycle simulation for a circular economy: from a model file to flows, costs, impacts, indicators.

    MODEL is a file (.yaml, .json, .xlsx), a folder with a model.yaml in it, or the name of an example.

    \b
    Start here:
      meguru demo                        the published cases, with reports, in ./meguru-demo/
      meguru new my-product              a model of your own, with comments
      meguru run compressor-magnet --scenario B
      meguru compare atm-parts --out report.html

    \b
    Exit codes:
      0  done
      1  a fault in the model, or in the figures of a table
      2  wrong usage: an option, a name, a file that is not there
      3  the run failed, an indicator can not be evaluated, a file can not be written
      130  interrupted

    Colours are left out when NO_COLOR is set or the output is no terminal.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
