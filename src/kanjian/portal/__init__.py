"""Portal 门户: what people look at first."""
