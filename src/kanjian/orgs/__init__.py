"""Orgs 组织: people, the dated unit tree, tracks, posts and roles, who may see what."""
