"""From features and series to the ±1 bits that networks see."""
