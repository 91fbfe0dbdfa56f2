"""Workflow files as the sandbox reads them."""

from tagboat.sandbox.actions.workflow.model import Job, Step, Workflow
from tagboat.sandbox.actions.workflow.reader import permissions_of, read_with_callees, read_workflow

__all__ = ["Job", "Step", "Workflow", "permissions_of", "read_with_callees", "read_workflow"]
