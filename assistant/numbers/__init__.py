"""What the page of numbers shows: figures laid out as tiles, charts and tables of `metrics` and the reception."""
