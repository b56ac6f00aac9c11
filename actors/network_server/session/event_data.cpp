#include "actors/network_server/session/event_data.hpp"

namespace ff::network_server {

std::shared_ptr<const events::Uplink> shown(const UplinkFrame& frame, MetadataPtr rx_metadata,
                                            std::optional<ChannelIndex> channel_index,
                                            std::optional<FCnt32> f_cnt) {
  return std::make_shared<const events::Uplink>(
      events::Uplink{.phy_payload = frame.phy_payload,
                     .settings = frame.settings,
                     .rx_metadata = std::move(rx_metadata),
                     .received_at = frame.received_at,
                     .crc_ok = frame.crc_ok,
                     .channel_index = channel_index,
                     .f_cnt = f_cnt});
}

std::shared_ptr<const events::Uplink> shown(const UplinkFrame& frame) {
  return shown(frame, std::make_shared<const std::vector<RxMetadata>>(frame.rx_metadata));
}

std::shared_ptr<const events::JoinQuestion> shown(const AskJoinServer& question) {
  return std::make_shared<const events::JoinQuestion>(
      events::JoinQuestion{.join_request = question.join_request,
                           .dev_addr = question.dev_addr,
                           .mac_version = question.mac_version,
                           .net_id = question.net_id,
                           .dl_settings = question.dl_settings,
                           .rx_delay = question.rx_delay,
                           .cf_list = question.cf_list});
}

std::shared_ptr<const events::JoinReply> shown(const JoinAnswer& answer) {
  return std::make_shared<const events::JoinReply>(
      events::JoinReply{answer.join_accept, answer.keys.session_key_id});
}

std::shared_ptr<const ApplicationUp> shown_accept(const ApplicationUp& accept) {
  ApplicationUp out{.ids = accept.ids,
                    .correlation_ids = accept.correlation_ids,
                    .received_at = accept.received_at,
                    .up = ApplicationJoinAccept{}};
  if (const auto* of = std::get_if<ApplicationJoinAccept>(&accept.up)) {
    auto& message = std::get<ApplicationJoinAccept>(out.up);
    message.session_key_id = of->session_key_id;
    message.received_at = of->received_at;
  }
  return std::make_shared<const ApplicationUp>(std::move(out));
}

}  // namespace ff::network_server
