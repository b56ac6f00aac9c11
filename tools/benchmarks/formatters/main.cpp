// formatters_bench: calls a second of payload formatters through the pool's logic and real workers,
// with 1, 100 and 5,000 scripts, and what an endless loop and killed workers cost their neighbours.
// Calls per second of the workers' processor time say what a core can do, whatever else the machine
// does. Not a test: it prints numbers, beside what is aimed at.
// `formatters_bench FARFIELD-CODEC [seconds] [workers]`.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <mutex>
#include <thread>

#include "actors/application_server/formatters/state.hpp"

namespace {

using namespace ff;
using namespace ff::application_server;
using Clock = std::chrono::steady_clock;

constexpr const char* simple = R"(
function decodeUplink(input) {
  var bytes = input.bytes;
  return { data: { temperature: ((bytes[0] << 8) | bytes[1]) / 10, humidity: bytes[2], battery: bytes[3] / 50,
                   door: bytes[4] === 1 ? 'open' : 'closed' } };
}
)";
constexpr const char* endless = "function decodeUplink() { for (;;) {} }";

/// Simple calls per second of processor time.
constexpr double calls_per_cpu_second_aim = 50'000;
/// By how much the slowest hundredth of calls may be slower beside a script that loops.
constexpr double disturbance_aim = 0.05;

/// Of children that have ended and were waited for.
double cpu_seconds_of_children() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

MonoTime now() {
  return MonoTime{std::chrono::duration_cast<MonoTime::duration>(Clock::now().time_since_epoch())};
}

/// The pool without an actor: one thread takes what workers say and what is asked.
class Pool {
 public:
  Pool(const char* program, std::size_t workers)
      : runner_(net::make_child_runner()), children_(workers + 1) {
    config_.program = program;
    config_.workers = workers;
    state_.emplace(config_);
    const std::lock_guard lock(mutex_);
    carry_out(state_->begin(now()));
  }
  ~Pool() {
    {
      // Workers that end now are not to be replaced.
      const std::lock_guard lock(mutex_);
      is_ending_ = true;
    }
    children_.clear();
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  void ask(const formatter::Formatter& script, actors::Reply<formatter::Answer> reply) {
    const std::lock_guard lock(mutex_);
    carry_out(state_->run({.script = script,
                           .f_port = 1,
                           .received_at = {},
                           .input = {1, 0x10, 40, 180, 1, 0, 0, 0},
                           .reply = std::move(reply)},
                          now()));
  }
  void kill(std::size_t place) {
    const std::lock_guard lock(mutex_);
    if (children_[place]) children_[place]->kill();
  }

 private:
  template <class Event>
  void happened(const Event& event) {
    const std::lock_guard lock(mutex_);
    if (!is_ending_) carry_out(event());
  }
  void carry_out(PoolEffects effects) {
    for (auto& effect : effects) {
      if (auto* start = std::get_if<StartWorker>(&effect))
        children_[start->worker.place] = spawn(*start);
      if (auto* kill = std::get_if<KillWorker>(&effect)) children_[kill->worker.place]->kill();
      if (auto* send = std::get_if<SendCall>(&effect))
        children_[send->worker.place]->write(std::move(send->frame));
      if (auto* answer = std::get_if<AnswerCall>(&effect)) answer->reply(std::move(answer->answer));
    }
  }
  std::shared_ptr<net::Child> spawn(const StartWorker& start) {
    const auto worker = start.worker;
    auto frames = std::make_shared<formatter::FrameReader>();
    return runner_->start({.program = config_.program,
                           .arguments = {"100", std::to_string(config_.memory_bytes),
                                         std::to_string(config_.realms), start.apart ? "10" : "0"}},
                          {[this, frames, worker](ByteView bytes) {
                             frames->append(bytes);
                             while (const auto body = frames->next()) {
                               const WorkerSaid said{worker, *formatter::decode_from_worker(*body)};
                               happened([&] { return state_->said(said, now()); });
                             }
                           },
                           [this, worker](const net::ChildEnd& end) {
                             happened([&] { return state_->ended({worker, end}, now()); });
                           }});
  }

  FormattersConfig config_;
  std::recursive_mutex mutex_;
  bool is_ending_ = false;
  std::optional<PoolState> state_;
  std::unique_ptr<net::ChildRunner> runner_;
  std::vector<std::shared_ptr<net::Child>> children_;
};

/// Keeps so many calls under way for some seconds.
class Load {
 public:
  Load(Pool& pool, std::vector<formatter::Formatter> scripts, std::size_t under_way)
      : pool_(pool), scripts_(std::move(scripts)), free_(under_way) {}

  void run(double seconds) {
    const auto begin = Clock::now();
    const auto end =
        begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    while (Clock::now() < end) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return free_ > 0; });
      --free_;
      ++asked_;
      lock.unlock();
      pool_.ask(scripts_[next_++ % scripts_.size()], [this, at = Clock::now()](
                                                         const Result<formatter::Answer>& answer) {
        const std::lock_guard inner(mutex_);
        took_us_.push_back(std::chrono::duration<double, std::micro>(Clock::now() - at).count());
        if (!answer || answer->ending != formatter::Ending::done) ++failed_;
        ++free_;
        changed_.notify_one();
      });
    }
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return took_us_.size() == asked_; });
    elapsed_ = std::chrono::duration<double>(Clock::now() - begin).count();
  }

  struct Figures {
    double calls = 0;
    double p99_us = 0;
  };
  Figures print(const char* name) {
    std::sort(took_us_.begin(), took_us_.end());
    const auto at = [&](double part) {
      return took_us_[static_cast<std::size_t>(part * static_cast<double>(took_us_.size() - 1))];
    };
    std::printf("%-28s %9.0f calls/s   p50 %8.0f us   p99 %8.0f us   failed %zu\n", name,
                static_cast<double>(took_us_.size()) / elapsed_, at(0.5), at(0.99), failed_);
    std::fflush(stdout);
    return {static_cast<double>(took_us_.size()), at(0.99)};
  }

 private:
  Pool& pool_;
  std::vector<formatter::Formatter> scripts_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t free_;
  std::size_t asked_ = 0;
  std::size_t next_ = 0;
  std::size_t failed_ = 0;
  double elapsed_ = 0;
  std::vector<double> took_us_;
};

std::vector<formatter::Formatter> scripts(int count, const char* text) {
  std::vector<formatter::Formatter> out;
  for (int i = 0; i < count; ++i)
    out.push_back(formatter::make_formatter(
        formatter::Kind::javascript, text + ("// " + std::to_string(i)), ApplicationId("bench")));
  return out;
}

Load::Figures measure(Pool& pool, const char* name, std::vector<formatter::Formatter> chosen,
                      double seconds, std::size_t under_way) {
  Load load(pool, std::move(chosen), under_way);
  load.run(seconds);
  return load.print(name);
}

/// With workers of its own, whose processor time is known when they have ended; their start counts.
double calls_per_cpu_second(const char* program, std::size_t workers, const char* name,
                            std::vector<formatter::Formatter> chosen, double seconds) {
  const auto before = cpu_seconds_of_children();
  double calls = 0;
  {
    Pool pool(program, workers);
    calls = measure(pool, name, std::move(chosen), seconds, 64).calls;
  }
  const auto rate = calls / std::max(cpu_seconds_of_children() - before, 1e-9);
  std::printf("%-28s %9.0f calls/CPU s\n", "", rate);
  return rate;
}

void judge(const char* what, double value, double aim, bool is_met) {
  std::printf("%-44s %10.2f   aim %10.2f   %s\n", what, value, aim, is_met ? "met" : "MISSED");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 64;
  const double seconds = argc > 2 ? std::atof(argv[2]) : 3;
  const std::size_t workers = argc > 3 ? static_cast<std::size_t>(std::atoi(argv[3]))
                                       : std::max(1U, std::thread::hardware_concurrency());
  std::printf("%zu workers and one for suspects; clients and the pool share the machine\n",
              workers);
  const auto rate =
      calls_per_cpu_second(argv[1], workers, "1 formatter", scripts(1, simple), seconds);
  calls_per_cpu_second(argv[1], workers, "100 formatters", scripts(100, simple), seconds);
  calls_per_cpu_second(argv[1], workers, "5,000 formatters", scripts(5000, simple), seconds);
  calls_per_cpu_second(argv[1], workers, "100, fresh globals each call",
                       scripts(100, (std::string("// arguments\n") + simple).c_str()), seconds);
  Pool pool(argv[1], workers);
  measure(pool, "start", scripts(1, simple), 0.1, 1);
  const auto alone = measure(pool, "one at a time", scripts(100, simple), seconds, 1);
  std::thread looping(
      [&] { measure(pool, "  the endless loop itself", scripts(1, endless), seconds, 4); });
  const auto beside = measure(pool, "beside an endless loop", scripts(100, simple), seconds, 1);
  looping.join();
  std::thread killing([&] {
    for (int i = 0; i < 10; ++i) {
      std::this_thread::sleep_for(std::chrono::duration<double>(seconds / 10));
      pool.kill(static_cast<std::size_t>(i) % workers);
    }
  });
  measure(pool, "10 workers killed meanwhile", scripts(100, simple), seconds, 16);
  killing.join();
  judge("simple calls per second of processor time", rate, calls_per_cpu_second_aim,
        rate >= calls_per_cpu_second_aim);
  const auto disturbance = beside.p99_us / alone.p99_us - 1;
  judge("p99 beside an endless loop, slower by", disturbance, disturbance_aim,
        disturbance <= disturbance_aim);
  return 0;
}
