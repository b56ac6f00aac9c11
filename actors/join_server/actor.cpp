#include "actors/join_server/actor.hpp"

#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/join_server/device_table.hpp"
#include "actors/join_server/probe.hpp"
#include "actors/join_server/record.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/mailbox.hpp"
#include "actors/support/shell.hpp"
#include "protocol/base/ulid.hpp"
#include "storage/keys/keys.hpp"

namespace ff::join_server {
namespace {

using storage::JoinKey;

/// A request whose record is on its way to the disk.
struct Writing {
  Request request;
  Step step;
};

/// A join that waits for the crypto server.
struct Asking {
  HandleJoin request;
  DevicePtr device;
  RemoteJoin join;
  JoinInputs inputs;
  MonoTime until;
};

struct Shell {
  static inline const char* name = "join_server_shard";
  ContextPtr context;
  storage::Shard shard;
  std::unique_ptr<DeviceTable> devices;
  std::unique_ptr<Probe> probe;
  std::unique_ptr<actors::MailboxProbe> mailbox;
  std::unique_ptr<Random> random;
  std::map<JoinKey, Writing> writing;
  std::map<JoinKey, Asking> asking;
  bool open = false;
  std::vector<JoinKey> loads;  // until open
};
using Pointer = ShardActor::stateful_pointer<Shell>;

/// Tells the shard what became of a commit, also when the committer ended without deciding it.
template <class Tell>
class Decision final : public actors::Release {
 public:
  explicit Decision(Tell tell) : tell_(std::move(tell)) {}
  Decision(const Decision&) = delete;
  Decision& operator=(const Decision&) = delete;
  ~Decision() override { decide(fail(actors::receiver_down, {{"reason", "committer"}})); }
  void committed() noexcept override { decide({}); }
  void failed(const Error& error) noexcept override { decide(fail(error)); }

 private:
  void decide(Status status) {
    if (!std::exchange(decided_, true)) tell_(std::move(status));
  }
  Tell tell_;
  bool decided_ = false;
};

template <class Tell>
void commit(Pointer self, storage::WriteBatch records, Tell tell) {
  caf::anon_send(self->state.context->deps.committer.get(),
                 actors::Commit{.records = std::move(records),
                                .release = std::make_shared<Decision<Tell>>(std::move(tell)),
                                // Whatever the durability: nonces are never given again.
                                .must_sync = true});
}

Result<DevicePtr> decode(const Result<std::optional<Bytes>>& row, const Config& config) {
  if (!row) return fail(row.error());
  if (!*row) return DevicePtr();
  FF_TRY(auto device, decode_join_device(**row, config.key_seal.get()));
  return DevicePtr(std::make_shared<const JoinDevice>(
      with_counter_jump(std::move(device), config.counter_jump)));
}

void load(Pointer self, const JoinKey& key) {
  auto& state = self->state;
  if (!state.open) return state.loads.push_back(key);
  actors::LoadRow request{
      storage::Family::join_nonce, storage::join_record_key(state.shard, key), {}};
  request.on_loaded = [key, shard = ShardHandle(self),
                       context = state.context](const Result<std::optional<Bytes>>& row) {
    caf::anon_send(shard,
                   JoinDeviceLoaded{key.join_eui, key.dev_eui, decode(row, context->config)});
  };
  caf::anon_send(state.context->deps.loader.get(), std::move(request));
}

void write(Pointer self, const JoinKey& key, const DevicePtr& device) {
  auto& state = self->state;
  storage::WriteBatch records;
  if (device) {
    records.put(storage::Family::join_nonce, storage::join_record_key(state.shard, key),
                encode_join_device(*device, state.context->config.key_seal.get()));
  } else {
    const auto range = storage::prefix_range(storage::join_prefix(state.shard, key));
    records.erase_range(storage::Family::join_nonce, range.first, range.last);
  }
  commit(self, std::move(records), [key, shard = ShardHandle(self)](Status status) {
    caf::anon_send(shard, JoinDeviceWritten{key.join_eui, key.dev_eui, std::move(status)});
  });
}

void publish(Pointer self, std::vector<events::Event> list) {
  if (!self->state.context->publish) return;
  for (auto& event : list) self->state.context->publish(std::move(event));
}

/// Refused for a reason that is not the request's own.
void turn_away(Pointer self, const Request& request, const Error& error) {
  refuse(request, error);
  if (const auto* join = std::get_if<HandleJoin>(&request)) {
    self->state.probe->rejected(*join, error);
    publish(self, {join_rejected(*join, error, self->state.context->deps.clock->now().utc)});
  }
}

/// The outcome is durable, or needs no record.
void finish(Pointer self, const Request& request, Step step) {
  step.answer();
  if (const auto* join = std::get_if<HandleJoin>(&request)) {
    if (step.error) {
      self->state.probe->rejected(*join, *step.error);
    } else {
      self->state.probe->accepted(*join);
    }
  }
  publish(self, std::move(step.events));
}

JoinInputs inputs(Pointer self) {
  const auto now = self->state.context->deps.clock->now().utc;
  const auto id = Ulid::make(now, *self->state.random);
  const auto& context = *self->state.context;
  return {now, to_owned(id.bytes), context.config.vault->current(),
          context.activations ? context.activations->current() : nullptr};
}

/// The device is held, if anything is written.
void make_durable(Pointer self, const JoinKey& key, Request request, Step next) {
  write(self, key, *next.write);
  self->state.writing.insert_or_assign(key, Writing{std::move(request), std::move(next)});
}

void ask(Pointer self, const JoinKey& key, const Asking& asking) {
  const auto left = asking.until - self->state.context->deps.clock->now().mono;
  self->state.context->config.crypto_server->ask(
      *asking.join.next(), std::max(left, Duration{0}),
      [key, shard = ShardHandle(self)](Result<CryptoAnswer> answer) {
        caf::anon_send(shard, CryptoAnswered{key.join_eui, key.dev_eui, std::move(answer)});
      });
}

/// Whether it is a join that takes keys which a crypto server has: then it waits for that, or is
/// refused.
bool ask_crypto_server(Pointer self, const JoinKey& key, const Request& request) {
  auto& state = self->state;
  const auto& config = state.context->config;
  const auto& device = state.devices->device(key);
  const auto* join = std::get_if<HandleJoin>(&request);
  if (join == nullptr || !config.crypto_server || !device) return false;
  auto now = inputs(self);
  auto begun = begin_remote_join(*device, *join, config, now);
  if (begun && !*begun) return false;
  if (!begun) {
    finish(self, request, joined_step(*join, fail(begun.error()), now.now));
    return true;
  }
  const auto until = state.context->deps.clock->now().mono + config.crypto_server_patience;
  const auto at = state.asking.insert_or_assign(
      key, Asking{*join, device, **std::move(begun), std::move(now), until});
  state.devices->hold(key);
  ask(self, key, at.first->second);
  return true;
}

void serve(Pointer self, const JoinKey& key, Request request) {
  auto& state = self->state;
  if (ask_crypto_server(self, key, request)) return;
  auto next = step(state.devices->device(key), request, state.context->config, inputs(self));
  if (!next.write) return finish(self, request, std::move(next));
  state.devices->hold(key);
  make_durable(self, key, std::move(request), std::move(next));
}

void serve_waiting(Pointer self, const JoinKey& key) {
  while (auto request = self->state.devices->next(key)) serve(self, key, *std::move(request));
  self->state.probe->waiting.depth.Set(static_cast<double>(self->state.devices->waiting()));
}

/// Nothing is known about the device: the next request reads it again.
void abandon(Pointer self, const JoinKey& key, const Error& error) {
  const auto reason = Error(registry_operation).caused_by(error);
  spdlog::error("msg=\"join server record lost\" dev_eui={} error=\"{}\"", to_string(key.dev_eui),
                error.to_string());
  for (const auto& request : self->state.devices->forget(key)) turn_away(self, request, reason);
}

void on_request(Pointer self, Request request) {
  auto& state = self->state;
  state.mailbox->sample(*self);
  if (const auto* join = std::get_if<HandleJoin>(&request)) {
    if (auto checked = check_join_request(*join, state.context->config); !checked) {
      return turn_away(self, request, checked.error());
    }
  }
  const auto key = key_of(request);
  switch (state.devices->admit(key, request)) {
    case Admission::serve:
      serve(self, key, std::move(request));
      return serve_waiting(self, key);
    case Admission::load:
      return load(self, key);
    case Admission::waits:
      return state.probe->waiting.depth.Set(static_cast<double>(state.devices->waiting()));
    case Admission::refused:
      state.probe->waiting.dropped.Increment();
      return turn_away(self, request, Error(overloaded));
  }
}

void on_opened(Pointer self, const JoinShardOpened& opened) {
  // The supervisor tries again; what waits is lost with us and timed out by those who asked.
  if (!opened.status) return self->quit(actors::to_caf(opened.status.error()));
  self->state.open = true;
  for (const auto& key : std::exchange(self->state.loads, {})) load(self, key);
}

void on_loaded(Pointer self, const JoinDeviceLoaded& loaded) {
  const JoinKey key{loaded.join_eui, loaded.dev_eui};
  if (!loaded.device) return abandon(self, key, loaded.device.error());
  self->state.devices->settle(key, *loaded.device);
  serve_waiting(self, key);
}

void on_crypto_answered(Pointer self, const CryptoAnswered& answered) {
  auto& state = self->state;
  const JoinKey key{answered.join_eui, answered.dev_eui};
  const auto found = state.asking.find(key);
  if (found == state.asking.end()) return;
  const auto taken = found->second.join.take(answered.answer);
  if (taken && found->second.join.next()) return ask(self, key, found->second);
  const auto asked = std::move(state.asking.extract(found).mapped());
  auto next = joined_step(
      asked.request,
      taken ? finish_join(*asked.device, asked.request, {state.context->config, asked.inputs},
                          asked.join.task(), asked.join.secrets())
            : fail(taken.error()),
      asked.inputs.now);
  if (next.write) return make_durable(self, key, asked.request, std::move(next));
  state.devices->settle(key, asked.device);
  finish(self, asked.request, std::move(next));
  serve_waiting(self, key);
}

void on_written(Pointer self, const JoinDeviceWritten& written) {
  auto& state = self->state;
  const JoinKey key{written.join_eui, written.dev_eui};
  auto node = state.writing.extract(key);
  if (node.empty()) return;
  auto& [request, step] = node.mapped();
  if (!written.status) {
    turn_away(self, request, Error(registry_operation).caused_by(written.status.error()));
    return abandon(self, key, written.status.error());
  }
  state.devices->settle(key, *step.write);
  finish(self, request, std::move(step));
  serve_waiting(self, key);
}

JoinShardSnapshot snapshot(const Shell& state) {
  return {.open = state.open,
          .devices = state.devices->size(),
          .waiting = state.devices->waiting(),
          .asking = state.asking.size(),
          .writing = state.writing.size(),
          .loads = state.loads.size()};
}

ShardActor::behavior_type shard_actor(Pointer self, ContextPtr context, storage::Shard shard) {
  actors::prepare(self, Shell::name);
  auto& state = self->state;
  state.shard = shard;
  state.devices =
      std::make_unique<DeviceTable>(context->config.devices_max, context->config.waiting_max);
  state.probe = std::make_unique<Probe>(*context->deps.metrics);
  state.mailbox = std::make_unique<actors::MailboxProbe>(*context->deps.metrics, Shell::name,
                                                         std::to_string(shard.value()));
  state.random = context->deps.make_random();
  state.context = std::move(context);
  commit(self, {}, [handle = ShardHandle(self)](Status status) {
    caf::anon_send(handle, JoinShardOpened{std::move(status)});
  });
  return {
      [self](const HandleJoin& message) { on_request(self, message); },
      [self](const GetAppSKey& message) { on_request(self, message); },
      [self](const GetNwkSKeys& message) { on_request(self, message); },
      [self](const GetHomeNetwork& message) { on_request(self, message); },
      [self](const GetJoinDevice& message) { on_request(self, message); },
      [self](const ChangeJoinDevice& message) { on_request(self, message); },
      [self](const DeleteJoinDevice& message) { on_request(self, message); },
      [self](const JoinShardOpened& message) { on_opened(self, message); },
      [self](const JoinDeviceLoaded& message) { on_loaded(self, message); },
      [self](const CryptoAnswered& message) { on_crypto_answered(self, message); },
      [self](const JoinDeviceWritten& message) { on_written(self, message); },
      [self](const InspectJoinShard& message) { message.reply(snapshot(self->state)); },
  };
}

}  // namespace

ShardActor spawn_shard(caf::actor_system& system, ContextPtr context, storage::Shard shard) {
  return system.spawn(shard_actor, std::move(context), shard);
}

}  // namespace ff::join_server
