"""The kinds of releases, one file each: a list of steps that can be read aloud."""
