// A device that joins over the air, for either protocol generation.
#pragma once

#include "protocol/join/join_accept.hpp"
#include "protocol/join/session_keys.hpp"
#include "test/actors/network_server/fixture.hpp"

namespace ff::network_server {

inline constexpr JoinEui join_eui{0x70b3d57ed0000000};
inline constexpr DevEui dev_eui{0x0004a30b001c0530};
inline const Aes128Key app_key = Aes128Key::from(Bytes(16, 0x11));
inline const Aes128Key nwk_key = Aes128Key::from(Bytes(16, 0x22));
inline const storage::JoinKey euis{join_eui, dev_eui};

class OtaaFixture : public NetworkServerFixture {
 protected:
  bool is_1_1() const { return mac_version == MacVersion::v1_1; }

  void create_otaa_device() {
    int answers = 0;
    caf::anon_send(
        context->shards.of(uid),
        to_session(uid,
                   ChangeDevice{.change = [this](const Device*) -> Result<Device> {
                                  Device device;
                                  device.ids = {uid, dev_eui, join_eui, {}};
                                  device.lorawan_version = mac_version;
                                  device.lorawan_phy_version = phy_version;
                                  device.frequency_plan_id = "EU_863_870_TTN";
                                  device.supports_join = true;
                                  return device;
                                },
                                .reply = [&](const auto& result) { answers += result ? 1 : 0; }}));
    caf::anon_send(context->join_servers.of(euis),
                   join_server::ChangeJoinDevice{
                       join_eui, dev_eui,
                       [this](const join_server::JoinDevice*) -> Result<join_server::JoinDevice> {
                         join_server::JoinDevice device;
                         device.ids = {uid, dev_eui, join_eui, {}};
                         device.app_key.key = app_key;
                         if (is_1_1()) device.nwk_key.key = nwk_key;
                         return device;
                       },
                       [&](const auto& result) { answers += result ? 1 : 0; }});
    run();
    ASSERT_EQ(answers, 2);
  }

  const Aes128Key& root() const { return is_1_1() ? nwk_key : app_key; }

  void join(std::uint16_t nonce) {
    receive(join::seal_join_request({join_eui, dev_eui, DevNonce{nonce}}, root()),
            context->shards.of(dev_eui));
    advance(milliseconds{300});
  }

  std::vector<Bytes> join_accepts() const {
    std::vector<Bytes> frames;
    for (const auto& transmission : transmissions) {
      const auto& payload = transmission->phy_payload;
      if (phy::decode_mhdr(payload[0]).m_type == phy::MType::join_accept) frames.push_back(payload);
    }
    return frames;
  }

  /// The newest join-accept, opened as the device opens it. `nonce`: of a rejoin its RJcount.
  Result<join::JoinAccept> accepted(std::uint16_t nonce,
                                    phy::JoinReqType type = phy::JoinReqType::join_request) const {
    return join::open_join_accept(
        join_accepts().back(), join::join_accept_keys(root(), dev_eui),
        {.request_type = type, .join_eui = join_eui, .dev_nonce = DevNonce{nonce}});
  }

  phy::NetworkSessionKeys keys_of(const join::JoinAccept& accept, std::uint16_t nonce) const {
    join::JoinContext join_context;
    join_context.join_nonce = accept.join_nonce;
    join_context.dev_nonce = DevNonce{nonce};
    join_context.net_id = accept.net_id;
    join_context.join_eui = join_eui;
    const auto keys = is_1_1() ? join::derive_session_keys_1_1(nwk_key, app_key, join_context)
                               : join::derive_session_keys_1_0(app_key, app_key, join_context);
    return keys.network;
  }

  void uplink_in(const join::JoinAccept& accept, std::uint16_t nonce, std::uint32_t f_cnt) {
    phy::DataFrame frame;
    frame.dev_addr = accept.dev_addr;
    frame.f_port = FPort{1};
    frame.frm_payload = {1};
    // RekeyInd{minor 1}: how a 1.1 device confirms its session. [TS001-1.1 §5.10]
    if (is_1_1()) frame.f_opts = {0x0b, 0x01};
    receive(phy::seal_frame(frame, keys_of(accept, nonce),
                            {.mac_version = mac_version,
                             .f_cnt = FCnt32{f_cnt},
                             .transmission = {.conf_f_cnt = 0,
                                              .tx_dr = DataRateIndex{3},
                                              .tx_ch = ChannelIndex{0}}})
                .value(),
            context->shards.of(accept.dev_addr));
    advance(seconds{2});
  }

  MacVersion mac_version = MacVersion::v1_1;
  PhyVersion phy_version = PhyVersion::rp001_v1_1_rev_b;
};

}  // namespace ff::network_server
