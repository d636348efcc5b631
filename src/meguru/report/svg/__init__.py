"""Pictures as SVG text; each file draws one kind."""
