"""What a failed statement says of itself holds nothing that people told us."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.db import Database


def test_a_statement_that_fails_does_not_repeat_what_it_was_given(database: Database) -> None:
    with pytest.raises(DBAPIError) as failed, database.writing() as session:
        session.execute(
            text("INSERT INTO member (kind, name, phone) VALUES ('individual', :name, :phone)"),
            {"name": "Asha", "phone": "+919812345678"},
        )
    assert "+919812345678" not in str(failed.value)
