"""Pages that verify themselves: parsers of their formats, a replayer, a comparison."""
