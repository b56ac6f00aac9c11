// Snapshots of actors as JSON for operators: keys in snake_case, times in RFC 3339, every decision
// with a sentence beside its operands. No keys and no payloads: snapshots have none.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>

#include "actors/application_server/integration/packages/messages.hpp"
#include "actors/application_server/link/messages.hpp"
#include "actors/application_server/pipeline/messages.hpp"
#include "actors/gateway_server/router/interface.hpp"
#include "actors/join_server/messages.hpp"
#include "actors/network_server/shard/inspector.hpp"
#include "actors/roaming/messages.hpp"
#include "actors/support/committer.hpp"
#include "actors/support/supervisor.hpp"
#include "storage/engine/engine.hpp"

namespace ff::app {

boost::json::object to_json(const network_server::DeviceSnapshot& device);
boost::json::object to_json(const network_server::AddressSnapshot& address);
boost::json::object to_json(const network_server::ShardSnapshot& shard);
boost::json::object to_json(const network_server::JoinRefusal& join);
boost::json::object to_json(const application_server::PipelineSnapshot& pipeline);
boost::json::array to_json(const std::vector<application_server::LinkSnapshot>& links);
boost::json::object to_json(const application_server::packages::PackagesSnapshot& packages);
boost::json::object to_json(const application_server::packages::ConsumerSnapshot& consumer);
std::string_view name_of(application_server::packages::PackagesSnapshot::State state);
boost::json::object to_json(const join_server::JoinShardSnapshot& shard);
boost::json::object to_json(const gateway_server::ConnectionSnapshot& connection);
boost::json::object to_json(const gateway_server::RouterSnapshot& router);
boost::json::object to_json(const roaming::RoamingSnapshot& roaming);
boost::json::object to_json(const actors::CommitterSnapshot& committer);
boost::json::object to_json(const actors::SupervisorSnapshot& supervisor);
boost::json::object to_json(const storage::EngineStats& stats);

}  // namespace ff::app
