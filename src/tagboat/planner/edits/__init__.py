"""The exact edits of every file that holds a component's version: layout, comments, quotes and line ends are kept."""

from tagboat.planner.edits.files import file_edits, lock_remarks

__all__ = ["file_edits", "lock_remarks"]
