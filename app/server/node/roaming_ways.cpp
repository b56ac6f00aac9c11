#include "app/server/node/roaming_ways.hpp"

#include <algorithm>
#include <caf/send.hpp>

#include "actors/gateway_server/connection/errors.hpp"
#include "actors/roaming/actor.hpp"
#include "actors/roaming/errors.hpp"
#include "protocol/roaming/uplink_token.hpp"

namespace ff::app {
namespace {

/// Whether there is anybody.
template <class Message>
bool tell(const RoamingRoute& roaming, Message message) {
  const auto handle = roaming.get();
  if (handle) caf::anon_send(handle, std::move(message));
  return static_cast<bool>(handle);
}

/// The same downlink with some of its paths.
std::shared_ptr<const DownlinkFrame> with_paths(const DownlinkFrame& frame,
                                                std::vector<DownlinkPath> paths) {
  auto out = frame;
  out.request.paths = std::move(paths);
  return std::make_shared<const DownlinkFrame>(std::move(out));
}

bool is_partner(const DownlinkPath& path) {
  return roaming::is_uplink_token(path.uplink_token);
}

}  // namespace

gateway_server::Upstream divert(gateway_server::Upstream upstream,
                                const roaming::RoamingConfig& config, RoamingRoute roaming) {
  if (config.peers.empty()) return upstream;
  std::vector<config::RoamingPartner> partners;
  for (const auto& peer : config.peers) partners.push_back(peer.partner);
  auto out = upstream;
  out.uplink = [upstream, roaming, partners = std::move(partners)](
                   std::shared_ptr<const UplinkFrame> frame) -> Status {
    const auto diversion = roaming::diversion_of(*frame, partners);
    const bool told =
        diversion != roaming::Diversion::none && tell(roaming, roaming::HeardUplink{frame});
    if (diversion != roaming::Diversion::partner) return upstream.uplink(std::move(frame));
    if (told) return {};
    return fail(gateway_server::network_server_not_found, {{"ids", "roaming partners"}});
  };
  out.acknowledgment = [upstream](const TxAcknowledgment& acknowledgment) -> Status {
    // Of a partner's downlink: no session of ours waits for it.
    if (acknowledgment.device.device_id.empty()) return {};
    return upstream.acknowledgment(acknowledgment);
  };
  return out;
}

network_server::Transmit with_partners(network_server::Transmit transmit, RoamingRoute roaming) {
  return [transmit = std::move(transmit), roaming = std::move(roaming)](
             std::shared_ptr<const DownlinkFrame> frame, actors::Reply<ScheduledDownlink> reply) {
    const auto& paths = frame->request.paths;
    const auto partner = std::ranges::find_if(paths, is_partner);
    if (partner == paths.end()) return transmit(std::move(frame), std::move(reply));
    auto by_partner = [roaming, reply, theirs = with_paths(*frame, {*partner})] {
      if (const auto handle = roaming.get())
        return caf::anon_send(handle, roaming::TransmitByPartner{theirs, reply});
      reply(fail(roaming::unknown_token));
    };
    auto own = paths;
    std::erase_if(own, is_partner);
    if (own.empty()) return by_partner();
    transmit(with_paths(*frame, std::move(own)),
             [reply, by_partner](Result<ScheduledDownlink> outcome) {
               if (!outcome) return by_partner();
               reply(std::move(outcome));
             });
  };
}

std::function<void(std::shared_ptr<const UplinkFrame>)> tell_of_unknown_joins(
    const roaming::RoamingConfig& config, RoamingRoute roaming) {
  if (config.peers.empty()) return nullptr;
  return [roaming = std::move(roaming)](std::shared_ptr<const UplinkFrame> frame) {
    tell(roaming, roaming::UnknownJoin{std::move(frame)});
  };
}

std::function<void(const Bytes&, const Error&)> tell_of_refusals(RoamingRoute roaming) {
  return [roaming = std::move(roaming)](const Bytes& uplink_token, const Error& error) {
    tell(roaming, roaming::ForwardedRefused{uplink_token, error});
  };
}

events::Publish tell_of_ended_sessions(events::Publish publish,
                                       const roaming::RoamingConfig& config, RoamingRoute roaming) {
  if (config.peers.empty() || !publish) return publish;
  return [publish = std::move(publish), roaming = std::move(roaming)](events::Event event) {
    const bool over =
        event.name == "ns.end_device.delete" || event.name == "ns.up.join.accept.forward";
    const auto* device = std::get_if<DeviceIdentifiers>(&event.subject);
    if (over && device != nullptr)
      tell(roaming, roaming::SessionOver{device->uid, device->dev_eui});
    publish(std::move(event));
  };
}

}  // namespace ff::app
