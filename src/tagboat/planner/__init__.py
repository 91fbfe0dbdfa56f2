"""What would be released: pure rules over git history."""
