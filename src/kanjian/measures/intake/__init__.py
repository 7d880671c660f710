"""From a file to checked cells 导入校验: reading, shaping, checking. No database here; frames in, frames out."""

from kanjian.measures.intake.options import Options
from kanjian.measures.intake.problems import Findings, IntakeError, Problem
from kanjian.measures.intake.reading import read_table
from kanjian.tables import Source, Table

__all__ = ["Findings", "IntakeError", "Options", "Problem", "Source", "Table", "read_table"]
