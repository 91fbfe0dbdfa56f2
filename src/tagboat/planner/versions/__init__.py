"""What next version follows from the last one, the changes and the rules."""
