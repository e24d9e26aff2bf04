"""Fixtures every test may use; each subject's fixtures stand in `tests/fixtures/`."""

from hypothesis import settings

pytest_plugins = [
    f"tests.fixtures.{name}"
    for name in (
        "city",
        "browsers",
        "live_city",
        "files",
        "scanner",
        "postgresql",
        "tokens",
        "outside_authorities",
        "published",
        "scenes",
    )
]

# How long an example takes is the machine's business, never a test's.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
