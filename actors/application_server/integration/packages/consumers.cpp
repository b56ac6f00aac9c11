// The consumers that the registry runs: one actor per package that an application uses, as long as
// it has associations.
#include "actors/application_server/integration/packages/consumer.hpp"

#include <caf/actor_system.hpp>

#include "actors/application_server/integration/cursors.hpp"
#include "actors/application_server/integration/packages/record.hpp"
#include "actors/application_server/integration/packages/registry_shell.hpp"
#include "storage/keys/package_keys.hpp"

namespace ff::application_server::packages {

AssociationPtr find_association(const RegistryShell& state, const AssociationKey& key) {
  const auto found = state.associations.find(key);
  return found == state.associations.end() ? nullptr : found->second;
}

std::optional<ConsumerKey> consumer_for(const AssociationKey& key, const Association& association) {
  const auto package = package_named(association.package_name);
  if (!package) return std::nullopt;
  return ConsumerKey{key.application_id, *package};
}

namespace {

/// An application's associations with one package.
Associations associations_of(const RegistryShell& state, const ConsumerKey& key) {
  Associations out;
  for (auto it = state.associations.lower_bound({key.application_id, {}, 0});
       it != state.associations.end() && it->first.application_id == key.application_id; ++it) {
    if (consumer_for(it->first, *it->second) == key) out.insert(*it);
  }
  return out;
}

void end_consumer(Consumer& consumer) {
  if (!consumer.actor || consumer.is_ending) return;
  consumer.is_ending = true;
  caf::anon_send(consumer.actor, EndConsumer{});
}

/// One association is no longer, or is now, one of the consumer's.
void tell_consumer(RegistryPointer self, const ConsumerKey& key,
                   const AssociationKey& association_key, const AssociationPtr& maybe_association) {
  auto& consumer = self->state.consumers[key];
  if (consumer.actor)
    caf::anon_send(consumer.actor, AssociationChanged{association_key, maybe_association});
}

}  // namespace

void start_consumer(RegistryPointer self, const ConsumerKey& key, Consumer& consumer) {
  auto& state = self->state;
  if (consumer.actor || consumer.used_by == 0) return;
  consumer.is_ending = false;
  consumer.actor = spawn_consumer(self->system(), state.context, key, associations_of(state, key));
  state.actors.add(self, consumer.actor, key, state.probe->actors);
}

void apply_association(RegistryPointer self, const AssociationKey& key,
                       const AssociationPtr& maybe_next) {
  auto& state = self->state;
  const auto old = find_association(state, key);
  const auto from = old ? consumer_for(key, *old) : std::nullopt;
  const auto to = maybe_next ? consumer_for(key, *maybe_next) : std::nullopt;
  if (maybe_next) {
    state.associations.insert_or_assign(key, maybe_next);
  } else {
    state.associations.erase(key);
  }
  if (from && from != to) {
    tell_consumer(self, *from, key, nullptr);
    auto& consumer = state.consumers[*from];
    if (--consumer.used_by == 0) end_consumer(consumer);
  }
  if (!to) return;
  if (from != to) ++state.consumers[*to].used_by;
  tell_consumer(self, *to, key, maybe_next);
  start_consumer(self, *to, state.consumers[*to]);
}

void erase_consumer(RegistryPointer self, const ConsumerKey& key) {
  auto& state = self->state;
  storage::WriteBatch records;
  integration::erase_cursors(records, consumer_of(key), state.context->shards);
  if (key.package == Package::geolocation) {
    const auto frames = storage::package_frames_range(key.application_id);
    records.erase_range(storage::Family::entity, frames.first, frames.last);
  }
  caf::anon_send(state.context->deps.committer.get(), actors::Commit{std::move(records), nullptr});
  state.consumers.erase(key);
}

void restart_consumer(RegistryPointer self, const RestartConsumer& message) {
  auto& state = self->state;
  const auto found = state.consumers.find(message.key);
  if (found == state.consumers.end() || found->second.actor) return;
  if (found->second.used_by == 0) return void(state.consumers.erase(found));
  state.probe->actors.restarted.Increment();
  start_consumer(self, message.key, found->second);
}

void forget_frames(const RegistryShell& state, const DeviceUid& device) {
  const auto found = state.consumers.find({device.application_id, Package::geolocation});
  if (found == state.consumers.end()) return;
  if (found->second.actor)
    return caf::anon_send(found->second.actor, DeviceForgotten{device.device_id});
  storage::WriteBatch records;
  put_frames(records, device.application_id, {{device.device_id, {}}});
  caf::anon_send(state.context->deps.committer.get(), actors::Commit{std::move(records), nullptr});
}

}  // namespace ff::application_server::packages
