"""A behavioural model of the ECP5's block RAM, DP16KD, which yosys knows only by its ports.

As yosys's own mapping uses it (``lattice/brams_map_16kd.v``): no output registers, no resets, rising clock edges,
every chip select on, writes that do not show at the port's own output. Its memory is 1024 words of 18 bits, two bytes
of 9; ports up to 4 bits wide reach 8 bits of each byte. A port of 36 bits writes two words, from both data inputs, and
its partner reads two, to both outputs. What is read while it is being written comes out inverted: silicon promises
nothing.
"""

WORDS = 64
"""Parameters ``INITVAL_xx``, each of 16 memory words in fields of 20 bits."""


RESETS = ("GSR", "RESETMODE", "ASYNC_RESET_RELEASE")
"""Modes of a reset that may be any as long as nobody resets."""


def dp16kd() -> str:
    """Verilog of the module."""
    ports, copies = [], []
    for side in "AB":
        ports += [f"input {name}{side}" for name in ("CE", "OCE", "CLK", "WE", "RST")]
        ports += [f"input CS{side}{bit}" for bit in range(3)] + [f"input AD{side}{bit}" for bit in range(14)]
        ports += [f"input DI{side}{bit}" for bit in range(18)] + [f"output DO{side}{bit}" for bit in range(18)]
        for name, width in (("CS", 3), ("AD", 14), ("DI", 18)):
            bits = ", ".join(f"{name}{side}{bit}" for bit in reversed(range(width)))
            copies.append(f"wire [{width - 1}:0] {name.lower()}_{side.lower()} = {{{bits}}};")
        outputs = ", ".join(f"DO{side}{bit}" for bit in reversed(range(18)))
        copies.append(f"assign {{{outputs}}} = out_{side.lower()};")
    initial = [f"parameter [319:0] INITVAL_{index:02X} = 0" for index in range(WORDS)]
    filling = [f"memory[{16 * index} + word] = INITVAL_{index:02X}[20 * word +: 18];" for index in range(WORDS)]
    modes = {"RESETMODE": "SYNC", "ASYNC_RESET_RELEASE": "SYNC", "GSR": "AUTO"}
    for side in "AB":
        modes |= {f"REGMODE_{side}": "NOREG", f"CSDECODE_{side}": "0b000", f"WRITEMODE_{side}": "NORMAL"}
        modes |= {f"CLK{side}MUX": f"CLK{side}"}
    parameters = [f'parameter {name} = "{value}"' for name, value in modes.items()]
    others = " || ".join(f'{name} != "{value}"' for name, value in modes.items() if name not in RESETS)
    return TEMPLATE.format(
        parameters=",\n  ".join([*parameters, *initial]),
        ports=", ".join(ports),
        copies="\n".join(copies),
        others=others,
        filling="\n      ".join(filling),
        sides="\n".join(SIDE.format(side=side, SIDE=side.upper(), other=other) for side, other in ("ab", "ba")),
    )


TEMPLATE = """\
module DP16KD #(
  parameter DATA_WIDTH_A = 18, parameter DATA_WIDTH_B = 18,
  {parameters}
) ({ports});
reg [17:0] memory [0:1023];
reg [35:0] read_a, read_b;
wire [17:0] out_a = DATA_WIDTH_B == 36 ? read_b[17:0] : read_a[17:0];
wire [17:0] out_b = DATA_WIDTH_B == 36 ? read_b[35:18] : read_b[17:0];
{copies}
integer word;
initial begin
  if ({others}) $fatal(1, "a mode of DP16KD that its model does not have");
  for (word = 0; word < 16; word = word + 1) begin
      {filling}
  end
end
{sides}
endmodule
"""

SIDE = """\
wire [9:0] word_{side} = ad_{side}[13:4];
wire wide_{side} = DATA_WIDTH_{SIDE} == 36;
wire same_{side} = writes_{other} && word_{side}[9:1] == word_{other}[9:1]
  && (wide_{side} || wide_{other} || word_{side}[0] == word_{other}[0]);
wire we_on_{side} = CE{SIDE} && WE{SIDE} && cs_{side} == 0;
wire [3:0] enables_{side} = wide_{side} ? ad_{side}[3:0] : DATA_WIDTH_{SIDE} == 18 ? ad_{side}[1:0] : 1;
wire writes_{side} = we_on_{side} && enables_{side} != 0;
wire [17:0] whole_{side} = memory[word_{side}] ^ {{18{{same_{side}}}}};
wire [17:0] next_{side} = memory[word_{side} | 1] ^ {{18{{same_{side}}}}};
wire [17:0] byte_{side} = whole_{side} >> (ad_{side}[3] ? 9 : 0);
always @(posedge CLK{SIDE}) begin
  if (RST{SIDE}) $fatal(1, "a reset of DP16KD, which its model does not have");
  if (CE{SIDE} && cs_{side} == 0 && !WE{SIDE}) case (DATA_WIDTH_{SIDE})
    36: read_{side} <= {{next_{side}, memory[word_{side} & 10'h3fe] ^ {{18{{same_{side}}}}}}};
    18: read_{side} <= whole_{side};
    9: read_{side} <= byte_{side} & 18'h1ff;
    4: read_{side} <= byte_{side} >> (4 * ad_{side}[2]) & 18'hf;
    2: read_{side} <= byte_{side} >> (2 * ad_{side}[2:1]) & 18'h3;
    1: read_{side} <= byte_{side} >> ad_{side}[2:0] & 18'h1;
  endcase
  if (we_on_{side}) case (DATA_WIDTH_{SIDE})
    36: begin
      if (ad_{side}[0]) memory[word_{side} & 10'h3fe][8:0] <= di_a[8:0];
      if (ad_{side}[1]) memory[word_{side} & 10'h3fe][17:9] <= di_a[17:9];
      if (ad_{side}[2]) memory[word_{side} | 1][8:0] <= di_b[8:0];
      if (ad_{side}[3]) memory[word_{side} | 1][17:9] <= di_b[17:9];
    end
    18: begin
      if (ad_{side}[0]) memory[word_{side}][8:0] <= di_{side}[8:0];
      if (ad_{side}[1]) memory[word_{side}][17:9] <= di_{side}[17:9];
    end
    9: memory[word_{side}][9 * ad_{side}[3] +: 9] <= di_{side}[8:0];
    4: memory[word_{side}][9 * ad_{side}[3] + 4 * ad_{side}[2] +: 4] <= di_{side}[3:0];
    2: memory[word_{side}][9 * ad_{side}[3] + 2 * ad_{side}[2:1] +: 2] <= di_{side}[1:0];
    1: memory[word_{side}][9 * ad_{side}[3] + ad_{side}[2:0] +: 1] <= di_{side}[0];
  endcase
end
"""
