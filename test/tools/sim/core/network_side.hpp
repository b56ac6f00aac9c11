// The least of a network and join server that a device can talk to, made of protocol/phy and
// protocol/join: for tests of the simulator. Not a server: it has no windows, queues or gateways.
#pragma once

#include <optional>

#include "protocol/join/join_accept.hpp"
#include "protocol/mac/command/codec.hpp"
#include "protocol/phy/frame_crypto.hpp"
#include "protocol/phy/seal.hpp"
#include "tools/sim/core/identity.hpp"
#include "tools/sim/core/receive_windows.hpp"

namespace ff::sim::test {

inline constexpr DevAddr joined_dev_addr{0x0102'0304};
inline constexpr DevAddr rejoined_dev_addr{0x0102'0305};

class NetworkSide {
 public:
  explicit NetworkSide(const DeviceIdentity& identity) : identity_(identity) {
    if (identity.activation != Activation::abp) return;
    keys_ = identity.session;
    dev_addr_ = identity.dev_addr;
  }

  bool is_1_1() const { return at_least(identity_.mac_version, MacVersion::v1_1); }
  const Aes128Key& root_key() const { return is_1_1() ? identity_.nwk_key : identity_.app_key; }

  /// The join-accept for a request, or nothing if it is not signed by the device.
  std::optional<Bytes> answer_join(ByteView request, JoinNonce join_nonce,
                                   std::optional<join::CfList> cf_list = {}) {
    const auto parsed = join::parse_join_request(request);
    if (!parsed || !join::check_join_request_mic(*parsed, root_key())) return std::nullopt;
    const join::JoinAccept accept{.join_nonce = join_nonce,
                                  .net_id = NetId{0x13},
                                  .dev_addr = joined_dev_addr,
                                  .dl_settings = {.opt_neg = is_1_1()},
                                  .rx_delay = 5,
                                  .cf_list = cf_list};
    const auto& nonce = parsed->request.dev_nonce;
    const join::JoinContext context{join_nonce, nonce, NetId{0x13}, identity_.join_eui};
    keys_ = is_1_1() ? join::derive_session_keys_1_1(root_key(), identity_.app_key, context)
                     : join::derive_session_keys_1_0(root_key(), root_key(), context);
    dev_addr_ = joined_dev_addr;
    const auto fields = join::encode_join_accept(accept);
    const auto keys = join::join_accept_keys(root_key(), identity_.dev_eui);
    const auto frame = join::seal_join_accept(
        *fields, keys, {phy::JoinReqType::join_request, identity_.join_eui, nonce});
    return frame ? std::optional(*frame) : std::nullopt;
  }

  /// The join-accept for a rejoin-request, or nothing if it is not signed by the device.
  std::optional<Bytes> answer_rejoin(ByteView request, JoinNonce join_nonce) {
    const auto parsed = join::parse_rejoin_request(request);
    if (!parsed) return std::nullopt;
    const bool full = parsed->request.type == phy::RejoinType::full_context;
    const auto signing = full ? join::derive_js_int_key(root_key(), identity_.dev_eui)
                              : keys_.network.s_nwk_s_int_key;
    if (!join::check_rejoin_request_mic(*parsed, signing)) return std::nullopt;
    const DevNonce nonce{parsed->request.rejoin_count};
    keys_ = join::derive_session_keys_1_1(root_key(), identity_.app_key,
                                          {join_nonce, nonce, NetId{0x13}, identity_.join_eui});
    dev_addr_ = rejoined_dev_addr;
    const auto fields = join::encode_join_accept({.join_nonce = join_nonce,
                                                  .net_id = NetId{0x13},
                                                  .dev_addr = rejoined_dev_addr,
                                                  .dl_settings = {.opt_neg = true},
                                                  .rx_delay = 3,
                                                  .cf_list = {}});
    const auto frame = join::seal_join_accept(
        *fields, join::join_accept_keys(root_key(), identity_.dev_eui),
        {join::join_req_type(parsed->request.type), identity_.join_eui, nonce});
    return frame ? std::optional(*frame) : std::nullopt;
  }

  /// An uplink with all decrypted. In 1.1 its MIC needs to know how it was sent.
  std::optional<phy::DataFrame> open(ByteView phy_payload, FCnt32 f_cnt,
                                     phy::UplinkTransmission transmission = {}) const {
    const auto view = phy::decode_data_frame(phy_payload);
    if (!view) return std::nullopt;
    auto frame =
        phy::open_frame(*view, keys_.network, {identity_.mac_version, f_cnt, transmission});
    if (frame && frame->f_port && frame->f_port->value() != 0) {
      const bool relayed = *frame->f_port == FPort{226};
      phy::crypt_frm_payload(relayed ? keys_.network.nwk_s_enc_key : keys_.app_s_key,
                             {phy::Direction::up, dev_addr_, f_cnt}, frame->frm_payload);
    }
    return frame;
  }

  struct Downlink {
    FCnt32 f_cnt;
    bool ack = false;
    bool confirmed = false;
    std::vector<mac::Command> commands;
    std::optional<FPort> f_port;
    Bytes payload;
    std::uint16_t conf_f_cnt = 0;
  };
  Bytes seal(const Downlink& downlink) const {
    phy::DataFrame frame{
        .m_type = downlink.confirmed ? phy::MType::confirmed_down : phy::MType::unconfirmed_down,
        .dev_addr = dev_addr_,
        .f_ctrl = {.ack = downlink.ack},
        .f_cnt = {},
        .f_opts = mac::encode(downlink.commands).value(),
        .f_port = downlink.f_port,
        .frm_payload = downlink.payload};
    // Commands on port 0 are sealed with the frame.
    if (downlink.f_port && downlink.f_port->value() != 0) {
      phy::crypt_frm_payload(keys_.app_s_key, {phy::Direction::down, dev_addr_, downlink.f_cnt},
                             frame.frm_payload);
    }
    return phy::seal_frame(frame, keys_.network,
                           {identity_.mac_version,
                            downlink.f_cnt,
                            {.conf_f_cnt = downlink.conf_f_cnt, .tx_dr = {}, .tx_ch = {}}})
        .value();
  }

 private:
  DeviceIdentity identity_;
  join::SessionKeys keys_;
  DevAddr dev_addr_;
};

/// An emission that hits `window` exactly.
inline Emission in_window(const ReceiveWindow& window, Bytes phy_payload) {
  return {.start = window.start,
          .frequency = window.frequency,
          .data_rate = window.data_rate,
          .inverted_polarity = true,
          .snr_db = 5,
          .phy_payload = std::move(phy_payload)};
}

}  // namespace ff::sim::test
