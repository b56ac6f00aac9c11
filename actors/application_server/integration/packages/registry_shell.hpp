// INTERNAL: what the registry of package associations holds, for its parts: changes (registry.cpp),
// the consumers that it runs (consumers.cpp) and answers to questions (questions.cpp).
#pragma once

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "actors/application_server/integration/packages/actor.hpp"
#include "actors/application_server/integration/packages/probe.hpp"
#include "actors/application_server/integration/registry_parts.hpp"

namespace ff::application_server::packages {

/// A package that an application uses: its actor, while it has associations.
struct Consumer {
  ConsumerActor actor;      // null: it has ended, or is not wanted
  std::size_t used_by = 0;  // associations
  bool is_ending = false;
};

/// The change that is under way: one association that is set, or some that are deleted.
struct Job {
  std::vector<AssociationKey> keys;
  AssociationPtr next;                   // null: they are deleted
  std::optional<ConsumerKey> beginning;  // a consumer that needs cursors
  bool is_written = false;
  std::vector<storage::OutboxSequence> newest;
  std::function<void(const Status&)> reply;
};

struct Forget {
  ApplicationId application_id;
  std::optional<DeviceId> device_id;  // empty: the defaults; nothing: all
};
using Request = std::variant<SetAssociation, DeleteAssociation, Forget>;

struct RegistryShell {
  static inline const char* name = "packages";
  PackagesContextPtr context;
  std::unique_ptr<PackagesProbe> probe;
  Associations associations;
  std::map<ConsumerKey, Consumer> consumers;
  integration::Watched<ConsumerKey> actors;
  bool ready = false;
  std::vector<Forget> forgotten;  // before it was ready
  integration::ChangeQueue<Request, Job> changes;

  ~RegistryShell() {
    for (const auto& [key, consumer] : consumers) {
      if (consumer.actor) caf::anon_send(consumer.actor, EndConsumer{});
    }
  }
};
using RegistryPointer = PackagesActor::stateful_pointer<RegistryShell>;

/// Null: there is none.
AssociationPtr find_association(const RegistryShell& state, const AssociationKey& key);
/// Nothing: a package without a consumer, as that of the storage integration.
std::optional<ConsumerKey> consumer_for(const AssociationKey& key, const Association& association);

// consumers.cpp
/// If it is wanted and does not run.
void start_consumer(RegistryPointer self, const ConsumerKey& key, Consumer& consumer);
/// What was asked for is so: consumers are told, started and ended. Null: it is deleted.
void apply_association(RegistryPointer self, const AssociationKey& key,
                       const AssociationPtr& maybe_next);
/// It is not wanted any more: nothing of it is left.
void erase_consumer(RegistryPointer self, const ConsumerKey& key);
void restart_consumer(RegistryPointer self, const RestartConsumer& message);
/// How the device was heard, which also is remembered for an association of its application. A
/// consumer that has failed has nothing in memory.
void forget_frames(const RegistryShell& state, const DeviceUid& device);

// questions.cpp
void answer(const RegistryShell& state, const GetAssociation& message);
void answer(const RegistryShell& state, const ListAssociations& message);
void answer(const RegistryShell& state, const InspectConsumer& message);
void answer(const RegistryShell& state, const InspectPackages& message);

}  // namespace ff::application_server::packages
