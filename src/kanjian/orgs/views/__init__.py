"""Pages of this room: the own account, the administration of accounts and posts, health."""
