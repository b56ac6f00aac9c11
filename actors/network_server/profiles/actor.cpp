#include "actors/network_server/profiles/actor.hpp"

#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <deque>

#include "actors/network_server/profiles/changes.hpp"
#include "actors/network_server/profiles/notices.hpp"
#include "actors/network_server/profiles/queries.hpp"
#include "actors/network_server/profiles/spreads.hpp"
#include "actors/network_server/session/errors.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/shell.hpp"

namespace ff::network_server {
namespace {

/// Changes that may wait for their turn; more are refused.
constexpr std::size_t waiting_max = 1024;
/// Devices told at once. Each wakes a session; frames come first.
constexpr std::size_t page_size = 64;
constexpr Duration retry_after = std::chrono::seconds{30};

/// INTERNAL: all devices know; a start need not tell them again.
struct SettleProfile {
  ProfileKey key;
};
using Request =
    std::variant<CreateProfile, ChangeProfile, DeleteProfile, UseProfile, SettleProfile>;

struct Shell {
  static inline const char* name = "network_server_profiles";
  ContextPtr context;
  const storage::Reader* store = nullptr;
  std::unique_ptr<actors::QueueProbe> probe;
  std::deque<Request> waiting;
  /// Called when the write under way is durable; set while there is one.
  std::function<void(const Status&)> written;
  ProfileUses uses;
  Spreads spreads;
  bool ticking = false;
};
using Pointer = ProfilesHandle::stateful_pointer<Shell>;

void commit(Pointer self, storage::WriteBatch records, std::function<void(const Status&)> written) {
  auto& state = self->state;
  state.written = std::move(written);
  caf::anon_send(
      state.context->deps.committer.get(),
      actors::Commit{std::move(records), std::make_shared<WriteNotice>(ProfilesHandle(self))});
}

// --- changes on their way to devices -------------------------------------------------------------

void tell(Pointer self, const ProfileKey& key, const SettingsPtr& settings,
          const std::vector<DeviceUid>& devices) {
  const auto answers = std::make_shared<DevicesNotice>(ProfilesHandle(self), devices.size());
  for (const auto& device : devices) {
    ApplyProfile apply{key.profile_id, settings,
                       [answers](const Status& status) { answers->take(status); }};
    caf::anon_send(self->state.context->shards.of(device), to_session(device, std::move(apply)));
  }
}

/// True when a page of the profile's devices is being told.
Result<bool> spread(Pointer self, const ProfileKey& key) {
  auto& state = self->state;
  FF_TRY(const auto profile, find_profile(*state.store, key));
  if (!profile) state.spreads.drop(key);
  if (!profile || state.uses.has_other(key, *profile->settings)) return false;
  FF_TRY(auto page, devices_of(*state.store, key, state.spreads.from(key), page_size));
  state.spreads.telling(key, std::move(page.next));
  tell(self, key, profile->settings, page.devices);
  return true;
}

void keep_ticking(Pointer self) {
  auto& state = self->state;
  const bool wanted = state.spreads.waits();
  if (wanted == std::exchange(state.ticking, wanted)) return;
  const auto ticker = state.context->deps.ticker.get();
  const actors::Ticked me{ProfilesHandle(self)};
  if (wanted) return caf::anon_send(ticker, actors::SubscribeTicks{me});
  caf::anon_send(ticker, actors::UnsubscribeTicks{me});
}

/// Begins with the next page, if one can be told. An error of the store ends the registry: the
/// next incarnation begins with what is durable.
void go_on(Pointer self) {
  for (const auto& key : self->state.spreads.due(self->state.context->deps.clock->now().mono)) {
    const auto told = spread(self, key);
    if (!told) return self->quit(actors::to_caf(told.error()));
    if (*told) break;
  }
  keep_ticking(self);
}

// --- one change at a time ------------------------------------------------------------------------

void answer(const std::function<void(Result<SettingsPtr>)>& reply, const Status& status,
            const SettingsPtr& settings) {
  if (!status) return reply(fail(status.error()));
  reply(settings);
}

void write(Pointer self, const Profile& profile, std::function<void(const Status&)> written) {
  storage::WriteBatch records;
  records.put(storage::Family::entity, profile_row_key(profile.key), encode_profile(profile));
  commit(self, std::move(records), std::move(written));
}

void run(Pointer self, const CreateProfile& request, const std::optional<Profile>& current) {
  const auto created = create_profile(request, current);
  if (!created) return request.reply(fail(created.error()));
  write(self, *created,
        [reply = request.reply, settings = created->settings](const Status& status) {
          answer(reply, status, settings);
        });
}

void run(Pointer self, const ChangeProfile& request, const std::optional<Profile>& current) {
  auto& state = self->state;
  const auto places = places_of(*state.store, request.key);
  if (!places) return request.reply(fail(places.error()));
  const auto changed = change_profile(request, current, *places, *state.context->plans);
  if (!changed) return request.reply(fail(changed.error()));
  write(self, *changed, [self, reply = request.reply, profile = *changed](const Status& status) {
    if (status && profile.spreading) self->state.spreads.begin(profile.key);
    answer(reply, status, profile.settings);
  });
}

void run(Pointer self, const DeleteProfile& request, const std::optional<Profile>& current) {
  auto& state = self->state;
  const auto devices = count_devices(*state.store, request.key);
  if (!devices) return request.reply(fail(devices.error()));
  const auto allowed = may_delete(current, *devices + state.uses.count(request.key));
  if (!allowed) return request.reply(fail(allowed.error()));
  storage::WriteBatch records;
  records.erase(storage::Family::entity, profile_row_key(request.key));
  commit(self, std::move(records), request.reply);
}

void run(Pointer self, const UseProfile& request, const std::optional<Profile>& current) {
  if (!current) return request.reply(fail(mac_settings_profile_not_found));
  const auto use = self->state.uses.begin(request.key, current->settings);
  request.reply(
      ProfileUse{current->settings, std::make_shared<const UseNotice>(ProfilesHandle(self), use)});
}

void run(Pointer self, const SettleProfile& request, const std::optional<Profile>& current) {
  if (!current || !self->state.spreads.is_done(request.key)) return;
  auto settled = *current;
  settled.spreading = false;
  write(self, settled, [self, key = request.key](const Status& status) {
    if (status) self->state.spreads.settled(key);
  });
}

void run_next(Pointer self) {
  auto& state = self->state;
  while (!state.written && !state.waiting.empty()) {
    const auto request = std::move(state.waiting.front());
    state.waiting.pop_front();
    std::visit(
        [&](const auto& one) {
          const auto current = find_profile(*state.store, one.key);
          if (current) return run(self, one, *current);
          if constexpr (requires { one.reply; }) one.reply(fail(current.error()));
        },
        request);
  }
  state.probe->depth.Set(static_cast<double>(state.waiting.size()));
}

template <class T>
void enqueue(Pointer self, const T& request) {
  auto& state = self->state;
  if (state.waiting.size() >= waiting_max) {
    state.probe->dropped.Increment();
    return request.reply(fail(profile_registry_overloaded));
  }
  state.waiting.emplace_back(request);
  run_next(self);
}

void on_written(Pointer self, const ProfileWritten& message) {
  auto& state = self->state;
  if (const auto written = std::exchange(state.written, nullptr)) written(message.status);
  // Nothing is known about the records: begin again with what is durable.
  if (!message.status) return self->quit(actors::to_caf(message.status.error()));
  run_next(self);
  go_on(self);
}

/// What our predecessor has written is durable, or is not: now the store can be believed.
void on_ready(Pointer self, const Status& status) {
  if (!status) return;
  const auto keys = spreading_profiles(*self->state.store);
  if (!keys) return self->quit(actors::to_caf(keys.error()));
  for (const auto& key : *keys) self->state.spreads.begin(key);
}

void on_told(Pointer self, const DevicesTold& told) {
  auto& state = self->state;
  if (told.refused > 0)
    spdlog::warn("msg=\"settings of a profile do not fit devices\" devices={}", told.refused);
  const auto now = state.context->deps.clock->now().mono;
  if (auto done = state.spreads.told(told.failed, now + retry_after)) {
    state.waiting.emplace_back(SettleProfile{*std::move(done)});
    run_next(self);
  }
  go_on(self);
}

void get(Pointer self, const GetProfile& message) {
  const auto& store = *self->state.store;
  const auto view = [&]() -> Result<ProfileView> {
    FF_TRY(auto profile, find_profile(store, message.key));
    if (!profile) return fail(mac_settings_profile_not_found);
    ProfileView found{*std::move(profile)};
    if (message.count_devices) {
      FF_TRY(found.devices, count_devices(store, message.key));
    }
    return found;
  };
  message.reply(view());
}

ProfilesHandle::behavior_type registry(Pointer self, ContextPtr context,
                                       const storage::Reader* store) {
  actors::prepare(self, Shell::name);
  auto& state = self->state;
  state.probe = std::make_unique<actors::QueueProbe>(*context->deps.metrics, Shell::name);
  state.context = std::move(context);
  state.store = store;
  commit(self, {}, [self](const Status& status) { on_ready(self, status); });
  return {
      [self](const CreateProfile& message) { enqueue(self, message); },
      [self](const ChangeProfile& message) { enqueue(self, message); },
      [self](const DeleteProfile& message) { enqueue(self, message); },
      [self](const UseProfile& message) { enqueue(self, message); },
      [self](const GetProfile& message) { get(self, message); },
      [store](const ListProfiles& message) { message.reply(list_profiles(*store, message)); },
      [self](const ProfileWritten& message) { on_written(self, message); },
      [self](const ProfileUseEnded& message) {
        self->state.uses.end(message.use);
        go_on(self);
      },
      [self](const DevicesTold& message) { on_told(self, message); },
      [self](const actors::Tick&) { go_on(self); },
  };
}

}  // namespace

ProfilesHandle spawn_profiles(caf::actor_system& system, ContextPtr context,
                              const storage::Reader& store) {
  if (context->own_threads)
    return system.spawn<caf::detached>(registry, std::move(context), &store);
  return system.spawn(registry, std::move(context), &store);
}

}  // namespace ff::network_server
