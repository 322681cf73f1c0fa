"""`python -m kubesim_cli`."""

from .main import main

raise SystemExit(main())
