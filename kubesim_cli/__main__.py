"""`python -m kubesim_cli`."""

from .start import start

start()
