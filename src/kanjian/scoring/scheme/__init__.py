"""The scheme format `kanjian/scheme/1` 考核方法格式: models, checks, hash, YAML, differences.

| module | what it does |
|---|---|
| `parts` | aggregation, missing data, ties, bands, treatment, imputation … |
| `model` | `Node` and `Scheme` |
| `load` | from a path, text or dict; collects structural problems with node-code paths |
| `check` | what is wrong although every part by itself is fine |
| `text` | plain data, canonical JSON, hash, YAML |
| `columns` | which data columns a scheme reads |
| `differences` | what changed between two versions |
"""

from kanjian.scoring.scheme.model import Node, Scheme

__all__ = ["Node", "Scheme"]
