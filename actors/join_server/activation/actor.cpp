#include "actors/join_server/activation/actor.hpp"

#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <deque>
#include <stdexcept>
#include <variant>

#include "actors/join_server/activation/errors.hpp"
#include "actors/join_server/activation/record.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/shell.hpp"

namespace ff::join_server::activation {
namespace {

/// Changes that may wait for the one before them to be durable.
constexpr std::size_t waiting_max = 1024;

using Request = std::variant<GetSettings, ChangeSettings, DeleteSettings>;

struct Shell {
  static inline const char* name = "join_server_activation";
  RegistryConfig config;
  std::unique_ptr<actors::QueueProbe> probe;
  std::deque<Request> waiting;
  /// What a commit under way makes durable; called with its outcome. The first is the barrier.
  std::function<void(const Status&)> written;
};
using Pointer = RegistryHandle::stateful_pointer<Shell>;

/// Also when the committer ended without deciding.
class Notice final : public actors::Release {
 public:
  explicit Notice(RegistryHandle registry) : registry_(std::move(registry)) {}
  Notice(const Notice&) = delete;
  Notice& operator=(const Notice&) = delete;
  ~Notice() override { tell(fail(actors::receiver_down, {{"reason", "committer"}})); }
  void committed() noexcept override { tell({}); }
  void failed(const Error& error) noexcept override { tell(fail(error)); }

 private:
  void tell(Status status) {
    if (!std::exchange(told_, true)) caf::anon_send(registry_, SettingsWritten{std::move(status)});
  }
  RegistryHandle registry_;
  bool told_ = false;
};

void commit(Pointer self, storage::WriteBatch records, std::function<void(const Status&)> written) {
  self->state.written = std::move(written);
  caf::anon_send(
      self->state.config.deps.committer.get(),
      actors::Commit{std::move(records), std::make_shared<Notice>(RegistryHandle(self))});
}

void serve(Pointer self, const GetSettings& request) {
  const auto map = self->state.config.table->current();
  const auto found = find(map, request.application);
  if (!found) return request.reply(fail(found.error()));
  if (*found == nullptr) return request.reply(fail(settings_not_found));
  request.reply(**found);
}

void serve(Pointer self, const ChangeSettings& request) {
  auto& config = self->state.config;
  const auto map = config.table->current();
  const auto current = find(map, request.application);
  if (!current) return request.reply(fail(current.error()));
  auto changed = request.change(*current);
  if (!changed) return request.reply(fail(changed.error()));
  storage::WriteBatch records;
  records.put(storage::Family::entity, settings_key(request.application),
              encode_settings(*changed, config.key_seal.get()));
  auto next = std::make_shared<SettingsMap>(*map);
  next->insert_or_assign(request.application, *changed);
  commit(self, std::move(records),
         [table = config.table, next, settings = *std::move(changed),
          reply = request.reply](const Status& status) {
           if (!status) return reply(fail(status.error()));
           table->publish(next);
           reply(settings);
         });
}

void serve(Pointer self, const DeleteSettings& request) {
  auto& config = self->state.config;
  auto next = std::make_shared<SettingsMap>(*config.table->current());
  if (next->erase(request.application) == 0) return request.reply(fail(settings_not_found));
  storage::WriteBatch records;
  records.erase(storage::Family::entity, settings_key(request.application));
  commit(self, std::move(records),
         [table = config.table, next, reply = request.reply](const Status& status) {
           if (status) table->publish(next);
           reply(status);
         });
}

void serve_waiting(Pointer self) {
  auto& state = self->state;
  while (!state.written && !state.waiting.empty()) {
    const auto request = std::move(state.waiting.front());
    state.waiting.pop_front();
    std::visit([self](const auto& one) { serve(self, one); }, request);
  }
  state.probe->depth.Set(static_cast<double>(state.waiting.size()));
}

void on_request(Pointer self, Request request) {
  auto& state = self->state;
  if (state.waiting.size() >= waiting_max) {
    state.probe->dropped.Increment();
    return std::visit([](const auto& one) { one.reply(fail(registry_overloaded)); }, request);
  }
  state.waiting.push_back(std::move(request));
  serve_waiting(self);
}

/// A failed write ends the registry: what is durable is not known, its successor reads it.
void on_written(Pointer self, const SettingsWritten& message) {
  auto& state = self->state;
  const auto written = std::exchange(state.written, nullptr);
  if (written) written(message.status);
  if (!message.status) return self->quit(actors::to_caf(message.status.error()));
  serve_waiting(self);
}

/// The first commit is empty: when it is decided, so is every write of our predecessor.
void open(Pointer self) {
  commit(self, {}, [self](const Status& status) {
    if (!status) return;
    const auto& config = self->state.config;
    auto loaded = load_settings(*config.store, config.key_seal.get());
    if (!loaded) return self->quit(actors::to_caf(loaded.error()));
    config.table->publish(std::make_shared<const SettingsMap>(*std::move(loaded)));
  });
}

RegistryHandle::behavior_type registry(Pointer self, RegistryConfig config) {
  actors::prepare(self, Shell::name);
  self->state.probe =
      std::make_unique<actors::QueueProbe>(*config.deps.metrics, "activation_settings");
  self->state.config = std::move(config);
  open(self);
  return {
      [self](const GetSettings& message) { on_request(self, message); },
      [self](const ChangeSettings& message) { on_request(self, message); },
      [self](const DeleteSettings& message) { on_request(self, message); },
      [self](const SettingsWritten& message) { on_written(self, message); },
  };
}

}  // namespace

RegistryHandle spawn_registry(caf::actor_system& system, RegistryConfig config) {
  // Whoever starts after us finds the table filled; what a predecessor was writing follows.
  auto loaded = load_settings(*config.store, config.key_seal.get());
  if (!loaded) throw std::runtime_error(loaded.error().to_string());
  for (const auto& [application, settings] : *loaded) {
    if (!settings)
      spdlog::error(
          "msg=\"activation settings can not be read\" application_id={} "
          "error=\"{}\"",
          application.text(), settings.error().to_string());
  }
  config.table->publish(std::make_shared<const SettingsMap>(*std::move(loaded)));
  if (config.own_thread) return system.spawn<caf::detached>(registry, std::move(config));
  return system.spawn(registry, std::move(config));
}

}  // namespace ff::join_server::activation
