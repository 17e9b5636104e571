// Plays one course (verify/bep_verify/mutation/course.py) into mutants of a trainer, one after the other.
//
//   mutants COURSE < RUNS
//
// A line of RUNS is a mutant and the cycles FROM and TO between which its fault is there; 0 and 0: always. Mutant 0 is
// the trainer as it is. Every run is a new machine with cleared memories. It gives one line: for each section of the
// course "equal", "differs" or "hangs", the line of the course up to which all was right, and the cycles at its end,
// joined by colons. A fault that is always there needs no more than its first difference.

#include <cinttypes>
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

constexpr uint64_t kPatience = 16384;  // cycles without a handshake; walks to every counter take some 5,000

enum class Kind { kStall, kRequest, kEarly, kBreak, kBeat, kResult, kReset, kSection };

struct Step {
    Kind kind;
    uint64_t payload, reply, mask;
    bool asks() const { return kind == Kind::kRequest || kind == Kind::kEarly; }
};

// Whether a side of a stream waits: with chance `chance` / 256 it begins to, for at most `longest` cycles.
struct Stall {
    uint64_t chance = 0, longest = 1, left = 0;
    bool now(uint32_t random) {
        if (left) return --left, true;
        if ((random & 255) >= chance) return false;
        left = (random >> 8) % longest;
        return true;
    }
};

std::vector<Step> read(const char* path) {
    std::ifstream file(path);
    std::vector<Step> steps;
    std::string word;
    file >> std::hex;
    for (Step step{}; file >> word >> step.payload; steps.push_back(step)) {
        step.kind = word == "stall"     ? Kind::kStall
                    : word == "request" ? Kind::kRequest
                    : word == "early"   ? Kind::kEarly
                    : word == "break"   ? Kind::kBreak
                    : word == "beat"    ? Kind::kBeat
                    : word == "reset"   ? Kind::kReset
                    : word == "section" ? Kind::kSection
                                        : Kind::kResult;
        if (step.asks()) file >> step.reply >> step.mask;
        if (step.kind == Kind::kBreak || step.kind == Kind::kStall) file >> step.reply;
    }
    return steps;
}

class Machine {
  public:
    Machine(uint32_t mutant, uint64_t from, uint64_t to)
        : top_{new Vmutants{&context_}}, mutant_{mutant}, from_{from}, to_{to} {
        top_->mutant = to_ ? 0 : mutant_;
        top_->clk = 0;
        reset();
    }

    void play(const std::vector<Step>& steps) {
        const size_t none = steps.size();
        for (size_t begin = 0; begin < none;) {
            size_t end = begin + 1;
            while (end < none && steps[end].kind != Kind::kSection) ++end;
            wrong_ = none;
            size_t at = begin;
            const bool whole = go(steps, at, end);
            const char* seen = !whole ? "hangs" : wrong_ < none ? "differs" : "equal";
            std::printf(" %s:%zu:%" PRIu64, seen, (wrong_ < none ? wrong_ : at) + 1, cycles_);
            if (!to_ && (!whole || wrong_ < none)) break;
            begin = end;
        }
    }

  private:
    // Up to `end`, or until nothing moves any more: then false.
    bool go(const std::vector<Step>& steps, size_t& at, size_t end) {
        while (at < end) {
            const Step& step = steps[at];
            if (step.kind == Kind::kStall) {
                taking_ = replying_ = giving_ = Stall{step.payload, step.reply};
            } else if (step.kind == Kind::kReset) {
                idle(step.payload);
                reset();
            } else if (step.kind == Kind::kBreak) {
                ask(step);
                idle(step.reply);
                reset();
            } else if (step.asks()) {
                if (!carried_out(step, at)) return false;
            } else if (step.kind != Kind::kSection) {
                if (!learn(steps, at)) return false;
            }
            if (!to_ && wrong_ < steps.size()) return true;
            ++at;
        }
        return true;
    }

    void differs(size_t at) {
        if (at < wrong_) wrong_ = at;
    }

    void edge() {
        if (to_) {
            top_->mutant = cycles_ >= from_ && cycles_ < to_ ? mutant_ : 0;
            top_->eval();
        }
        top_->clk = 1;
        top_->eval();
        top_->clk = 0;
        top_->eval();
        ++cycles_;
    }

    void quiet() {
        top_->samples___05Fvalid = 0;
        top_->requests___05Fvalid = 0;
        top_->results___05Fready = 0;
        top_->replies___05Fready = 0;
        top_->eval();
    }

    void reset() {
        quiet();
        top_->rst = 1;
        edge();
        top_->rst = 0;
        top_->eval();
        heard_ = cycles_;
    }

    void idle(uint64_t cycles) {
        for (uint64_t i = 0; i < cycles; ++i) edge();
    }

    bool stalls(Stall& stream) {
        random_ ^= random_ << 13;
        random_ ^= random_ >> 17;
        random_ ^= random_ << 5;
        return stream.now(random_);
    }

    void ask(const Step& step) {
        top_->requests___05Fvalid = 1;
        top_->requests___05Fpayload = step.payload;
        top_->eval();
    }

    // Whether the reply to `step` is taken in this cycle.
    bool replied(const Step& step, size_t at) {
        const bool done = top_->replies___05Fvalid && top_->replies___05Fready;
        if (done && ((top_->replies___05Fpayload ^ step.reply) & step.mask)) differs(at);
        if (done != bool(top_->requests___05Fready)) differs(at);
        return done;
    }

    bool carried_out(const Step& step, size_t at) {
        ask(step);
        for (bool done = false; !done; edge()) {
            if (cycles_ - heard_ > kPatience) return false;
            top_->replies___05Fready = !stalls(replying_);
            top_->eval();
            if (top_->results___05Fvalid) differs(at);
            done = replied(step, at);
        }
        heard_ = cycles_;
        top_->requests___05Fvalid = 0;
        top_->replies___05Fready = 0;
        top_->eval();
        return true;
    }

    // Beats and results up to the next other step, and that one, too, if it is a request that does not wait for them;
    // `at` is the last of them then.
    bool learn(const std::vector<Step>& steps, size_t& at) {
        size_t end = at;
        while (end < steps.size() && (steps[end].kind == Kind::kBeat || steps[end].kind == Kind::kResult)) ++end;
        size_t beat = next(steps, at, end, Kind::kBeat), result = next(steps, at, end, Kind::kResult);
        bool offered = false, early = end < steps.size() && steps[end].kind == Kind::kEarly;
        const size_t behind = end + early;
        while (beat < end || result < end || early) {
            if (cycles_ - heard_ > kPatience) return false;
            if (!to_ && wrong_ < steps.size()) break;
            offered = beat < end && (offered || !stalls(giving_));
            top_->samples___05Fvalid = offered;
            if (offered) top_->samples___05Fpayload = steps[beat].payload;
            top_->results___05Fready = result < end && !stalls(taking_);
            if (early && beat == end) ask(steps[end]);
            top_->replies___05Fready = early && !stalls(replying_);
            top_->eval();
            if (early && beat == end) {
                if (replied(steps[end], end)) {
                    early = false;
                    heard_ = cycles_;
                }
            } else if (top_->replies___05Fvalid) {
                differs(at);
            }
            if (top_->results___05Fvalid && top_->results___05Fready) {
                at = result;
                if (top_->results___05Fpayload != steps[result].payload) differs(at);
                result = next(steps, result + 1, end, Kind::kResult);
                heard_ = cycles_;
            }
            if (offered && top_->samples___05Fready) {
                beat = next(steps, beat + 1, end, Kind::kBeat);
                offered = false;
                heard_ = cycles_;
            }
            edge();
            if (!early) top_->requests___05Fvalid = 0;
        }
        top_->samples___05Fvalid = 0;
        top_->requests___05Fvalid = 0;
        top_->results___05Fready = 0;
        top_->replies___05Fready = 0;
        top_->eval();
        at = behind - 1;
        return true;
    }

    static size_t next(const std::vector<Step>& steps, size_t from, size_t end, Kind kind) {
        while (from < end && steps[from].kind != kind) ++from;
        return from;
    }

    VerilatedContext context_;
    std::unique_ptr<Vmutants> top_;
    uint32_t mutant_;
    uint64_t from_, to_;
    size_t wrong_ = 0;  // the first step of a section that was not right
    uint64_t cycles_ = 0, heard_ = 0;
    Stall giving_, taking_, replying_;
    uint32_t random_ = 1;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const std::vector<Step> steps = read(argv[1]);
    uint32_t mutant;
    uint64_t from, to;
    while (std::scanf("%" SCNu32 " %" SCNu64 " %" SCNu64, &mutant, &from, &to) == 3) {
        std::printf("%u", mutant);
        Machine(mutant, from, to).play(steps);
        std::printf("\n");
        std::fflush(stdout);
    }
    return 0;
}
