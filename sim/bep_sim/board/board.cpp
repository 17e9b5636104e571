// A simulated board between standard input and standard output: bytes from the host in, bytes to the host out.
//
// A byte is offered every argv[1] cycles, as a serial line would, and lost if the board is not ready for it; a byte
// that nobody reads is lost too. While nothing happens the clock almost stands still. Ends with its input or a signal,
// and tells on standard error how many cycles it ran, how many a second of processor time, and how many bytes
// were lost.

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <unistd.h>

#include "Vboard.h"
#include "verilated.h"

namespace {

constexpr uint64_t kLook = 512;          // cycles between two looks at the input
constexpr uint64_t kQuiet = 1 << 20;     // cycles without a byte until the clock almost stands still
constexpr int kQuietMilliseconds = 20;   // for which it then stands still

volatile std::sig_atomic_t stopped = 0;

void stop(int) { stopped = 1; }

}  // namespace

double sc_time_stamp() { return 0; }

int main(int argc, char** argv) {
    const uint64_t pace = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
    struct sigaction action {};
    action.sa_handler = stop;
    sigaction(SIGTERM, &action, nullptr);
    sigaction(SIGINT, &action, nullptr);
    for (int file : {STDIN_FILENO, STDOUT_FILENO}) fcntl(file, F_SETFL, fcntl(file, F_GETFL) | O_NONBLOCK);

    Vboard board;
    // Verilator spells two underscores like this
    auto& received_valid = board.received___05Fvalid;
    auto& received_payload = board.received___05Fpayload;
    auto& received_ready = board.received___05Fready;
    auto& sent_valid = board.sent___05Fvalid;
    auto& sent_payload = board.sent___05Fpayload;
    auto& sent_ready = board.sent___05Fready;
    uint64_t cycles = 0, lost = 0, last_byte = 0, next_byte = 0, busy_cycles = 0;
    double busy = 0;
    auto tick = [&] {
        board.clk = 1;
        board.eval();
        board.clk = 0;
        board.eval();
        ++cycles;
    };
    board.clk = 0;
    board.rst = 1;
    received_valid = 0;
    sent_ready = 1;
    for (int i = 0; i < 4; ++i) tick();
    board.rst = 0;
    board.eval();

    std::string out;
    unsigned char in[4096];
    ssize_t filled = 0, used = 0;
    while (!stopped) {
        if (used == filled) {
            const bool quiet = out.empty() && cycles - last_byte > kQuiet;
            pollfd input{STDIN_FILENO, POLLIN, 0};
            poll(&input, 1, quiet ? kQuietMilliseconds : 0);
            filled = read(STDIN_FILENO, in, sizeof in);
            used = 0;
            if (filled == 0 || (filled < 0 && errno != EAGAIN && errno != EINTR)) break;
            if (filled < 0) filled = 0;
        }
        const std::clock_t started = std::clock();
        for (uint64_t end = cycles + kLook; cycles < end;) {
            const bool offered = used < filled && cycles >= next_byte;
            received_valid = offered;
            if (offered) {
                received_payload = in[used++];
                next_byte = cycles + pace;
                last_byte = cycles;
                board.eval();
                lost += !received_ready;
            }
            if (sent_valid) {
                out.push_back(static_cast<char>(sent_payload));
                last_byte = cycles;
            }
            tick();
        }
        if (cycles - last_byte < kQuiet) {
            busy += static_cast<double>(std::clock() - started) / CLOCKS_PER_SEC;
            busy_cycles += kLook;
        }
        if (!out.empty()) {
            const ssize_t written = write(STDOUT_FILENO, out.data(), out.size());
            if (written < static_cast<ssize_t>(out.size())) lost += out.size() - (written > 0 ? written : 0);
            out.clear();
        }
    }
    std::fprintf(stderr, "{\"cycles\": %llu, \"cycles_per_second\": %.0f, \"bytes_lost\": %llu}\n",
                 static_cast<unsigned long long>(cycles), busy > 0 ? busy_cycles / busy : 0.0,
                 static_cast<unsigned long long>(lost));
    return 0;
}
