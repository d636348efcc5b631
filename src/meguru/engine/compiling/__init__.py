"""A model made flat: what the kernels read, and the names of what comes out."""

from meguru.engine.compiling.program import Program, compile_model

__all__ = ["Program", "compile_model"]
