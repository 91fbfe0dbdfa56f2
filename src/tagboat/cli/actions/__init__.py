"""What a command tells GitHub Actions beside its answer: outputs, a summary, annotations, masks; elsewhere nothing.

``commands``, ``outputs`` and ``summary`` are pure and render; ``writing`` puts their texts where the runner reads them.
All that they are given may come from strangers: no text in any value ends an output, forges a command or becomes markup.
"""
