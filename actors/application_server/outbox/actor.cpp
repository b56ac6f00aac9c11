#include "actors/application_server/outbox/actor.hpp"

#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <optional>
#include <utility>

#include "actors/application_server/outbox/probe.hpp"
#include "actors/application_server/outbox/scans.hpp"
#include "actors/support/mailbox.hpp"
#include "actors/support/shell.hpp"

namespace ff::application_server {
namespace {

struct Shell {
  static inline const char* name = "outbox_reader";
  OutboxConfig config;
  std::optional<OutboxProbe> probe;
  std::optional<actors::MailboxProbe> mailbox;
  std::uint64_t early = 0;  // of the removal under way
};
using Pointer = OutboxHandle::stateful_pointer<Shell>;

void wait_for_next_trim(Pointer self, Bytes from, Duration delay) {
  self->delayed_send(self, std::chrono::duration_cast<caf::timespan>(delay),
                     TrimOutbox{std::move(from)});
}

/// Consumers that are behind will not get them: an operator has to know.
void tell_early(Pointer self) {
  const auto early = std::exchange(self->state.early, 0);
  if (early == 0) return;
  spdlog::warn("msg=\"messages removed before their time\" count={} messages_max={}", early,
               self->state.config.messages_max);
}

void trim_step(Pointer self, const TrimOutbox& message) {
  const auto& config = self->state.config;
  auto step = trim(*config.store, message.from,
                   {.received_before = config.deps.clock->now().utc - config.retention,
                    .messages_max = config.messages_max},
                   config.trim_rows);
  if (!step) {
    spdlog::error("msg=\"outbox can not be trimmed\" error=\"{}\"", step.error().to_string());
    return wait_for_next_trim(self, {}, config.trim_interval);
  }
  if (!step->records.empty()) {
    caf::anon_send(config.deps.committer.get(), actors::Commit{std::move(step->records), nullptr});
  }
  self->state.early += step->early;
  self->state.probe->removed_early.Increment(static_cast<double>(step->early));
  if (step->next.empty()) {
    tell_early(self);
    return wait_for_next_trim(self, {}, config.trim_interval);
  }
  // Behind what others ask.
  caf::anon_send(OutboxHandle(self), TrimOutbox{std::move(step->next)});
}

OutboxHandle::behavior_type outbox(Pointer self, OutboxConfig config) {
  actors::prepare(self, Shell::name);
  self->state.config = std::move(config);
  self->state.probe.emplace(*self->state.config.deps.metrics);
  self->state.mailbox.emplace(*self->state.config.deps.metrics, Shell::name);
  wait_for_next_trim(self, {}, self->state.config.trim_interval);
  return {
      [self](const RecoverOutbox& ask) {
        ask.reply(newest_sequences(*self->state.config.store, ask.shard));
      },
      [self](const ReadOutbox& ask) {
        self->state.mailbox->sample(*self);
        ask.reply(read_messages(*self->state.config.store, ask));
      },
      [self](const LoadCursors& ask) {
        const auto& state = self->state.config;
        ask.reply(load_cursors(*state.store, state.shards, ask.application_id, ask.consumer));
      },
      [self](const FindNewest& ask) {
        const auto& state = self->state.config;
        ask.reply(find_newest(*state.store, state.shards, ask.application_id));
      },
      [self](const FindTime& ask) {
        const auto& state = self->state.config;
        ask.reply(find_time(*state.store, state.shards, ask));
      },
      [self](const ScanRows& ask) { ask.reply(scan_rows(*self->state.config.store, ask)); },
      [self](const TrimOutbox& message) { trim_step(self, message); },
  };
}

}  // namespace

OutboxHandle spawn_outbox(caf::actor_system& system, OutboxConfig config) {
  if (config.own_thread) return system.spawn<caf::detached>(outbox, std::move(config));
  return system.spawn(outbox, std::move(config));
}

}  // namespace ff::application_server
