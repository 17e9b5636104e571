"""Tools that are run: the environment of each, and Verilog by the Yosys that comes with Amaranth."""
