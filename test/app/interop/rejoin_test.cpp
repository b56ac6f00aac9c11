// RejoinReq at our server: what a device of 1.1 asks in a session, from another network to a join
// server shard and back. [TS001-1.1 §6.2.4; TS002-1.1 §9]
#include "protocol/crypto/key_wrap.hpp"
#include "protocol/join/session_keys.hpp"
#include "test/app/interop/interop_server_fixture.hpp"

namespace ff::interop {
namespace {

namespace bi = backend_interfaces;
namespace js = join_server::test;
using phy::RejoinType;

constexpr auto every_type = {RejoinType::restore, RejoinType::full_context, RejoinType::rekey};

class InteropRejoin : public test::InteropServerFixture {
 protected:
  static const bi::JoinAns& answer_of(const bi::Decoded& decoded) {
    return std::get<bi::JoinAns>(*decoded.body);
  }
  /// The keys that the device derives itself for the JoinNonce it is given.
  static join::SessionKeys derived(std::uint32_t join_nonce, std::uint16_t count) {
    return join::derive_session_keys_1_1(js::key_of_byte(0x22), js::key_of_byte(0x11),
                                         {.join_nonce = JoinNonce{join_nonce},
                                          .dev_nonce = DevNonce{count},
                                          .net_id = NetId{0x13},
                                          .join_eui = js::join_eui});
  }
};

TEST_F(InteropRejoin, OfEachTypeIsAnsweredWithAJoinAcceptThatItsDeviceReads) {
  create(MacVersion::v1_1);
  std::uint16_t count = 7;
  std::uint32_t join_nonce = 0;
  for (const auto type : every_type) {
    ++count;
    ++join_nonce;
    const auto decoded = ask(rejoin(type, count));
    EXPECT_EQ(decoded.header.type, bi::MessageType::rejoin_ans);
    const auto& answer = answer_of(decoded);
    ASSERT_EQ(answer.result.code, bi::ResultCode::success) << answer.result.description;
    const auto opened = join::open_join_accept(
        answer.phy_payload, join::join_accept_keys(js::key_of_byte(0x22), js::dev_eui),
        {.request_type = join::join_req_type(type),
         .join_eui = js::join_eui,
         .dev_nonce = DevNonce{count}});
    ASSERT_TRUE(opened) << opened.error().to_string();
    EXPECT_EQ(opened->join_nonce, JoinNonce{join_nonce}) << "each has one of its own";
    EXPECT_TRUE(opened->dl_settings.opt_neg);
    const auto keys = derived(join_nonce, count);
    EXPECT_EQ(answer.app_s_key->aes_key, to_owned(keys.app_s_key.bytes()));
    EXPECT_EQ(answer.s_nwk_s_int_key->aes_key, to_owned(keys.network.s_nwk_s_int_key.bytes()));
    EXPECT_EQ(answer.f_nwk_s_int_key->aes_key, to_owned(keys.network.f_nwk_s_int_key.bytes()));
    EXPECT_EQ(answer.nwk_s_enc_key->aes_key, to_owned(keys.network.nwk_s_enc_key.bytes()));
    EXPECT_FALSE(answer.nwk_s_key);
    EXPECT_FALSE(answer.session_key_id.empty());
  }
}

TEST_F(InteropRejoin, ItsKeysAreWrappedAsThoseOfAJoin) {
  const Bytes network_kek(16, 0x51);
  const Bytes application_kek(32, 0x52);
  ASSERT_TRUE(vault->add({{"ns", network_kek}, {"as", application_kek}}));
  create(MacVersion::v1_1, [](join_server::JoinDevice& device) {
    device.network_server_kek_label = "ns";
    device.application_server_kek_label = "as";
  });
  const auto decoded = ask(rejoin(RejoinType::full_context, 1));
  const auto& answer = answer_of(decoded);
  ASSERT_EQ(answer.result.code, bi::ResultCode::success) << answer.result.description;
  const auto keys = derived(1, 1);
  const auto unwrapped = [](const std::optional<bi::Key>& key, const Bytes& kek,
                            const std::string& label) {
    EXPECT_EQ(key->kek_label, label);
    return crypto::unwrap_aes128_key(key->aes_key, kek).value();
  };
  EXPECT_EQ(unwrapped(answer.s_nwk_s_int_key, network_kek, "ns"), keys.network.s_nwk_s_int_key);
  EXPECT_EQ(unwrapped(answer.f_nwk_s_int_key, network_kek, "ns"), keys.network.f_nwk_s_int_key);
  EXPECT_EQ(unwrapped(answer.nwk_s_enc_key, network_kek, "ns"), keys.network.nwk_s_enc_key);
  EXPECT_EQ(unwrapped(answer.app_s_key, application_kek, "as"), keys.app_s_key);
}

TEST_F(InteropRejoin, ACounterOfTypeOneIsTakenOnce) {
  create(MacVersion::v1_1);
  const auto code = [this](RejoinType type, std::uint16_t count) {
    return code_of(ask(rejoin(type, count)));
  };
  EXPECT_EQ(code(RejoinType::full_context, 5), bi::ResultCode::success);
  EXPECT_EQ(code(RejoinType::full_context, 5), bi::ResultCode::join_req_failed) << "replayed";
  EXPECT_EQ(code(RejoinType::full_context, 4), bi::ResultCode::join_req_failed) << "older";
  EXPECT_EQ(code(RejoinType::full_context, 6), bi::ResultCode::success);
  // RJcount0 starts again with each session: it is the network's to judge.
  EXPECT_EQ(code(RejoinType::restore, 1), bi::ResultCode::success);
  EXPECT_EQ(code(RejoinType::rekey, 1), bi::ResultCode::success);
  const auto decoded = ask(rejoin(RejoinType::full_context, 6));
  EXPECT_NE(answer_of(decoded).result.description.find("RJcount"), std::string::npos);
  EXPECT_TRUE(answer_of(decoded).phy_payload.empty());
  EXPECT_FALSE(answer_of(decoded).app_s_key);
}

TEST_F(InteropRejoin, ARefusalUsesUpNoCounter) {
  create(MacVersion::v1_1);
  auto forged = rejoin(RejoinType::full_context, 5);
  std::get<bi::JoinReq>(forged.body).phy_payload.back() ^= 1;
  EXPECT_EQ(code_of(ask(forged)), bi::ResultCode::mic_failed);
  EXPECT_EQ(code_of(ask(rejoin(RejoinType::full_context, 5))), bi::ResultCode::success);
}

struct RefusedCase {
  std::string name;
  std::function<void(bi::Message&)> change;
  bi::ResultCode code;
};

TEST_F(InteropRejoin, OfOthersOrWithAnotherFrameIsRefused) {
  create(MacVersion::v1_1);
  const RefusedCase cases[] = {
      {"a network without certificate", [](bi::Message& m) { m.header.sender_id = "000042"; },
       bi::ResultCode::unknown_sender},
      {"an application server", [](bi::Message& m) { m.header.sender_id = "as-1"; },
       bi::ResultCode::unknown_sender},
      {"to no JoinEUI", [](bi::Message& m) { m.header.receiver_id = "000013"; },
       bi::ResultCode::unknown_receiver},
      {"of another device",
       [](bi::Message& m) { std::get<bi::JoinReq>(m.body).dev_eui = DevEui{1}; },
       bi::ResultCode::malformed},
      {"as 1.0.4",
       [](bi::Message& m) { std::get<bi::JoinReq>(m.body).mac_version = MacVersion::v1_0_4; },
       bi::ResultCode::malformed},
      {"without OptNeg", [](bi::Message& m) { std::get<bi::JoinReq>(m.body).dl_settings = 0; },
       bi::ResultCode::malformed},
      {"a short frame",
       [](bi::Message& m) { std::get<bi::JoinReq>(m.body).phy_payload.pop_back(); },
       bi::ResultCode::malformed},
      {"as JoinReq", [](bi::Message& m) { m.header.type = bi::MessageType::join_req; },
       bi::ResultCode::malformed},
      {"with a join-request", [](bi::Message& m) { m.body = join(MacVersion::v1_1, 9).body; },
       bi::ResultCode::malformed},
  };
  for (const auto& row : cases) {
    for (const auto type : every_type) {
      auto message = rejoin(type, 9);
      row.change(message);
      EXPECT_EQ(code_of(ask(message)), row.code) << row.name;
    }
  }
  EXPECT_EQ(code_of(ask(rejoin(RejoinType::full_context, 9))), bi::ResultCode::success)
      << "none of them has used up the counter";
}

TEST_F(InteropRejoin, OfADeviceAtHomeElsewhereIsRefused) {
  create(MacVersion::v1_1, [](join_server::JoinDevice& device) { device.net_id = NetId{0x42}; });
  for (const auto type : every_type)
    EXPECT_EQ(code_of(ask(rejoin(type, 1))), bi::ResultCode::join_req_failed);
}

TEST_F(InteropRejoin, OfADeviceAtAnotherAddressIsDisallowed) {
  create(MacVersion::v1_1, [](join_server::JoinDevice& device) {
    device.network_server_address = "other.example.com";
  });
  EXPECT_EQ(code_of(ask(rejoin(RejoinType::restore, 1))), bi::ResultCode::activation_disallowed);
}

TEST_F(InteropRejoin, OfAnUnknownDeviceIsRefused) {
  EXPECT_EQ(code_of(ask(rejoin(RejoinType::restore, 1))), bi::ResultCode::unknown_dev_eui);
}

}  // namespace
}  // namespace ff::interop
