#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/network_server/loader/interface.hpp"
#include "actors/network_server/session/record.hpp"
#include "actors/support/shell.hpp"
#include "storage/keys/keys.hpp"

namespace ff::network_server {
namespace {

struct State {
  static inline const char* name = "session_loader";
  LoaderConfig config;
  std::vector<LoadSession> waiting;
  bool asked = false;
};
using Pointer = LoaderHandle::stateful_pointer<State>;

void queue(Pointer self, const LoadSession& request) {
  self->state.waiting.push_back(request);
  if (!std::exchange(self->state.asked, true)) caf::anon_send(LoaderHandle(self), LoadNow{});
}

Result<std::shared_ptr<const Device>> decode(const std::optional<Bytes>& row) {
  if (!row) return std::shared_ptr<const Device>();
  FF_TRY(auto device, decode_device(*row));
  return std::make_shared<const Device>(std::move(device));
}

void load(Pointer self) {
  auto& state = self->state;
  state.asked = false;
  auto requests = std::exchange(state.waiting, {});
  std::vector<Bytes> keys;
  for (const auto& request : requests) {
    const auto shard = storage::shard_of(request.device, state.config.shard_count);
    keys.push_back(storage::device_key({shard, request.device}));
  }
  auto rows = state.config.store->multi_get(storage::Family::session, keys);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    auto record = rows ? decode((*rows)[i]) : fail(rows.error());
    caf::anon_send(requests[i].shard, SessionLoaded{requests[i].device, std::move(record)});
  }
}

LoaderHandle::behavior_type loader(Pointer self, LoaderConfig config) {
  actors::prepare(self, "session_loader");
  self->state.config = config;
  return {
      [self](const LoadSession& request) { queue(self, request); },
      [self](const LoadNow&) { load(self); },
  };
}

}  // namespace

LoaderHandle spawn_loader(caf::actor_system& system, LoaderConfig config) {
  if (config.own_thread) return system.spawn<caf::detached>(loader, config);
  return system.spawn(loader, config);
}

}  // namespace ff::network_server
