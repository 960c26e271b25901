"""double visits and breaks"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shift_break",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("earliest_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("latest_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_shift_break_shift_id_shift")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_break")),
    )
    with op.batch_alter_table("shift_break", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shift_break_shift_id"), ["shift_id"], unique=False)

    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("double_id", sa.Uuid(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_visit_double_id_shift_id"), ["double_id", "shift_id"])

    # Two cars at one question belong together from now on, unless one car had both.
    op.execute(
        sa.text(
            "UPDATE visit SET double_id = care_request_id WHERE care_request_id IS NOT NULL AND NOT EXISTS ("
            "SELECT 1 FROM visit AS other WHERE other.care_request_id = visit.care_request_id "
            "AND other.shift_id = visit.shift_id AND other.id <> visit.id)"
        )
    )


def downgrade() -> None:
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_visit_double_id_shift_id"), type_="unique")
        batch_op.drop_column("double_id")

    with op.batch_alter_table("shift_break", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shift_break_shift_id"))

    op.drop_table("shift_break")
