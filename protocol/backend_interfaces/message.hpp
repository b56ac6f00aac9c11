// Messages of LoRaWAN Backend Interfaces as values, and as JSON. Pure. Not transport, and not who
// may send them. [TS002-1.0, TS002-1.1; spec join-server §11]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/backend_interfaces/result.hpp"
#include "protocol/backend_interfaces/roaming.hpp"
#include "protocol/base/bytes.hpp"
#include "protocol/types/identifiers.hpp"
#include "protocol/types/versions.hpp"

namespace ff::backend_interfaces {

/// A request and its answer are neighbours.
enum class MessageType : std::uint8_t {
  join_req,
  join_ans,
  rejoin_req,
  rejoin_ans,
  app_s_key_req,
  app_s_key_ans,
  home_ns_req,
  home_ns_ans,
  pr_start_req,
  pr_start_ans,
  pr_stop_req,
  pr_stop_ans,
  hr_start_req,
  hr_start_ans,
  hr_stop_req,
  hr_stop_ans,
  xmit_data_req,
  xmit_data_ans,
  profile_req,
  profile_ans,
};
/// ON-WIRE: `JoinReq`.
std::string_view to_string(MessageType type) noexcept;
std::optional<MessageType> parse_message_type(std::string_view text) noexcept;
constexpr bool is_request(MessageType type) noexcept {
  return static_cast<unsigned>(type) % 2 == 0;
}
/// Of a request.
constexpr MessageType answer_to(MessageType type) noexcept {
  return static_cast<MessageType>(static_cast<unsigned>(type) | 1U);
}

/// What every message has. Ids are texts: a NetID (6 hex digits), a JoinEUI (16) or an AS-ID; those
/// that are hex are in upper case.
struct Header {
  Version version = Version::v1_1;
  std::uint32_t transaction_id = 0;
  MessageType type = MessageType::join_req;
  std::string sender_id;
  std::optional<std::string> sender_ns_id;  // 16 hex digits
  std::string receiver_id;
  std::optional<std::string> receiver_ns_id;
  Bytes sender_token;    // empty: none
  Bytes receiver_token;  // empty: none
  bool operator==(const Header&) const = default;
};
/// Sender and receiver, and their tokens, swapped. `request` is one.
Header answer_header(const Header& request);

/// Also a RejoinReq.
struct JoinReq {
  MacVersion mac_version = MacVersion::unknown;
  Bytes phy_payload;
  DevEui dev_eui;
  DevAddr dev_addr;
  std::uint8_t dl_settings = 0;
  std::uint8_t rx_delay = 0;  // as on air
  Bytes cf_list;              // empty: none
  bool operator==(const JoinReq&) const = default;
};
/// Also a RejoinAns. Everything but the result is there with a success only.
struct JoinAns {
  Outcome result;
  Bytes phy_payload;
  std::optional<std::uint32_t> lifetime;  // seconds
  std::optional<Key> nwk_s_key;           // 1.0.x
  std::optional<Key> s_nwk_s_int_key;     // 1.1, with the two below
  std::optional<Key> f_nwk_s_int_key;
  std::optional<Key> nwk_s_enc_key;
  std::optional<Key> app_s_key;
  Bytes session_key_id;  // empty: none
  bool operator==(const JoinAns&) const = default;
};
struct AppSKeyReq {
  DevEui dev_eui;
  Bytes session_key_id;
  bool operator==(const AppSKeyReq&) const = default;
};
struct AppSKeyAns {
  Outcome result;
  DevEui dev_eui;
  std::optional<Key> app_s_key;
  Bytes session_key_id;
  bool operator==(const AppSKeyAns&) const = default;
};
struct HomeNsReq {
  DevEui dev_eui;
  bool operator==(const HomeNsReq&) const = default;
};
struct HomeNsAns {
  Outcome result;
  std::optional<NetId> h_net_id;
  std::optional<std::string> h_ns_id;  // 16 hex digits; of 1.1
  std::string tenant_id;               // The Things Stack's extension; empty: none
  std::string ns_address;              // likewise
  bool operator==(const HomeNsAns&) const = default;
};
/// A message whose fields are not read: what is not served.
struct OtherReq {
  bool operator==(const OtherReq&) const = default;
};
/// Any answer that says no more than how it went.
struct OtherAns {
  Outcome result;
  bool operator==(const OtherAns&) const = default;
};
using Body =
    std::variant<JoinReq, JoinAns, AppSKeyReq, AppSKeyAns, HomeNsReq, HomeNsAns, PrStartReq,
                 PrStartAns, PrStopReq, XmitDataReq, XmitDataAns, OtherReq, OtherAns>;

struct Message {
  Header header;
  Body body;
  bool operator==(const Message&) const = default;
};

inline constexpr ErrorDef invalid_json{"pkg/interop", "invalid_json", Code::invalid_argument,
                                       "not a message of Backend Interfaces: {reason}"};

/// A header that can be answered, and its fields or what is wrong with them.
struct Decoded {
  Header header;
  Result<Body> body;  // error: malformed_message
};
/// Hex in any case and with or without 0x; fields that are not known do not count. Total. Error:
/// invalid_json, when there is no header.
Result<Decoded> decode(std::string_view json);
/// Hex in upper case, fields in the order of the specification.
std::string encode(const Message& message);

/// `1.0.2`; `1.0` and `1.1` as they are.
std::string_view to_string(MacVersion version) noexcept;
std::optional<MacVersion> parse_mac_version(std::string_view text) noexcept;

}  // namespace ff::backend_interfaces
