// The identity server behind the ports of the front doors: who calls, with which rights.
#pragma once

#include <memory>

#include "actors/application_server/frontend_mqtt/access.hpp"
#include "actors/identity_server/supervisor/supervisor.hpp"
#include "app/api/call.hpp"
#include "app/api/services/base/rights.hpp"
#include "protocol/base/random.hpp"

namespace ff::app {

/// For gRPC and HTTP: `authorization: Bearer <api key>`.
std::shared_ptr<api::Authenticator> make_authenticator(actors::Route<identity_server::AccessHandle> access);
/// The caller's rights on an entity.
api::RightsOf make_rights_of(actors::Route<identity_server::AccessHandle> access);
/// For MQTT: an API key as password.
std::shared_ptr<application_server::Access> make_mqtt_access(actors::Route<identity_server::AccessHandle> access);

/// First start: the user `admin` and an API key with all rights. Answers the key's text, which is kept nowhere; an error when the user
/// exists already.
void create_admin(const identity_server::Routes& routes, Random& random, actors::Reply<std::string> reply);

}  // namespace ff::app
