"""HTTP for all adapters: bounded in time, size and tries, and never a write sent twice blindly."""

from tagboat.adapters.http.answer import Answer
from tagboat.adapters.http.body import Body
from tagboat.adapters.http.client import HTTP, Download
from tagboat.adapters.http.credentials import Credentials
from tagboat.adapters.http.exchange import Limits

__all__ = ["HTTP", "Answer", "Body", "Credentials", "Download", "Limits"]
