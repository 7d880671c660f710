"""API: REST with OpenAPI."""
