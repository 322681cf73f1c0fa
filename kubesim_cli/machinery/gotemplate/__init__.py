"""Go's text/template language: parser.parse makes trees of a text, execute.Execution runs them."""
