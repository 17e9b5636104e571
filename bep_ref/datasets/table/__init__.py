"""Tables in text files: one deliberate reading step, which says what it understood."""
