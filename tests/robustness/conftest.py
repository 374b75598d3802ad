"""What the tests of robustness share: the service on the whole record, and how long they go on."""

import os

import pytest

from tests.service.conftest import client

__all__ = ["client"]

SOAK = max(1, int(os.environ.get("SOAK", "1")))
"""How many times as much the long form does; see ``make soak``."""


@pytest.fixture(scope="session")
def soak() -> int:
    return SOAK
