"""A Python package index as PyPI behaves: uploads with its order of checks, and the simple API for installers."""
