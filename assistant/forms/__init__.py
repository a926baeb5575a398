"""What professionals type into their settings: one form class for each part, the same in the first steps."""
