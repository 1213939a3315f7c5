"""Which smsops this is; the same as in pyproject.toml, which a deployed process may not have."""

VERSION = "0.1.0"
