// Plays one course (verify/mutation/course.py) into the mutants FIRST to LAST of a trainer, one after the other.
//
//   mutants COURSE FIRST LAST
//
// Every mutant is a new machine with cleared memories. A line a mutant: its number; "equal", "differs" or "hangs"; the
// cycles it ran; and the line of the course at which it ended. Mutant 0 is the trainer as it is.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "Vmutants.h"
#include "verilated.h"

double sc_time_stamp() { return 0; }

namespace {

constexpr uint64_t kPatience = 8192;  // cycles without a handshake; the longest honest wait, a sweep, takes some 500

enum class Kind { kStall, kRequest, kBeat, kResult, kReset };

struct Step {
    Kind kind;
    uint64_t payload, reply, mask;
};

std::vector<Step> read(const char* path) {
    std::ifstream file(path);
    std::vector<Step> steps;
    std::string word;
    file >> std::hex;
    for (Step step{}; file >> word >> step.payload; steps.push_back(step)) {
        step.kind = word == "stall"     ? Kind::kStall
                    : word == "request" ? Kind::kRequest
                    : word == "beat"    ? Kind::kBeat
                    : word == "reset"   ? Kind::kReset
                                        : Kind::kResult;
        if (step.kind == Kind::kRequest) file >> step.reply >> step.mask;
    }
    return steps;
}

class Machine {
  public:
    explicit Machine(uint32_t mutant) : top_{new Vmutants{&context_}} {
        top_->mutant = mutant;
        top_->clk = 0;
        top_->samples___05Fvalid = 0;
        top_->requests___05Fvalid = 0;
        top_->results___05Fready = 0;
        top_->replies___05Fready = 0;
        reset();
    }

    // Returns what is wrong, or "equal". `at` is the step it ended at.
    const char* play(const std::vector<Step>& steps, size_t& at) {
        for (at = 0; at < steps.size();) {
            const Step& step = steps[at];
            if (step.kind == Kind::kStall) {
                stall_ = step.payload;
                ++at;
            } else if (step.kind == Kind::kReset) {
                for (uint64_t i = 0; i < step.payload; ++i) edge();
                reset();
                ++at;
            } else if (step.kind == Kind::kRequest) {
                if (const char* wrong = ask(step)) return wrong;
                ++at;
            } else if (const char* wrong = learn(steps, at)) {
                return wrong;
            }
        }
        return "equal";
    }

    uint64_t cycles() const { return cycles_; }

  private:
    void edge() {
        top_->clk = 1;
        top_->eval();
        top_->clk = 0;
        top_->eval();
        ++cycles_;
    }

    void reset() {
        top_->rst = 1;
        for (int i = 0; i < 4; ++i) edge();
        top_->rst = 0;
        top_->eval();
        heard_ = cycles_;
    }

    bool stalls() {
        random_ ^= random_ << 13;
        random_ ^= random_ >> 17;
        random_ ^= random_ << 5;
        return (random_ & 255) < stall_;
    }

    const char* ask(const Step& step) {
        top_->requests___05Fvalid = 1;
        top_->requests___05Fpayload = step.payload;
        for (bool done = false; !done; edge()) {
            if (cycles_ - heard_ > kPatience) return "hangs";
            top_->replies___05Fready = !stalls();
            top_->eval();
            if (top_->results___05Fvalid) return "differs";
            done = top_->replies___05Fvalid && top_->replies___05Fready;
            if (done && ((top_->replies___05Fpayload ^ step.reply) & step.mask)) return "differs";
            if (done != bool(top_->requests___05Fready)) return "differs";
        }
        heard_ = cycles_;
        top_->requests___05Fvalid = 0;
        top_->eval();
        return nullptr;
    }

    // Beats and results up to the next request.
    const char* learn(const std::vector<Step>& steps, size_t& at) {
        size_t end = at;
        while (end < steps.size() && (steps[end].kind == Kind::kBeat || steps[end].kind == Kind::kResult)) ++end;
        size_t beat = next(steps, at, end, Kind::kBeat), result = next(steps, at, end, Kind::kResult);
        bool offered = false;
        while (beat < end || result < end) {
            if (cycles_ - heard_ > kPatience) return "hangs";
            offered = beat < end && (offered || !stalls());
            top_->samples___05Fvalid = offered;
            if (offered) top_->samples___05Fpayload = steps[beat].payload;
            top_->results___05Fready = !stalls();
            top_->eval();
            if (top_->replies___05Fvalid) return "differs";
            if (top_->results___05Fvalid && top_->results___05Fready) {
                at = result < end ? result : end;
                if (result == end || top_->results___05Fpayload != steps[result].payload) return "differs";
                result = next(steps, result + 1, end, Kind::kResult);
                heard_ = cycles_;
            }
            if (offered && top_->samples___05Fready) {
                beat = next(steps, beat + 1, end, Kind::kBeat);
                offered = false;
                heard_ = cycles_;
            }
            edge();
        }
        top_->samples___05Fvalid = 0;
        top_->results___05Fready = 0;
        top_->eval();
        at = end;
        return nullptr;
    }

    static size_t next(const std::vector<Step>& steps, size_t from, size_t end, Kind kind) {
        while (from < end && steps[from].kind != kind) ++from;
        return from;
    }

    VerilatedContext context_;
    std::unique_ptr<Vmutants> top_;
    uint64_t cycles_ = 0, heard_ = 0, stall_ = 0;
    uint32_t random_ = 1;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const std::vector<Step> steps = read(argv[1]);
    const uint32_t first = std::strtoul(argv[2], nullptr, 10), last = std::strtoul(argv[3], nullptr, 10);
    for (uint32_t mutant = first; mutant <= last; ++mutant) {
        Machine machine(mutant);
        size_t at = 0;
        const char* verdict = machine.play(steps, at);
        std::printf("%u %s %llu %zu\n", mutant, verdict, static_cast<unsigned long long>(machine.cycles()), at + 1);
        std::fflush(stdout);
    }
    return 0;
}
