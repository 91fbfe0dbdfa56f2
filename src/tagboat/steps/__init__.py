"""The kinds of steps, one file each: the module's name is the kind's name.

A module of this room has ``Options`` (a frozen dataclass), ``find`` and ``run``. ``find`` asks the world whether the
deed is already done with our bytes: it returns a receipt, or None, or raises ConflictError. ``run`` does it. A guard
has no ``find`` of use: it looks afresh each time.
"""
