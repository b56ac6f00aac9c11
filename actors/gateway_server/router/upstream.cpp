#include <caf/send.hpp>

#include "actors/gateway_server/connection/errors.hpp"
#include "actors/gateway_server/router/actor.hpp"
#include "protocol/phy/frame_view.hpp"

namespace ff::gateway_server {
namespace {

using Shards = actors::Sharded<network_server::ShardHandle>;

/// The shard that knows the sender; a null handle for frames without one.
network_server::ShardHandle shard_of(const Shards& shards, const UplinkFrame& frame) {
  const auto decoded = phy::decode_frame(frame.phy_payload);
  if (!decoded) return {};
  const auto ids = phy::uplink_identifiers(*decoded);
  if (ids.dev_addr) return shards.of(*ids.dev_addr);
  if (!ids.dev_eui) return {};
  return shards.of(*ids.dev_eui);
}

}  // namespace

Upstream make_upstream(Shards shards) {
  Upstream upstream;
  upstream.uplink = [shards](std::shared_ptr<const UplinkFrame> frame) {
    if (auto shard = shard_of(shards, *frame))
      caf::anon_send(shard, network_server::UplinkReceived{std::move(frame)});
  };
  upstream.acknowledgment = [shards](const TxAcknowledgment& acknowledgment) {
    if (auto shard = shards.of(acknowledgment.device)) {
      const network_server::TransmissionAcknowledged event{acknowledgment};
      caf::anon_send(shard, network_server::to_session(acknowledgment.device, event));
    }
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
