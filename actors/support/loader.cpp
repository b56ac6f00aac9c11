#include "actors/support/loader.hpp"

#include <array>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <vector>

#include "actors/support/mailbox.hpp"
#include "actors/support/shell.hpp"

namespace ff::actors {
namespace {

struct State {
  static inline const char* name = "loader";
  LoaderConfig config;
  std::array<std::vector<LoadRow>, storage::family_count> waiting;
  bool asked = false;
  std::optional<MailboxProbe> mailbox;
};
using Pointer = Loader::stateful_pointer<State>;

void queue(Pointer self, const LoadRow& request) {
  self->state.waiting[storage::index_of(request.family)].push_back(request);
  if (!std::exchange(self->state.asked, true)) caf::anon_send(Loader(self), LoadNow{});
}

/// Together, or one by one if one of them stands in the way of the others.
std::vector<Result<std::optional<Bytes>>> read_rows(const storage::Reader& store,
                                                    storage::Family family,
                                                    const std::vector<Bytes>& keys) {
  std::vector<Result<std::optional<Bytes>>> out;
  out.reserve(keys.size());
  if (keys.size() > 1) {
    if (auto rows = store.multi_get(family, keys)) {
      for (auto& row : *rows) out.emplace_back(std::move(row));
      return out;
    }
  }
  for (const auto& key : keys) out.push_back(store.get(family, key));
  return out;
}

void load_family(const storage::Reader& store, storage::Family family,
                 const std::vector<LoadRow>& requests) {
  std::vector<Bytes> keys;
  keys.reserve(requests.size());
  for (const auto& request : requests) keys.push_back(request.key);
  auto rows = read_rows(store, family, keys);
  for (std::size_t i = 0; i < requests.size(); ++i) requests[i].on_loaded(std::move(rows[i]));
}

Result<LoadedRows> read_rows(const storage::Reader& store, const LoadRows& request) {
  LoadedRows rows;
  FF_CHECK(store.scan({request.family, storage::prefix_range(request.prefix)},
                      [&](ByteView key, ByteView value) {
                        rows.emplace_back(to_owned(key), to_owned(value));
                        return true;
                      }));
  return rows;
}

void load(Pointer self) {
  self->state.asked = false;
  if (self->state.mailbox) self->state.mailbox->sample(*self);
  for (std::size_t i = 0; i < storage::family_count; ++i) {
    const auto requests = std::exchange(self->state.waiting[i], {});
    if (requests.empty()) continue;
    load_family(*self->state.config.store, static_cast<storage::Family>(i), requests);
  }
}

Loader::behavior_type loader(Pointer self, LoaderConfig config) {
  prepare(self, State::name);
  self->state.config = config;
  if (config.metrics) self->state.mailbox.emplace(*config.metrics, State::name);
  return {
      [self](const LoadRow& request) { queue(self, request); },
      [self](const LoadRows& request) {
        request.on_loaded(read_rows(*self->state.config.store, request));
      },
      [self](const LoadNow&) { load(self); },
  };
}

}  // namespace

Loader spawn_loader(caf::actor_system& system, LoaderConfig config) {
  if (config.own_thread) return system.spawn<caf::detached>(loader, config);
  return system.spawn(loader, config);
}

}  // namespace ff::actors
