"""Alembic migrations, one script for both databases."""
