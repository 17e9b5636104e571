"""The command line: ``bep train | eval | info | cosim | verilog | synth | board | run | bench | reproduce | demo``."""
