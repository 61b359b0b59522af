"""What z3 can tell for all sizes at once. z3 is loaded when something is proved, not before."""
