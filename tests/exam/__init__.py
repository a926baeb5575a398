"""An exam for the reception: scripted clients talk to the whole pipeline, their talks are judged by the rows.

`make exam` (`python -m tests.exam`) plays them all; see docs/exam.md.
"""
