// What the outside learns of changes: events, with the reference's names. Not an audit log.
#pragma once

#include <google/protobuf/message.h>

#include "actors/events/event.hpp"
#include "app/api/services/identity/identity.hpp"

namespace ff::api {

/// Publishes `<kind>.<verb>` of the entity, e.g. verb `collaborator.update`; nothing for a pair
/// that is no event. `paths`: of an update, what was named.
void publish_change(const Identity& identity, const Call& call, const storage::EntityKey& entity,
                    std::string_view verb, const Paths& paths = {});
/// Publishes the event `name` of the entity with a message as its data; nothing for other names.
void publish_message(const Identity& identity, std::string_view name,
                     const storage::EntityKey& entity, const events::Cause& cause,
                     const google::protobuf::Message& data);
/// `invitation.create`: of no entity, so that only who knows what it belongs to finds it.
void publish_invitation(const Identity& identity, const Call& call);
/// What happens to a user beside the user's entity: `oauth.user.login` and the like; nothing for
/// other names.
void publish_of_user(const Identity& identity, std::string_view name, const std::string& user_id,
                     const events::Cause& cause);

}  // namespace ff::api
