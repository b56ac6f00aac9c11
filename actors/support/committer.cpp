#include "actors/support/committer.hpp"

#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/support/mailbox.hpp"
#include "actors/support/shell.hpp"
#include "actors/support/store_failed.hpp"

namespace ff::actors {
namespace {

struct Probe {
  explicit Probe(Metrics& metrics)
      : commits(metrics.counter("farfield_storage_commits_total", "Commits asked for.")),
        writes(metrics.counter("farfield_storage_writes_total", "Batches written, one sync each.")),
        failures(metrics.counter("farfield_storage_write_failures_total",
                                 "Batches refused by the store.")),
        group_size(metrics.histogram("farfield_storage_group_commits", "Commits per batch.",
                                     {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024})),
        seconds(metrics.histogram(
            "farfield_storage_write_seconds",
            "How long a batch took until it was written, and synced.",
            {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1})) {}
  prometheus::Counter& commits;
  prometheus::Counter& writes;
  prometheus::Counter& failures;
  prometheus::Histogram& group_size;
  prometheus::Histogram& seconds;
};

/// The group that is being collected. Once a write has failed, nothing is written or released any
/// more.
struct State {
  static inline const char* name = "committer";
  CommitterConfig config;
  std::unique_ptr<Probe> probe;
  std::unique_ptr<MailboxProbe> mailbox;
  storage::WriteBatch records;
  std::vector<std::shared_ptr<Release>> releases;
  std::size_t commits = 0;
  bool must_sync = false;
  bool flush_asked = false;
  bool sync_asked = false;
  std::optional<Error> failure;
  CommitterSnapshot done;  // of the past; what waits is filled in when asked

  std::optional<Instant> now() const {
    return config.clock ? std::optional(config.clock->now()) : std::nullopt;
  }
};

CommitterSnapshot snapshot(const State& state) {
  auto out = state.done;
  out.waiting_commits = state.commits;
  out.waiting_bytes = state.records.bytes();
  out.failure = state.failure;
  return out;
}

void note_write(State& state, const std::optional<Instant>& started) {
  ++state.done.writes;
  state.done.last_commits = state.commits;
  state.done.last_bytes = state.records.bytes();
  const auto ended = state.now();
  if (!started || !ended) return;
  state.done.last_written_at = ended->utc;
  state.done.last_duration = ended->mono - started->mono;
  state.probe->seconds.Observe(std::chrono::duration<double>(state.done.last_duration).count());
}

void finish(State& state, const Status& status) {
  for (const auto& release : state.releases) {
    if (!release) continue;
    if (status) {
      release->committed();
    } else {
      release->failed(status.error());
    }
  }
  state.releases.clear();
  state.records.clear();
  state.commits = 0;
  state.must_sync = false;
}

void note_failure(State& state, const Error& error) {
  state.failure = error;
  state.probe->failures.Increment();
  spdlog::critical("msg=\"store refused a write\" error=\"{}\"", error.to_string());
  if (state.config.on_store_failed) state.config.on_store_failed(error);
}

Status write(State& state) {
  if (state.failure) return fail(Error(store_failed).caused_by(*state.failure));
  if (state.records.empty()) return {};
  const auto started = state.now();
  const auto durability = state.must_sync ? storage::Durability::sync : state.config.durability;
  auto status = state.config.engine->write(state.records, durability);
  note_write(state, started);
  state.probe->writes.Increment();
  state.probe->group_size.Observe(static_cast<double>(state.commits));
  if (!status) note_failure(state, status.error());
  return status;
}

using Pointer = Committer::stateful_pointer<State>;

/// Writes the group. Without a sync of its own it is synced with all that is written until then.
void write_group(Pointer self) {
  auto& state = self->state;
  finish(state, write(state));
  if (state.config.durability == storage::Durability::sync || std::exchange(state.sync_asked, true))
    return;
  caf::delayed_anon_send(Committer(self), state.config.sync_interval, CommitterSync{});
}

void queue(Pointer self, const Commit& commit) {
  auto& state = self->state;
  state.probe->commits.Increment();
  state.records.append(commit.records);
  state.releases.push_back(commit.release);
  ++state.commits;
  state.must_sync |= commit.must_sync;
  ++state.done.commits;
  if (state.records.bytes() >= state.config.batch_bytes_max) return write_group(self);
  // Behind everything that is in the mailbox now: the group is what arrived while the last one was
  // written.
  if (!std::exchange(state.flush_asked, true)) caf::anon_send(Committer(self), CommitterFlush{});
}

void flush(Pointer self) {
  auto& state = self->state;
  state.mailbox->sample(*self);
  state.flush_asked = false;
  write_group(self);
}

/// An empty batch with a sync covers everything that was written before it.
void sync(Pointer self) {
  auto& state = self->state;
  state.sync_asked = false;
  if (state.failure) return;
  auto status = state.config.engine->write({}, storage::Durability::sync);
  if (!status) note_failure(state, status.error());
}

Committer::behavior_type committer(Pointer self, CommitterConfig config) {
  prepare(self, "committer");
  self->state.probe = std::make_unique<Probe>(*config.metrics);
  self->state.mailbox = std::make_unique<MailboxProbe>(*config.metrics, "committer");
  self->state.config = std::move(config);
  // What is queued is still written when the actor is told to end.
  self->set_exit_handler([self](caf::exit_msg& exit) {
    flush(self);
    if (self->state.sync_asked) sync(self);
    self->quit(exit.reason);
  });
  return {
      [self](const Commit& commit) { queue(self, commit); },
      [self](const InspectCommitter& message) { message.reply(snapshot(self->state)); },
      [self](const CommitterFlush&) { flush(self); },
      [self](const CommitterSync&) { sync(self); },
  };
}

}  // namespace

Committer spawn_committer(caf::actor_system& system, CommitterConfig config) {
  if (config.own_thread) return system.spawn<caf::detached>(committer, std::move(config));
  return system.spawn(committer, std::move(config));
}

}  // namespace ff::actors
