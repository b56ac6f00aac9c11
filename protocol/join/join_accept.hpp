// Join messages whole: the join-accept's fields, sealing and opening it, and signed join- and
// rejoin-requests. Both sides are here: the join server's and the device's (simulator). MIC
// formulas: protocol/phy.
#pragma once

#include <chrono>
#include <optional>

#include "protocol/join/cf_list.hpp"
#include "protocol/phy/frame_view.hpp"
#include "protocol/phy/join_accept_crypto.hpp"

namespace ff::join {

/// ON-WIRE: bit 7 OptNeg, bits 6-4 RX1DROffset, bits 3-0 RX2 data rate. [TS001-1.1 §6.2.3]
struct DlSettings {
  bool opt_neg = false;             // 1.1 session
  DataRateOffset rx1_dr_offset{0};  // 0-7
  DataRateIndex rx2_dr{0};          // 0-15
  bool operator==(const DlSettings&) const = default;
};
DlSettings decode_dl_settings(std::uint8_t byte) noexcept;
/// Values beyond their bits fail with field_with_max.
[[nodiscard]] Result<std::uint8_t> encode_dl_settings(const DlSettings& settings);

struct JoinAccept {
  JoinNonce join_nonce;
  NetId net_id;
  DevAddr dev_addr;
  DlSettings dl_settings;
  std::uint8_t rx_delay = 0;  // as on air; see rx_delay_of
  std::optional<CfList> cf_list;
  bool operator==(const JoinAccept&) const = default;
};

/// RX1 delay in seconds that an RxDelay byte means: 0 is one second, the high bits are reserved.
constexpr std::chrono::seconds rx_delay_of(std::uint8_t rx_delay) noexcept {
  const int seconds = rx_delay & 0x0f;
  return std::chrono::seconds(seconds == 0 ? 1 : seconds);
}

/// The fields without MHDR and MIC: 12 or 28 bytes.
/// Fails with field_with_max (24-bit values, DLSettings) or max_cf_list_frequency.
[[nodiscard]] Result<Bytes> encode_join_accept(const JoinAccept& accept,
                                               std::uint32_t step_hz = frequency_step_hz_default);
/// Fails with field_length_with_multiple_choices or as decode_cf_list.
[[nodiscard]] Result<JoinAccept> decode_join_accept(
    ByteView fields, std::uint32_t step_hz = frequency_step_hz_default);

/// Keys for sealing and opening join-accepts.
struct JoinAcceptKeys {
  Aes128Key root;        // NwkKey, or what root_keys.hpp selects in 1.0.x
  Aes128Key js_int_key;  // counts with OptNeg
  Aes128Key js_enc_key;  // counts for answers to rejoin-requests
};
/// 1.0.x: `root_key` alone. 1.1: with the keys derived from it for `dev_eui`.
[[nodiscard]] JoinAcceptKeys join_accept_keys(const Aes128Key& root_key, DevEui dev_eui) noexcept;

/// The frame that goes to the device. `fields` from encode_join_accept; its OptNeg bit chooses the
/// MIC.
[[nodiscard]] Result<Bytes> seal_join_accept(ByteView fields, const JoinAcceptKeys& keys,
                                             const phy::JoinAcceptContext& context);
/// The device's side: the fields of `frame` (17 or 33 bytes). Fails with decode_payload or
/// payload_type for other frames and with mic_mismatch.
[[nodiscard]] Result<JoinAccept> open_join_accept(
    ByteView frame, const JoinAcceptKeys& keys, const phy::JoinAcceptContext& context,
    std::uint32_t step_hz = frequency_step_hz_default);

/// The device's join-request frame, 23 bytes.
[[nodiscard]] Bytes seal_join_request(const phy::JoinRequest& request, const Aes128Key& root_key);
/// `key`: SNwkSIntKey for types 0 and 2, JSIntKey for type 1. Fails as phy::encode_unsigned.
[[nodiscard]] Result<Bytes> seal_rejoin_request(const phy::RejoinRequest& request,
                                                const Aes128Key& key);

/// Steps 3 to 6 of the join server: the join-request in `frame`. Fails with decode_payload,
/// lorawan_major_version, payload_type, no_dev_eui. The view points into `frame`. [spec join-server
/// §2]
[[nodiscard]] Result<phy::JoinRequestView> parse_join_request(ByteView frame);
/// Fails with mic_mismatch.
[[nodiscard]] Status check_join_request_mic(const phy::JoinRequestView& request,
                                            const Aes128Key& root_key);

/// The rejoin-request in `frame`, with the errors of parse_join_request. [TS001-1.1 §6.2.4]
[[nodiscard]] Result<phy::RejoinRequestView> parse_rejoin_request(ByteView frame);
/// `key` as for seal_rejoin_request. Fails with mic_mismatch.
[[nodiscard]] Status check_rejoin_request_mic(const phy::RejoinRequestView& request,
                                              const Aes128Key& key);
/// What the join-accept that answers it is signed for.
[[nodiscard]] phy::JoinReqType join_req_type(phy::RejoinType type) noexcept;

}  // namespace ff::join
