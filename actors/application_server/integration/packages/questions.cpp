// What others may ask the registry of package associations.
#include "actors/application_server/integration/packages/errors.hpp"
#include "actors/application_server/integration/packages/registry_shell.hpp"

namespace ff::application_server::packages {
namespace {

PackagesSnapshot::State state_of(const Consumer& consumer) {
  if (!consumer.actor) return PackagesSnapshot::State::restarting;
  return consumer.is_ending ? PackagesSnapshot::State::ending : PackagesSnapshot::State::running;
}

}  // namespace

void answer(const RegistryShell& state, const GetAssociation& message) {
  if (!state.ready) return message.reply(fail(registry_starting));
  auto association = find_association(state, message.key);
  if (!association) return message.reply(fail(association_not_found));
  message.reply(std::move(association));
}

void answer(const RegistryShell& state, const ListAssociations& message) {
  if (!state.ready) return message.reply(fail(registry_starting));
  AssociationPage out;
  const auto is_asked_for = [&](const AssociationKey& key) {
    return key.application_id == message.application_id && key.device_id == message.device_id;
  };
  for (auto it = state.associations.lower_bound({message.application_id, message.device_id, 0});
       it != state.associations.end() && is_asked_for(it->first); ++it) {
    const bool is_shown = out.total >= message.skip &&
                          (message.limit == 0 || out.associations.size() < message.limit);
    ++out.total;
    if (is_shown) out.associations.emplace_back(*it);
  }
  message.reply(std::move(out));
}

void answer(const RegistryShell& state, const InspectConsumer& message) {
  if (!state.ready) return message.reply(fail(registry_starting));
  const auto found = state.consumers.find(message.key);
  if (found == state.consumers.end() || !found->second.actor)
    return message.reply(fail(association_not_found));
  caf::anon_send(found->second.actor, TellSnapshot{message.reply});
}

void answer(const RegistryShell& state, const InspectPackages& message) {
  if (!state.ready) return message.reply(fail(registry_starting));
  PackagesSnapshot out;
  const auto& asked_for = message.application_id;
  out.associations = asked_for ? integration::number_of(state.associations, {*asked_for, {}, 0})
                               : state.associations.size();
  out.changes_waiting = state.changes.waiting().size();
  for (const auto& [key, consumer] : state.consumers) {
    if (consumer.used_by == 0 && !consumer.actor) continue;
    if (asked_for && key.application_id != *asked_for) continue;
    if (++out.consumers_all > consumers_shown) continue;
    out.consumers.push_back({key, consumer.used_by, state_of(consumer)});
  }
  message.reply(std::move(out));
}

}  // namespace ff::application_server::packages
