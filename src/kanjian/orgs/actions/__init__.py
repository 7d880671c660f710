"""The only place where this room changes state: one verb per file."""

from kanjian.orgs.actions.assign_track import assign_track
from kanjian.orgs.actions.change_password import change_password
from kanjian.orgs.actions.close_unit import close_unit
from kanjian.orgs.actions.connect_identity import connect_identity, disconnect_identity
from kanjian.orgs.actions.create_token import create_token
from kanjian.orgs.actions.create_track import create_track
from kanjian.orgs.actions.create_unit import create_unit
from kanjian.orgs.actions.create_user import create_user
from kanjian.orgs.actions.end_post import end_post
from kanjian.orgs.actions.end_session import end_session
from kanjian.orgs.actions.export_events import export_events
from kanjian.orgs.actions.grant_post import grant_post
from kanjian.orgs.actions.import_units import import_units
from kanjian.orgs.actions.merge_units import merge_units
from kanjian.orgs.actions.move_unit import move_unit
from kanjian.orgs.actions.rename_unit import rename_unit
from kanjian.orgs.actions.reset_password import reset_password
from kanjian.orgs.actions.reset_second_factor import reset_second_factor
from kanjian.orgs.actions.revoke_token import revoke_token
from kanjian.orgs.actions.split_unit import split_unit
from kanjian.orgs.actions.unlock_user import unlock_user
from kanjian.orgs.actions.use_token import use_token

__all__ = [
    "assign_track",
    "change_password",
    "close_unit",
    "connect_identity",
    "create_token",
    "create_track",
    "create_unit",
    "create_user",
    "disconnect_identity",
    "end_post",
    "end_session",
    "export_events",
    "grant_post",
    "import_units",
    "merge_units",
    "move_unit",
    "rename_unit",
    "reset_password",
    "reset_second_factor",
    "revoke_token",
    "split_unit",
    "unlock_user",
    "use_token",
]
