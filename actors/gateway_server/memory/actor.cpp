#include "actors/gateway_server/memory/actor.hpp"

#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <optional>
#include <unordered_map>

#include "actors/gateway_server/connection/errors.hpp"
#include "actors/gateway_server/memory/record.hpp"
#include "actors/support/mailbox.hpp"
#include "actors/support/shell.hpp"
#include "storage/keys/entity_keys.hpp"

namespace ff::gateway_server {
namespace {

constexpr auto family = storage::Family::entity;
constexpr std::size_t sweep_page = 1000;

/// A row on its way to the disk: whoever reconnects at once must not get the one before it.
struct Unwritten {
  std::uint64_t write = 0;
  std::shared_ptr<const GatewayMemory> memory;
};

struct Shell {
  static inline const char* name = "gateway_memory";
  MemoryConfig config;
  std::optional<actors::MailboxProbe> mailbox;
  std::unordered_map<GatewayId, Unwritten> unwritten;
  std::uint64_t last_write = 0;
  bool is_ending = false;
  bool all_told = false;  // nobody will come with anything
};
using Pointer = MemoryHandle::stateful_pointer<Shell>;

class Written final : public actors::Release {
 public:
  Written(MemoryHandle keeper, MemoryWritten message)
      : keeper_(std::move(keeper)), message_(std::move(message)) {}
  void committed() noexcept override { caf::anon_send(keeper_, message_); }
  void failed(const Error&) noexcept override { caf::anon_send(keeper_, message_); }

 private:
  MemoryHandle keeper_;
  MemoryWritten message_;
};

UtcTime now(Pointer self) {
  return self->state.config.deps.clock->now().utc;
}

void commit(Pointer self, actors::Commit commit) {
  if (const auto committer = self->state.config.deps.committer.get())
    caf::anon_send(committer, std::move(commit));
}

void remember(Pointer self, RememberGateway& message) {
  auto& state = self->state;
  actors::Commit row;
  row.records.put(family, gateway_memory_key(message.gateway_id),
                  encode_gateway_memory(message.memory));
  const auto write = ++state.last_write;
  row.release =
      std::make_shared<Written>(MemoryHandle(self), MemoryWritten{message.gateway_id, write});
  state.unwritten[message.gateway_id] = {
      write, std::make_shared<const GatewayMemory>(std::move(message.memory))};
  commit(self, std::move(row));
}

void end_if_done(Pointer self) {
  const auto& state = self->state;
  if (state.all_told && state.unwritten.empty()) self->quit(caf::exit_reason::user_shutdown);
}

/// Whoever has gone before has sent what it had to say before.
void on_gone(Pointer self) {
  auto& state = self->state;
  const auto& attendance = state.config.attendance;
  state.all_told = state.is_ending && (!attendance || attendance->count() == 0);
  end_if_done(self);
}

void on_exit(Pointer self, const caf::exit_msg& exit) {
  auto& state = self->state;
  if (exit.reason != caf::exit_reason::user_shutdown) return self->quit(exit.reason);
  if (std::exchange(state.is_ending, true)) return;
  // Behind what is in the mailbox already.
  caf::anon_send(MemoryHandle(self), AttendantsGone{});
  caf::delayed_anon_send(MemoryHandle(self), state.config.ending_max, EndMemory{});
}

void give_up(Pointer self) {
  const auto& state = self->state;
  spdlog::warn("msg=\"not all gateways were remembered\" connections={} unwritten={}",
               state.config.attendance ? state.config.attendance->count() : 0,
               state.unwritten.size());
  self->quit(caf::exit_reason::user_shutdown);
}

Result<GatewayMemory> find(Pointer self, const GatewayId& gateway_id) {
  const auto& state = self->state;
  if (const auto found = state.unwritten.find(gateway_id); found != state.unwritten.end())
    return *found->second.memory;
  FF_TRY(const auto row, state.config.store->get(family, gateway_memory_key(gateway_id)));
  if (!row) return fail(not_connected, {{"gateway_uid", gateway_id.text()}});
  FF_TRY(auto memory, decode_gateway_memory(*row));
  if (is_forgotten(memory, state.config, now(self)))
    return fail(not_connected, {{"gateway_uid", gateway_id.text()}});
  return memory;
}

void written(Pointer self, const MemoryWritten& message) {
  auto& unwritten = self->state.unwritten;
  const auto found = unwritten.find(message.gateway_id);
  if (found != unwritten.end() && found->second.write == message.write) unwritten.erase(found);
  end_if_done(self);
}

bool is_forgotten_row(Pointer self, ByteView key, ByteView row) {
  const auto& state = self->state;
  // A newer one would be written before this one is erased.
  const auto entity = storage::parse_entity_key(key);
  if (entity && state.unwritten.contains(GatewayId(entity->ids.front()))) return false;
  // What can not be read is of no use to anybody.
  const auto memory = decode_gateway_memory(row);
  return !memory || is_forgotten(*memory, state.config, now(self));
}

/// A page at a time, so that nobody waits for all of them.
void sweep(Pointer self, const SweepMemories& message) {
  const auto& config = self->state.config;
  auto range = storage::prefix_range(storage::entity_prefix(storage::EntityKind::gateway_memory));
  if (!message.after.empty()) {
    range.first = message.after;
    range.first.push_back(0);
  }
  actors::Commit forgotten;
  Bytes last;
  const auto visited = config.store->scan({.family = family, .range = range, .limit = sweep_page},
                                          [&](ByteView key, ByteView row) {
                                            last = to_owned(key);
                                            if (is_forgotten_row(self, key, row))
                                              forgotten.records.erase(family, last);
                                            return true;
                                          });
  if (!visited) {
    spdlog::error("msg=\"memories of gateways not swept\" error=\"{}\"",
                  visited.error().to_string());
  } else if (!forgotten.records.empty()) {
    commit(self, std::move(forgotten));
  }
  const bool is_more = visited && *visited == sweep_page;
  if (is_more) return caf::anon_send(MemoryHandle(self), SweepMemories{std::move(last)});
  caf::delayed_anon_send(MemoryHandle(self), config.sweep_interval, SweepMemories{});
}

MemoryHandle::behavior_type keeper(Pointer self, MemoryConfig config) {
  actors::prepare(self, Shell::name);
  self->state.mailbox.emplace(*config.deps.metrics, Shell::name);
  self->state.config = std::move(config);
  self->set_exit_handler([self](caf::exit_msg& exit) { on_exit(self, exit); });
  caf::anon_send(MemoryHandle(self), SweepMemories{});
  return {
      [self](RememberGateway& message) {
        self->state.mailbox->sample(*self);
        remember(self, message);
      },
      [self](const RecallGateway& message) { message.reply(find(self, message.gateway_id)); },
      [self](const MemoryWritten& message) { written(self, message); },
      [self](const SweepMemories& message) { sweep(self, message); },
      [self](const AttendantsGone&) { on_gone(self); },
      [self](const EndMemory&) { give_up(self); },
  };
}

class KeptMemories final : public GatewayMemories {
 public:
  KeptMemories(actors::Route<MemoryHandle> route, std::shared_ptr<Attendance> attendance)
      : route_(std::move(route)), attendance_(std::move(attendance)) {}

  void remember(const GatewayId& gateway_id, GatewayMemory memory) override {
    if (const auto keeper = route_.get())
      caf::anon_send(keeper, RememberGateway{gateway_id, std::move(memory)});
  }
  void recall(const GatewayId& gateway_id, actors::Reply<GatewayMemory> reply) override {
    const auto keeper = route_.get();
    if (!keeper) return reply(fail(not_connected, {{"gateway_uid", gateway_id.text()}}));
    caf::anon_send(keeper, RecallGateway{gateway_id, std::move(reply)});
  }
  std::shared_ptr<void> attend() override {
    return attendance_ ? Attendance::join(attendance_) : nullptr;
  }

 private:
  actors::Route<MemoryHandle> route_;
  std::shared_ptr<Attendance> attendance_;
};

}  // namespace

bool is_forgotten(const GatewayMemory& memory, const MemoryConfig& config, UtcTime now) {
  const auto& disconnected_at = memory.stats.disconnected_at;
  if (disconnected_at) return now - *disconnected_at >= config.disconnected_ttl;
  return now - memory.stored_at >= config.silent_ttl;
}

MemoryHandle spawn_gateway_memory(caf::actor_system& system, MemoryConfig config) {
  if (config.own_thread) return system.spawn<caf::detached>(keeper, std::move(config));
  return system.spawn(keeper, std::move(config));
}

std::shared_ptr<void> Attendance::join(std::shared_ptr<Attendance> attendance) {
  ++attendance->count_;
  auto* bare = attendance.get();
  return {bare, [attendance = std::move(attendance)](void*) {
            if (--attendance->count_ > 0) return;
            if (const auto keeper = attendance->keeper_.get())
              caf::anon_send(keeper, AttendantsGone{});
          }};
}

std::shared_ptr<GatewayMemories> make_gateway_memories(actors::Route<MemoryHandle> route,
                                                       std::shared_ptr<Attendance> attendance) {
  return std::make_shared<KeptMemories>(std::move(route), std::move(attendance));
}

}  // namespace ff::gateway_server
