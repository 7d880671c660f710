"""The benchmark: Kanjian beside its peers, same data, same run. `python -m bench --help`."""
