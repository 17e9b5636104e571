"""From a design to a bitstream: synthesis, place and route, packing, loading."""
