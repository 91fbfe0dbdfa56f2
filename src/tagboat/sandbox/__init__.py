"""The local forge, index and relay that a rehearsal runs against: real protocols, a journal, faults on demand."""
