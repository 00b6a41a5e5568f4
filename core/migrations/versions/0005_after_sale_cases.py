"""After-sale cases, and what an order's price was reduced by afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None
