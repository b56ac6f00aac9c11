#include "app/api/services/mapping/mac_history.hpp"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <limits>

#include "app/api/services/mapping/mac_command.hpp"
#include "app/api/services/mapping/values.hpp"

namespace ff::api {
namespace {

using google::protobuf::util::MessageDifferencer;

/// Larger uplinks that clients tell of are kept as those received here are.
constexpr std::size_t as_given_size_max = 4096;
/// No data rate of any region.
constexpr DataRateIndex other_data_rate{15};

void put_recent(const mac::RecentUplink& uplink, pb::MACState::UplinkMessage& out) {
  if (!uplink.as_given.empty() && out.ParseFromString(text_of(uplink.as_given))) return;
  out.Clear();
  auto& payload = *out.mutable_payload();
  if (uplink.is_data) {
    payload.mutable_m_hdr()->set_m_type(uplink.confirmed ? pb::CONFIRMED_UP : pb::UNCONFIRMED_UP);
    auto& mac = *payload.mutable_mac_payload();
    mac.set_full_f_cnt(uplink.f_cnt.value());
    mac.mutable_f_hdr()->set_f_cnt(uplink.f_cnt.value() & 0xffffU);
    mac.mutable_f_hdr()->mutable_f_ctrl()->set_adr(uplink.adr);
    mac.mutable_f_hdr()->mutable_f_ctrl()->set_adr_ack_req(uplink.adr_ack_req);
  } else {
    payload.mutable_m_hdr()->set_m_type(pb::JOIN_REQUEST);
  }
  if (uplink.max_snr_db) out.add_rx_metadata()->set_snr(*uplink.max_snr_db);
  put_time(uplink.received_at, *out.mutable_received_at());
  out.set_device_channel_index(uplink.channel_index.value());
}

void put_recent(const mac::RecentDownlink& downlink, pb::MACState::DownlinkMessage& out) {
  const auto type = downlink.is_join_accept ? pb::JOIN_ACCEPT
                    : downlink.confirmed    ? pb::CONFIRMED_DOWN
                                            : pb::UNCONFIRMED_DOWN;
  out.mutable_payload()->mutable_m_hdr()->set_m_type(type);
  if (!downlink.is_join_accept) {
    auto& mac = *out.mutable_payload()->mutable_mac_payload();
    if (downlink.f_port) mac.set_f_port(downlink.f_port->value());
    mac.set_full_f_cnt(downlink.f_cnt.value());
  }
  for (const auto& id : downlink.correlation_ids) out.add_correlation_ids(id);
}

void put_recent(const mac::Command& command, pb::MACCommand& out) {
  put_command(command, out);
}

/// The one of `before` that is shown as `message`; null if there is none.
template <class T, class Message>
const T* shown_as(const Message& message, const std::vector<T>& before) {
  const auto found = std::ranges::find_if(before, [&](const T& value) {
    Message shown;
    put_recent(value, shown);
    return MessageDifferencer::Equals(shown, message);
  });
  return found == before.end() ? nullptr : &*found;
}

mac::RecentUplink recent_uplink_of(const pb::MACState::UplinkMessage& from) {
  mac::RecentUplink out;
  const auto type = from.payload().m_hdr().m_type();
  out.confirmed = type == pb::CONFIRMED_UP;
  out.is_data = out.confirmed || type == pb::UNCONFIRMED_UP;
  const auto& mac = from.payload().mac_payload();
  out.adr = mac.f_hdr().f_ctrl().adr();
  out.adr_ack_req = mac.f_hdr().f_ctrl().adr_ack_req();
  out.f_cnt = FCnt32(mac.full_f_cnt());
  out.channel_index = ChannelIndex(static_cast<std::uint8_t>(from.device_channel_index()));
  for (const auto& reception : from.rx_metadata())
    out.max_snr_db = std::max(out.max_snr_db.value_or(reception.snr()), reception.snr());
  constexpr int count_max = std::numeric_limits<std::uint8_t>::max();
  out.gateway_count =
      static_cast<std::uint8_t>(std::min(count_max, static_cast<int>(from.rx_metadata_size())));
  if (from.has_received_at()) out.received_at = time_of(from.received_at());
  pb::MACState::UplinkMessage shown;
  put_recent(out, shown);
  if (!MessageDifferencer::Equals(shown, from) && from.ByteSizeLong() <= as_given_size_max)
    out.as_given = bytes_of(from.SerializeAsString());
  return out;
}

mac::RecentDownlink recent_downlink_of(const pb::MACState::DownlinkMessage& from) {
  mac::RecentDownlink out;
  const auto type = from.payload().m_hdr().m_type();
  out.is_join_accept = type == pb::JOIN_ACCEPT;
  out.confirmed = type == pb::CONFIRMED_DOWN;
  const auto& mac = from.payload().mac_payload();
  if (mac.f_port() != 0) out.f_port = FPort(static_cast<std::uint8_t>(mac.f_port()));
  out.f_cnt = FCnt32(mac.full_f_cnt());
  out.correlation_ids =
      std::vector<std::string>(from.correlation_ids().begin(), from.correlation_ids().end());
  return out;
}

/// Newest first here, newest last in the API.
template <class T, class Messages>
void put_newest_last(const std::vector<T>& list, Messages& out) {
  for (auto it = list.rbegin(); it != list.rend(); ++it) put_recent(*it, *out.Add());
}

template <class T, class Messages, class Read>
std::vector<T> newest_first(const Messages& from, const std::vector<T>& before, std::size_t max,
                            Read read) {
  std::vector<T> out;
  for (auto it = from.rbegin(); it != from.rend() && out.size() < max; ++it) {
    const T* const same = shown_as(*it, before);
    out.push_back(same != nullptr ? *same : read(*it));
  }
  return out;
}

}  // namespace

void put_commands(const std::vector<mac::Command>& commands, CommandMessages& out) {
  for (const auto& command : commands) put_command(command, *out.Add());
}

std::vector<mac::Command> commands_of(const CommandMessages& messages,
                                      const std::vector<mac::Command>& before) {
  std::vector<mac::Command> out;
  for (const auto& message : messages) {
    const auto* const same = shown_as(message, before);
    auto command = same != nullptr ? std::optional(*same) : command_of(message);
    if (command) out.push_back(*std::move(command));
  }
  return out;
}

void put_recent_uplinks(const mac::MacState& state, pb::MACState& out) {
  put_newest_last(state.recent_uplinks, *out.mutable_recent_uplinks());
}

void take_recent_uplinks(const pb::MACState& from, mac::MacState& out) {
  const auto& messages = from.recent_uplinks();
  if (messages.empty()) return out.recent_uplinks.clear();
  // Data rates have no index there. The newest uplink's is the one that the device has; what was
  // sent otherwise says nothing of it. [spec network-server §3.15]
  const auto& newest = messages.rbegin()->settings();
  const auto index = out.current.adr_data_rate_index;
  const auto read = [&](const pb::MACState::UplinkMessage& message) {
    auto uplink = recent_uplink_of(message);
    const bool same = MessageDifferencer::Equals(message.settings(), newest);
    uplink.data_rate_index = same ? index : other_data_rate;
    return uplink;
  };
  out.recent_uplinks = newest_first(messages, out.recent_uplinks, mac::recent_uplinks_max, read);
}

void put_recent_downlinks(const mac::MacState& state, pb::MACState& out) {
  put_newest_last(state.recent_downlinks, *out.mutable_recent_downlinks());
}

void take_recent_downlinks(const pb::MACState& from, mac::MacState& out) {
  out.recent_downlinks = newest_first(from.recent_downlinks(), out.recent_downlinks,
                                      mac::recent_downlinks_max, recent_downlink_of);
}

}  // namespace ff::api
