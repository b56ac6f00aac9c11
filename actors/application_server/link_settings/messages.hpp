// What the registry of applications' settings is asked.
#pragma once

#include <functional>

#include "actors/application_server/link_settings/settings.hpp"
#include "actors/support/local_message.hpp"
#include "actors/support/reply.hpp"

namespace ff::application_server {

/// Answered when it is durable; from then on messages are handled with the new settings.
struct SetLink {
  ApplicationId application_id;
  /// Null: there is none yet. Pure; runs in the registry.
  std::function<Result<LinkSettings>(const LinkSettings* current)> change;
  actors::Reply<LinkPtr> reply;
};
/// Errors: link_not_found.
struct GetLink {
  ApplicationId application_id;
  actors::Reply<LinkPtr> reply;
};
/// Errors: link_not_found.
struct DeleteLink {
  ApplicationId application_id;
  actors::Reply<void> reply;
};
/// INTERNAL: the change is durable, or not.
struct LinkWritten {
  ApplicationId application_id;
  LinkPtr link;  // null: deleted
  Status status;
  std::function<void(const Status&)> reply;
};

}  // namespace ff::application_server
FF_LOCAL_MESSAGE(ff::application_server::SetLink)
FF_LOCAL_MESSAGE(ff::application_server::GetLink)
FF_LOCAL_MESSAGE(ff::application_server::DeleteLink)
FF_LOCAL_MESSAGE(ff::application_server::LinkWritten)
