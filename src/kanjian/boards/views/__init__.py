"""Pages of the boards 榜单页面. Views find the edition the reader may see, read through selectors, and render."""
