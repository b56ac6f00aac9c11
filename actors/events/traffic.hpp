// What events tell of frames and joins, as values whose large parts are shared with those who
// handle them. Not the frames that are under way, which count as long as somebody holds them.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "protocol/types/application_messages.hpp"
#include "protocol/types/frames.hpp"
#include "protocol/types/versions.hpp"

namespace ff::events {

/// Of all copies of a frame; never null.
using MetadataPtr = std::shared_ptr<const std::vector<RxMetadata>>;

/// A frame with all its receptions: `ttn.lorawan.v3.UplinkMessage`.
struct Uplink {
  Bytes phy_payload;
  UplinkSettings settings;
  MetadataPtr rx_metadata;
  UtcTime received_at;
  std::optional<bool> crc_ok;
  std::optional<ChannelIndex> channel_index;  // of the device
  std::optional<FCnt32> f_cnt;                // of data
};

/// What the application server was given of it: `ttn.lorawan.v3.ApplicationUp` with an uplink.
struct ForwardedUplink {
  std::shared_ptr<const Uplink> uplink;
  SessionKeyId session_key_id;
  NetId net_id;
  bool has_payload = true;  // false: MAC commands, or a frame that a relay has carried
};

/// What a join server is asked: `ttn.lorawan.v3.JoinRequest`.
struct JoinQuestion {
  Bytes join_request;
  DevAddr dev_addr;
  MacVersion mac_version = MacVersion::unknown;
  NetId net_id;
  std::uint8_t dl_settings = 0;  // as on air
  std::uint8_t rx_delay = 1;     // seconds
  Bytes cf_list;                 // empty or 16 octets
};

/// What it has answered: `ttn.lorawan.v3.JoinResponse`. Without keys: who may see that a device
/// joins may not see them.
struct JoinReply {
  Bytes join_accept;
  SessionKeyId session_key_id;
};

}  // namespace ff::events
