"""The agenda as a professional sees it: days, weeks and months laid out, and what is done there."""
