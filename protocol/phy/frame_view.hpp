// Decodes a PHYPayload without copying or allocating: the uplink hot path, and the device's side of
// downlinks. Checks lengths and types only; MIC (mic.hpp), counters (f_cnt.hpp) and decryption
// (frame_crypto.hpp) come after.
#pragma once

#include <optional>
#include <variant>

#include "protocol/phy/errors.hpp"
#include "protocol/phy/frame.hpp"

namespace ff::phy {

/// Views point into the decoded payload, whose owner must outlive them.
struct DataFrameView {
  MType m_type = MType::unconfirmed_up;
  DevAddr dev_addr;
  FCtrl f_ctrl;
  FCnt16 f_cnt;
  ByteView f_opts;  // 0 to 15 bytes, encrypted in LoRaWAN 1.1
  std::optional<FPort> f_port;
  ByteView frm_payload;  // encrypted; empty without f_port
  ByteView signed_part;  // all but the MIC
  Mic mic;
};

struct JoinRequestView {
  JoinRequest request;
  ByteView signed_part;
  Mic mic;
};

struct RejoinRequestView {
  RejoinRequest request;
  ByteView signed_part;
  Mic mic;
};

/// 16 or 32 bytes, still encrypted with their MIC.
struct JoinAcceptView {
  ByteView encrypted;
};

struct ProprietaryView {
  ByteView payload;  // all after MHDR; any size
};

using FrameBody = std::variant<DataFrameView, JoinRequestView, RejoinRequestView, JoinAcceptView,
                               ProprietaryView>;

/// `body` holds the alternative of `mhdr.m_type`.
struct FrameView {
  Mhdr mhdr;
  FrameBody body;
};

/// Decodes any frame of 1 to 255 bytes. Fails with the definitions of errors.hpp.
[[nodiscard]] Result<FrameView> decode_frame(ByteView phy_payload);

/// Decodes a data frame of either direction; other types fail with unknown_field.
[[nodiscard]] Result<DataFrameView> decode_data_frame(ByteView phy_payload);

/// What an uplink says about its sender, for routing. Data frames: dev_addr. Join and rejoin types
/// 1: both EUIs; rejoin types 0 and 2: dev_eui.
struct UplinkIdentifiers {
  std::optional<DevAddr> dev_addr;
  std::optional<JoinEui> join_eui;
  std::optional<DevEui> dev_eui;
  bool operator==(const UplinkIdentifiers&) const = default;
};
/// All empty for downlinks, join-accepts and proprietary frames.
UplinkIdentifiers uplink_identifiers(const FrameView& frame) noexcept;

}  // namespace ff::phy
