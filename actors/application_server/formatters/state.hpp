// The logic of the pool: which worker gets a call, and what becomes of it when the worker ends.
// Pure; the actor carries effects out.
//
// A script has a home worker, where it is compiled. A worker without work takes calls from the
// longest queue. A script that has used up its time or has ended its worker is *suspect* for a
// while: its calls go, one at a time, to a worker that is for suspects alone. So it can take time
// from the others once, not with every call. A call that was running when its worker ended is tried
// once more, there; the others of that worker are not affected.
//
// Scripts take turns: in a queue, the first call of each goes before the second of any, and no
// script has more than a quarter of the places.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <variant>

#include "actors/application_server/formatters/config.hpp"
#include "actors/application_server/formatters/messages.hpp"

namespace ff::application_server {

struct StartWorker {
  WorkerId worker;
  bool apart = false;  // for suspects: the others' work goes before its own
};
/// Takes back what it was given; WorkerEnded follows.
struct KillWorker {
  WorkerId worker;
};
struct SendCall {
  WorkerId worker;
  Bytes frame;
};
struct AnswerCall {
  actors::Reply<formatter::Answer> reply;
  Result<formatter::Answer> answer;
  Duration took{0};  // since it was asked for
  bool ran = false;
};
/// A worker has compiled scripts for a call.
struct CountCompilations {
  std::vector<formatter::Compilation> compilations;
};
using PoolEffect = std::variant<StartWorker, KillWorker, SendCall, AnswerCall, CountCompilations>;
using PoolEffects = std::vector<PoolEffect>;

class PoolState {
 public:
  explicit PoolState(const FormattersConfig& config);

  /// Starts the workers.
  PoolEffects begin(MonoTime now);
  PoolEffects run(const RunFormatter& call, MonoTime now);
  PoolEffects said(const WorkerSaid& message, MonoTime now);
  PoolEffects babbled(const WorkerBabbled& message);
  PoolEffects ended(const WorkerEnded& message, MonoTime now);
  PoolEffects expire(MonoTime now);

  std::optional<MonoTime> next_due() const;
  FormattersSnapshot snapshot() const;
  std::size_t waiting() const noexcept { return waiting_; }
  std::uint64_t refused() const noexcept { return refused_; }

 private:
  struct Job {
    RunFormatter call;
    MonoTime asked_at;
    int attempts = 0;
    bool with_script = false;
    std::uint64_t turn = 0;
  };
  /// Of a script of which calls wait.
  struct Turns {
    std::size_t waiting = 0;
    std::uint64_t last = 0;  // that one of them has
  };
  struct Worker {
    WorkerId id;
    bool ready = false;
    bool ending = false;  // killed, or has said that it retires
    std::deque<std::uint32_t> under_way;
    std::deque<std::uint32_t> queue;
    MonoTime head_since;  // when the first under way began
    MonoTime started_at;
    std::optional<MonoTime> restart_at;
    int failed_starts = 0;
    std::string last_end;
    std::uint64_t starts = 0;
    std::uint64_t calls = 0;
    std::set<formatter::ScriptKey> scripts;  // that it has been given
  };

  PoolEffects take() { return std::exchange(effects_, {}); }
  std::size_t apart() const noexcept { return workers_.size() - 1; }
  std::size_t place_of(const formatter::ScriptKey& key, MonoTime now);
  Worker* find(const WorkerId& id);
  void start(Worker& worker, MonoTime now);
  void kill(Worker& worker);
  void fill(MonoTime now);
  void fill(Worker& worker, MonoTime now);
  std::optional<std::uint32_t> next_for(Worker& worker);
  void send(Worker& worker, std::uint32_t number, MonoTime now);
  void answered(Worker& worker, const formatter::Answer& answer, MonoTime now);
  void finish(std::uint32_t number, Result<formatter::Answer> answer, MonoTime now, bool ran);
  void suspect(const formatter::ScriptKey& key, MonoTime now);
  void take_back(Worker& worker, MonoTime now);
  void give_up_queue(Worker& worker, MonoTime now);
  void enqueue(Worker& worker, std::uint32_t number);
  void enqueue_first(Worker& worker, std::uint32_t number);
  void no_longer_waits(std::uint32_t number);
  bool is_down(const Worker& worker) const noexcept;

  FormattersConfig config_;
  std::vector<Worker> workers_;  // the last is for suspects
  std::unordered_map<std::uint32_t, Job> jobs_;
  std::deque<std::pair<MonoTime, std::uint32_t>> deadlines_;  // in order: all wait equally long
  std::map<formatter::ScriptKey, MonoTime> suspects_;         // until when
  std::uint32_t numbers_ = 0;
  std::uint64_t incarnations_ = 0;
  std::size_t waiting_ = 0;
  std::map<formatter::ScriptKey, Turns> turns_;
  std::uint64_t turn_ = 0;  // of the newest call that a worker was given
  std::uint64_t refused_ = 0;
  PoolEffects effects_;
};

}  // namespace ff::application_server
