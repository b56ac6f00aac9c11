#include "actors/application_server/formatters/state.hpp"

#include <algorithm>
#include <cstring>

#include "actors/application_server/formatters/errors.hpp"
#include "protocol/formatter/errors.hpp"

namespace ff::application_server {
namespace {

using formatter::Answer;
using formatter::Ending;

/// More of them mean that somebody tries; the oldest is trusted again.
constexpr std::size_t suspects_max = 4096;
/// A call that was running when its worker ended is tried so often in all.
constexpr int attempts_max = 2;
/// A worker that has not come up so often in a row is down: its calls need not wait.
constexpr int failed_starts_max = 3;
/// Of the places in the queue, what one script may have.
constexpr std::size_t scripts_share = 4;

Answer ending(Ending how, std::string text = {}) {
  return {.ending = how, .text = std::move(text)};
}

}  // namespace

PoolState::PoolState(const FormattersConfig& config)
    : config_(config), workers_(std::max<std::size_t>(1, config.workers) + 1) {
  for (std::size_t place = 0; place < workers_.size(); ++place) workers_[place].id.place = place;
}

PoolEffects PoolState::begin(MonoTime now) {
  for (auto& worker : workers_) start(worker, now);
  return take();
}

void PoolState::start(Worker& worker, MonoTime now) {
  worker.id.incarnation = ++incarnations_;
  worker.ready = false;
  worker.ending = false;
  worker.restart_at.reset();
  worker.started_at = now;
  worker.scripts.clear();
  ++worker.starts;
  effects_.emplace_back(StartWorker{worker.id, worker.id.place == apart()});
}

void PoolState::kill(Worker& worker) {
  if (!std::exchange(worker.ending, true)) effects_.emplace_back(KillWorker{worker.id});
}

bool PoolState::is_down(const Worker& worker) const noexcept {
  return worker.failed_starts >= failed_starts_max;
}

PoolState::Worker* PoolState::find(const WorkerId& id) {
  if (id.place >= workers_.size() || !(workers_[id.place].id == id)) return nullptr;
  return &workers_[id.place];
}

std::size_t PoolState::place_of(const formatter::ScriptKey& key, MonoTime now) {
  const auto found = suspects_.find(key);
  if (found != suspects_.end() && found->second > now) return apart();
  if (found != suspects_.end()) suspects_.erase(found);
  std::uint64_t hash = 0;
  std::memcpy(&hash, key.data(), sizeof hash);
  return hash % apart();
}

/// A turn later than its script's call before it, and before those of other scripts that are later.
void PoolState::enqueue(Worker& worker, std::uint32_t number) {
  auto& job = jobs_.at(number);
  auto& turns = turns_[job.call.script.key];
  job.turn = turns.last = std::max(turn_, turns.last) + 1;
  ++turns.waiting;
  ++waiting_;
  auto place = worker.queue.end();
  while (place != worker.queue.begin() && jobs_.at(*std::prev(place)).turn > job.turn) --place;
  worker.queue.insert(place, number);
}

/// One that has had its turn.
void PoolState::enqueue_first(Worker& worker, std::uint32_t number) {
  ++turns_[jobs_.at(number).call.script.key].waiting;
  ++waiting_;
  worker.queue.push_front(number);
}

void PoolState::no_longer_waits(std::uint32_t number) {
  --waiting_;
  const auto turns = turns_.find(jobs_.at(number).call.script.key);
  if (--turns->second.waiting == 0) turns_.erase(turns);
}

PoolEffects PoolState::run(const RunFormatter& call, MonoTime now) {
  auto& worker = workers_[place_of(call.script.key, now)];
  const auto turns = turns_.find(call.script.key);
  const auto of_script = turns == turns_.end() ? 0 : turns->second.waiting;
  const auto share = std::max<std::size_t>(1, config_.queue_size / scripts_share);
  if (waiting_ >= config_.queue_size || of_script >= share) {
    ++refused_;
    effects_.emplace_back(AnswerCall{call.reply, fail(pool_full)});
    return take();
  }
  if (is_down(worker)) {
    effects_.emplace_back(
        AnswerCall{call.reply, fail(formatters_unavailable, {{"reason", worker.last_end}})});
    return take();
  }
  const auto number = ++numbers_;
  jobs_.emplace(number, Job{call, now});
  deadlines_.emplace_back(now + config_.queue_timeout, number);
  enqueue(worker, number);
  fill(worker, now);
  // It is busy: somebody else may not be.
  if (!worker.queue.empty()) fill(now);
  return take();
}

void PoolState::fill(MonoTime now) {
  for (auto& worker : workers_) fill(worker, now);
}

void PoolState::fill(Worker& worker, MonoTime now) {
  if (!worker.ready || worker.ending) return;
  const auto window = worker.id.place == apart() ? 1 : config_.window;
  while (worker.under_way.size() < window) {
    const auto number = next_for(worker);
    if (!number) return;
    send(worker, *number, now);
  }
}

/// Its own first; one that has nothing at all to do helps the others.
std::optional<std::uint32_t> PoolState::next_for(Worker& worker) {
  auto* from = &worker;
  if (worker.queue.empty()) {
    if (worker.id.place == apart() || !worker.under_way.empty()) return std::nullopt;
    from = &*std::max_element(
        workers_.begin(), workers_.end() - 1,
        [](const Worker& a, const Worker& b) { return a.queue.size() < b.queue.size(); });
    if (from->queue.empty()) return std::nullopt;
  }
  const auto number = from->queue.front();
  from->queue.pop_front();
  return number;
}

void PoolState::send(Worker& worker, std::uint32_t number, MonoTime now) {
  no_longer_waits(number);
  auto& job = jobs_.at(number);
  turn_ = std::max(turn_, job.turn);
  // When it may have forgotten some, it is given them once more; it says so if it lacks one.
  if (worker.scripts.size() >= config_.realms * formatter::scripts_per_realm)
    worker.scripts.clear();
  const bool is_new = worker.scripts.insert(job.call.script.key).second;
  formatter::Call call{.id = number,
                       .function = job.call.function,
                       .key = job.call.script.key,
                       .f_port = job.call.f_port,
                       .received_at = job.call.received_at,
                       .input = job.call.input,
                       .script = {}};
  if (is_new || std::exchange(job.with_script, false)) call.script = *job.call.script.script;
  if (worker.under_way.empty()) worker.head_since = now;
  worker.under_way.push_back(number);
  ++worker.calls;
  effects_.emplace_back(SendCall{worker.id, formatter::encode(call)});
}

PoolEffects PoolState::said(const WorkerSaid& message, MonoTime now) {
  auto* worker = find(message.worker);
  if (worker == nullptr || worker->ending) return take();
  if (const auto* ready = std::get_if<formatter::Ready>(&message.message)) {
    if (ready->version != formatter::wire_version || worker->ready) {
      kill(*worker);
      return take();
    }
    worker->ready = true;
    worker->failed_starts = 0;
    fill(now);
    return take();
  }
  const auto& answer = std::get<Answer>(message.message);
  // In order, or it is not what we have started.
  if (worker->under_way.empty() || worker->under_way.front() != answer.id) {
    kill(*worker);
    return take();
  }
  answered(*worker, answer, now);
  return take();
}

void PoolState::answered(Worker& worker, const Answer& answer, MonoTime now) {
  const auto number = worker.under_way.front();
  worker.under_way.pop_front();
  worker.head_since = now;
  if (!answer.compilations.empty()) effects_.emplace_back(CountCompilations{answer.compilations});
  const auto found = jobs_.find(number);
  if (found != jobs_.end()) {
    auto& job = found->second;
    const bool once_more = answer.ending == Ending::script_missing && !job.with_script;
    if (answer.ending == Ending::timed_out || answer.ending == Ending::out_of_memory)
      suspect(job.call.script.key, now);
    if (once_more) {
      job.with_script = true;
      enqueue_first(worker, number);
    } else {
      finish(number, answer, now, true);
    }
  }
  if (answer.retires) {
    // It ends by itself; what it has not begun goes to others.
    kill(worker);
    take_back(worker, now);
  }
  fill(now);
}

void PoolState::finish(std::uint32_t number, Result<Answer> answer, MonoTime now, bool ran) {
  const auto found = jobs_.find(number);
  if (found == jobs_.end()) return;
  auto job = std::move(found->second);
  jobs_.erase(found);
  effects_.emplace_back(
      AnswerCall{std::move(job.call.reply), std::move(answer), now - job.asked_at, ran});
}

void PoolState::suspect(const formatter::ScriptKey& key, MonoTime now) {
  if (suspects_.size() >= suspects_max && !suspects_.contains(key)) {
    suspects_.erase(
        std::min_element(suspects_.begin(), suspects_.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; }));
  }
  suspects_[key] = now + config_.suspicion;
  // Those that wait behind others go too.
  auto& away = workers_[apart()].queue;
  for (std::size_t place = 0; place < apart(); ++place) {
    auto& queue = workers_[place].queue;
    const auto rest = std::stable_partition(queue.begin(), queue.end(), [&](std::uint32_t number) {
      return jobs_.at(number).call.script.key != key;
    });
    away.insert(away.end(), rest, queue.end());
    queue.erase(rest, queue.end());
  }
}

/// What the worker had not answered waits again, in its order and before the others.
void PoolState::take_back(Worker& worker, MonoTime now) {
  for (auto number = worker.under_way.rbegin(); number != worker.under_way.rend(); ++number) {
    const auto found = jobs_.find(*number);
    if (found == jobs_.end()) continue;
    enqueue_first(workers_[place_of(found->second.call.script.key, now)], *number);
  }
  worker.under_way.clear();
}

PoolEffects PoolState::babbled(const WorkerBabbled& message) {
  if (auto* worker = find(message.worker)) kill(*worker);
  return take();
}

PoolEffects PoolState::ended(const WorkerEnded& message, MonoTime now) {
  auto* worker = find(message.worker);
  if (worker == nullptr || worker->restart_at) return take();
  worker->last_end = message.end.how;
  if (!worker->ready) ++worker->failed_starts;
  if (worker->ready && !worker->under_way.empty()) {
    const auto number = worker->under_way.front();
    const auto found = jobs_.find(number);
    if (found != jobs_.end()) {
      suspect(found->second.call.script.key, now);
      if (++found->second.attempts >= attempts_max) {
        worker->under_way.pop_front();
        finish(number, ending(Ending::out_of_memory), now, true);
      }
    }
  }
  take_back(*worker, now);
  worker->ready = false;
  worker->ending = false;
  if (worker->failed_starts == 0) {
    start(*worker, now);
  } else {
    const auto delay =
        config_.restart_delay * (std::int64_t{1} << std::min(worker->failed_starts, 10));
    worker->restart_at = now + std::min<Duration>(delay, config_.restart_delay_max);
  }
  if (is_down(*worker)) give_up_queue(*worker, now);
  fill(now);
  return take();
}

/// Nobody comes for them.
void PoolState::give_up_queue(Worker& worker, MonoTime now) {
  for (const auto number : std::exchange(worker.queue, {})) {
    no_longer_waits(number);
    finish(number, fail(formatters_unavailable, {{"reason", worker.last_end}}), now, false);
  }
}

PoolEffects PoolState::expire(MonoTime now) {
  while (!deadlines_.empty() && deadlines_.front().first <= now) {
    const auto number = deadlines_.front().second;
    deadlines_.pop_front();
    if (!jobs_.contains(number)) continue;
    for (auto& worker : workers_) {
      if (std::erase(worker.queue, number) == 0) continue;
      no_longer_waits(number);
      finish(number, fail(formatters_timed_out), now, false);
    }
  }
  for (auto& worker : workers_) {
    if (worker.restart_at && *worker.restart_at <= now) start(worker, now);
    const bool slow_start = !worker.ready && !worker.restart_at && !worker.ending &&
                            now - worker.started_at > config_.start_timeout;
    if (slow_start) kill(worker);
    if (worker.ending || worker.under_way.empty() || now - worker.head_since <= config_.hang)
      continue;
    // Somewhere in the library, where it is not interrupted.
    const auto number = worker.under_way.front();
    worker.under_way.pop_front();
    if (const auto found = jobs_.find(number); found != jobs_.end())
      suspect(found->second.call.script.key, now);
    finish(number, ending(Ending::timed_out), now, true);
    take_back(worker, now);
    kill(worker);
  }
  fill(now);
  return take();
}

std::optional<MonoTime> PoolState::next_due() const {
  std::optional<MonoTime> due;
  const auto consider = [&](MonoTime time) { due = due ? std::min(*due, time) : time; };
  if (!deadlines_.empty()) consider(deadlines_.front().first);
  for (const auto& worker : workers_) {
    if (worker.restart_at) consider(*worker.restart_at);
    if (worker.ending) continue;
    if (!worker.ready && !worker.restart_at)
      consider(worker.started_at + config_.start_timeout + Duration{1});
    if (!worker.under_way.empty()) consider(worker.head_since + config_.hang + Duration{1});
  }
  return due;
}

FormattersSnapshot PoolState::snapshot() const {
  FormattersSnapshot out;
  for (const auto& worker : workers_) {
    out.workers.push_back({.ready = worker.ready && !worker.ending,
                           .apart = worker.id.place == apart(),
                           .started = worker.starts,
                           .calls = worker.calls,
                           .under_way = worker.under_way.size(),
                           .waiting = worker.queue.size(),
                           .last_end = worker.last_end});
  }
  out.suspects = suspects_.size();
  return out;
}

}  // namespace ff::application_server
