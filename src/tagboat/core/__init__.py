"""Pure rules and their dataclasses: no I/O, no clocks, no third-party library but ``packaging``."""
