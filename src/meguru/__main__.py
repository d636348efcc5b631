"""``python -m meguru``: the same as the command ``meguru``."""

from meguru.cli import main

if __name__ == "__main__":
    main(prog_name="meguru")
