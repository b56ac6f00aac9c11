// What the registry of package associations and its consumers are asked and told. Whoever asks has
// checked rights.
#pragma once

#include <functional>
#include <utility>
#include <variant>
#include <vector>

#include "actors/application_server/integration/packages/state.hpp"
#include "actors/application_server/integration/registry_messages.hpp"
#include "actors/application_server/link/subscriber.hpp"
#include "actors/application_server/outbox/messages.hpp"
#include "actors/support/local_message.hpp"
#include "actors/support/reply.hpp"

namespace ff::application_server::packages {

// INTERNAL, to the registry.
using integration::BeginningFound;
using integration::ChangeTimedOut;
using integration::ChangeWritten;
using integration::RowsFound;

/// Creates or changes. `change` is pure and runs in the registry; its argument is null when there
/// is none. Answered when the association is durable; it holds for messages from then on. Errors:
/// those of `change`, package_not_implemented, data_too_large, too_many_associations,
/// registry_overloaded, registry_starting.
struct SetAssociation {
  AssociationKey key;
  std::function<Result<Association>(const Association* current)> change;
  actors::Reply<AssociationPtr> reply;
};
/// Errors: association_not_found, registry_overloaded, registry_starting.
struct DeleteAssociation {
  AssociationKey key;
  actors::Reply<void> reply;
};
/// Never null. Errors: association_not_found, registry_starting.
struct GetAssociation {
  AssociationKey key;
  actors::Reply<AssociationPtr> reply;
};
struct AssociationPage {
  std::vector<std::pair<AssociationKey, AssociationPtr>> associations;
  std::uint64_t total = 0;
};
/// By FPort. Error: registry_starting.
struct ListAssociations {
  ApplicationId application_id;
  DeviceId device_id;  // empty: those of the application
  std::uint64_t skip = 0;
  std::uint64_t limit = 0;  // 0: all
  actors::Reply<AssociationPage> reply;
};
/// A device that is no more, or a new one: leaves none of its associations.
struct ForgetDevice {
  DeviceUid device;
};
/// Leaves none of the application's own associations. [spec application-server §2]
struct ForgetDefaults {
  ApplicationId application_id;
};
/// Errors: association_not_found, registry_starting.
struct InspectConsumer {
  ConsumerKey key;
  actors::Reply<ConsumerSnapshot> reply;
};

/// What packages do, for operators: all applications' consumers, in the order of their keys, but at
/// most consumers_shown of them.
struct PackagesSnapshot {
  enum class State : std::uint8_t { running, restarting, ending };
  struct Consumer {
    ConsumerKey key;
    std::size_t associations = 0;
    State state = State::running;
  };
  std::size_t associations = 0;
  std::size_t changes_waiting = 0;
  std::size_t consumers_all = 0;
  std::vector<Consumer> consumers;
};
inline constexpr std::size_t consumers_shown = 1000;
/// Of all applications, or of one. Error: registry_starting.
struct InspectPackages {
  std::optional<ApplicationId> application_id;
  actors::Reply<PackagesSnapshot> reply;
};

/// INTERNAL: one that has failed is started again.
struct RestartConsumer {
  ConsumerKey key;
};

/// INTERNAL, to a consumer: null: it is no more.
struct AssociationChanged {
  AssociationKey key;
  AssociationPtr association;
};
/// INTERNAL, to a consumer: the device is gone; what is remembered of it, too.
struct DeviceForgotten {
  DeviceId device_id;
};
/// INTERNAL, to a consumer.
struct TellSnapshot {
  actors::Reply<ConsumerSnapshot> reply;
};
/// INTERNAL, to a consumer: nobody will send to it any more.
struct EndConsumer {};
/// INTERNAL
struct LiveMessage {
  UpPublished up;
  std::shared_ptr<Subscriber> from;
};
/// INTERNAL
struct Missed {};
/// INTERNAL
struct ConsumerTimer {};

/// INTERNAL: answers of others to what a consumer asked.
/// What an earlier incarnation wrote is durable.
struct BarrierPassed {
  Status status;
};
/// A part of the rows of frames.
struct FramesRead {
  Result<ScanRows::Rows> rows;
};
struct CursorsRead {
  Result<std::vector<storage::OutboxSequence>> cursors;
};
struct Committed {
  Status status;
};
struct JoinedLink {
  std::uint64_t serial = 0;
};
struct NewestFound {
  Result<std::vector<storage::OutboxSequence>> sequences;
};
struct MessagesRead {
  std::uint64_t serial = 0;
  Result<std::vector<UpPublished>> messages;
};
/// Which attempt at a message: an answer to an earlier one counts for nothing.
struct Attempt {
  SendToken token;
  std::uint64_t number = 0;
};
/// A Push or a Publish of a message is done, or is not.
struct StepDone {
  Attempt attempt;
  Status status;
};
struct ServerAnswered {
  Attempt attempt;
  Duration took{};
  Result<net::http_client::ClientAnswer> answer;
};
struct ConsumerAnswer {
  std::variant<BarrierPassed, FramesRead, CursorsRead, Committed, JoinedLink, NewestFound,
               MessagesRead, StepDone, ServerAnswered>
      what;
};

}  // namespace ff::application_server::packages
FF_LOCAL_MESSAGE(ff::application_server::packages::SetAssociation)
FF_LOCAL_MESSAGE(ff::application_server::packages::DeleteAssociation)
FF_LOCAL_MESSAGE(ff::application_server::packages::GetAssociation)
FF_LOCAL_MESSAGE(ff::application_server::packages::ListAssociations)
FF_LOCAL_MESSAGE(ff::application_server::packages::ForgetDevice)
FF_LOCAL_MESSAGE(ff::application_server::packages::ForgetDefaults)
FF_LOCAL_MESSAGE(ff::application_server::packages::InspectConsumer)
FF_LOCAL_MESSAGE(ff::application_server::packages::InspectPackages)
FF_LOCAL_MESSAGE(ff::application_server::packages::RestartConsumer)
FF_LOCAL_MESSAGE(ff::application_server::packages::AssociationChanged)
FF_LOCAL_MESSAGE(ff::application_server::packages::DeviceForgotten)
FF_LOCAL_MESSAGE(ff::application_server::packages::TellSnapshot)
FF_LOCAL_MESSAGE(ff::application_server::packages::EndConsumer)
FF_LOCAL_MESSAGE(ff::application_server::packages::LiveMessage)
FF_LOCAL_MESSAGE(ff::application_server::packages::Missed)
FF_LOCAL_MESSAGE(ff::application_server::packages::ConsumerTimer)
FF_LOCAL_MESSAGE(ff::application_server::packages::ConsumerAnswer)
