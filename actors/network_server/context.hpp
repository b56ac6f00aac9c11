// What shards and sessions of the network server share: configuration and the ways to the other
// components.
#pragma once

#include <functional>
#include <memory>

#include "actors/application_server/pipeline/interface.hpp"
#include "actors/events/event.hpp"
#include "actors/interop/interface.hpp"
#include "actors/join_server/interface.hpp"
#include "actors/network_server/config.hpp"
#include "actors/network_server/frames/probe.hpp"
#include "actors/network_server/profiles/interface.hpp"
#include "actors/network_server/shard/inspector.hpp"
#include "actors/network_server/shard/interface.hpp"
#include "actors/support/deps.hpp"
#include "actors/support/reply.hpp"
#include "actors/support/sharded.hpp"
#include "protocol/region/frequency_plan.hpp"

namespace ff::network_server {

/// Asks the gateway server to schedule a downlink on the first of its paths that can. Any thread.
using Transmit =
    std::function<void(std::shared_ptr<const DownlinkFrame>, actors::Reply<ScheduledDownlink>)>;

/// Immutable after start; lives as long as the actors. The routes live longer than the component:
/// they lead from a shard to the one that takes its place.
struct Context {
  Config config;
  std::shared_ptr<const region::FrequencyPlans> plans;
  actors::Deps deps;
  actors::Sharded<ShardHandle> shards;
  /// The same actors with their operator's side.
  actors::Sharded<ShardActor> inspectable;
  /// What the shards that serve, or served last, and their sessions hold. [shard/life.hpp]
  actors::Sharded<std::weak_ptr<const void>> shard_lives;
  actors::Sharded<application_server::PipelineHandle> pipelines;
  actors::Sharded<join_server::ShardHandle> join_servers;
  /// Other networks' join servers; asked when `config.interop`.
  actors::Route<interop::ClientHandle> interop;
  Transmit transmit;
  /// Passive roaming: join-requests of devices that nobody here knows, and refusals of those that
  /// other networks forwarded, by their uplink token. May be null. Any thread; never block.
  std::function<void(std::shared_ptr<const UplinkFrame>)> unknown_join;
  std::function<void(const Bytes& uplink_token, const Error&)> forwarded_refused;
  events::Publish publish;
  std::shared_ptr<const FrameProbe> frames;  // null: frames are not counted
  actors::Route<ProfilesHandle> profiles;
  /// For actors that read the store themselves, which blocks; false in virtual time.
  bool own_threads = false;
};
using ContextPtr = std::shared_ptr<const Context>;

}  // namespace ff::network_server
