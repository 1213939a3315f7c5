"""What alembic runs: the steps, on the connection and inside the transaction that `migrate` opened."""

from alembic import context

from bot.database import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=False)
context.run_migrations()
