"""From a triggered sample to the neurons that are updated: targets, winners, gated rows."""
