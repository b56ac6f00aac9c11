// The identity server behind the ports of Backend Interfaces. Not the API's ports:
// app/api/services/identity.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "actors/identity_server/supervisor/supervisor.hpp"
#include "app/api/services/base/asker.hpp"
#include "protocol/base/random.hpp"
#include "storage/keys/shard.hpp"

namespace ff::app {

/// For Backend Interfaces: `ServerPorts::find_device`.
std::function<void(const storage::JoinKey&, actors::Reply<std::optional<std::string>>)>
find_registered_device(const identity_server::Routes& routes, api::Asker asker);

}  // namespace ff::app
