"""Demo 演示: the sample city. May import everything; nothing imports it."""
