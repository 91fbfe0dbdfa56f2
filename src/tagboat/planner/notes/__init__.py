"""Notes of a release: one file for each format, and the changelogs that they go into."""
