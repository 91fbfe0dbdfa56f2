"""The tables of the index. Both instances (``testpypi`` and ``pypi``) live in them, told apart by ``instance``.

Times are Unix seconds. ``seq`` of a file is the number of its journal entry.
"""

from __future__ import annotations

from typing import Final

TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS index_projects (
        instance TEXT NOT NULL, name TEXT NOT NULL, display TEXT NOT NULL, owner TEXT NOT NULL, created REAL NOT NULL,
        status TEXT NOT NULL DEFAULT 'active', status_reason TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (instance, name))""",
    """CREATE TABLE IF NOT EXISTS index_releases (
        instance TEXT NOT NULL, project TEXT NOT NULL, version TEXT NOT NULL, created REAL NOT NULL,
        metadata TEXT NOT NULL, yanked INTEGER NOT NULL DEFAULT 0, yanked_reason TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (instance, project, version))""",
    """CREATE TABLE IF NOT EXISTS index_files (
        instance TEXT NOT NULL, filename TEXT NOT NULL, project TEXT NOT NULL, version TEXT NOT NULL,
        sha256 TEXT NOT NULL, blake2_256 TEXT NOT NULL, md5 TEXT NOT NULL, size INTEGER NOT NULL, kind TEXT NOT NULL,
        requires_python TEXT, metadata_sha256 TEXT, uploaded REAL NOT NULL, seq INTEGER NOT NULL,
        PRIMARY KEY (instance, filename))""",
    """CREATE TABLE IF NOT EXISTS index_filenames (
        instance TEXT NOT NULL, filename TEXT NOT NULL, PRIMARY KEY (instance, filename))""",
    """CREATE TABLE IF NOT EXISTS index_tokens (
        instance TEXT NOT NULL, token TEXT NOT NULL, owner TEXT NOT NULL, projects TEXT, expires REAL,
        PRIMARY KEY (instance, token))""",
    """CREATE TABLE IF NOT EXISTS index_settings (
        instance TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (instance, name))""",
    "CREATE TABLE IF NOT EXISTS index_under_release (name TEXT PRIMARY KEY)",
    """CREATE TABLE IF NOT EXISTS index_publishers (
        id INTEGER PRIMARY KEY AUTOINCREMENT, instance TEXT NOT NULL, kind TEXT NOT NULL, repository TEXT NOT NULL,
        owner_id TEXT NOT NULL, workflow TEXT NOT NULL, environment TEXT NOT NULL, pending TEXT, expires REAL)""",
    """CREATE TABLE IF NOT EXISTS index_publisher_projects (
        instance TEXT NOT NULL, publisher INTEGER NOT NULL, project TEXT NOT NULL,
        PRIMARY KEY (instance, publisher, project))""",
    """CREATE TABLE IF NOT EXISTS index_minted (
        instance TEXT NOT NULL, digest TEXT NOT NULL, publisher INTEGER NOT NULL, projects TEXT NOT NULL,
        expires REAL NOT NULL, claims TEXT NOT NULL, burnt INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (instance, digest))""",
    """CREATE TABLE IF NOT EXISTS index_identifiers (
        instance TEXT NOT NULL, issuer TEXT NOT NULL, identifier TEXT NOT NULL, until REAL NOT NULL,
        PRIMARY KEY (instance, issuer, identifier))""",
    """CREATE TABLE IF NOT EXISTS index_origins (
        instance TEXT NOT NULL, filename TEXT NOT NULL, origin TEXT NOT NULL, PRIMARY KEY (instance, filename))""",
    "CREATE INDEX IF NOT EXISTS index_files_project ON index_files (instance, project, version)",
    "CREATE INDEX IF NOT EXISTS index_files_blake2 ON index_files (instance, blake2_256)",
)
