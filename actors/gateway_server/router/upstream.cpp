#include <caf/send.hpp>

#include "actors/gateway_server/connection/errors.hpp"
#include "actors/gateway_server/router/actor.hpp"
#include "protocol/phy/frame_view.hpp"

namespace ff::gateway_server {
namespace {

using Shards = actors::Sharded<network_server::ShardHandle>;

template <class Id>
Result<network_server::ShardHandle> shard_that_runs(const Shards& shards, const Id& id) {
  auto shard = shards.of(id);
  if (!shard) return fail(network_server_not_found, {{"ids", to_string(id)}});
  return shard;
}

/// The shard that knows the sender. Connections pass on no frame without one.
Result<network_server::ShardHandle> shard_of(const Shards& shards, const UplinkFrame& frame) {
  FF_TRY(const auto decoded, phy::decode_frame(frame.phy_payload));
  const auto ids = phy::uplink_identifiers(decoded);
  if (ids.dev_addr) return shard_that_runs(shards, *ids.dev_addr);
  if (ids.dev_eui) return shard_that_runs(shards, *ids.dev_eui);
  return fail(network_server_not_found, {{"ids", ""}});
}

}  // namespace

Upstream make_upstream(Shards shards) {
  Upstream upstream;
  upstream.uplink = [shards](std::shared_ptr<const UplinkFrame> frame) -> Status {
    FF_TRY(const auto shard, shard_of(shards, *frame));
    caf::anon_send(shard, network_server::UplinkReceived{std::move(frame)});
    return {};
  };
  upstream.acknowledgment = [shards](const TxAcknowledgment& acknowledgment) -> Status {
    FF_TRY(const auto shard, shard_that_runs(shards, acknowledgment.device));
    const network_server::TransmissionAcknowledged event{acknowledgment};
    caf::anon_send(shard, network_server::to_session(acknowledgment.device, event));
    return {};
  };
  return upstream;
}

network_server::Transmit make_transmit(actors::Route<RouterHandle> router) {
  return
      [router](std::shared_ptr<const DownlinkFrame> frame, actors::Reply<ScheduledDownlink> reply) {
        if (auto handle = router.get()) {
          caf::anon_send(handle, ScheduleDownlink{std::move(frame), std::move(reply)});
        } else {
          reply(fail(schedule_failed));
        }
      };
}

}  // namespace ff::gateway_server
