#include "actors/join_server/remote_join.hpp"

#include <gtest/gtest.h>

#include "actors/join_server/errors.hpp"
#include "actors/join_server/join.hpp"
#include "protocol/crypto/key_wrap.hpp"
#include "test/actors/join_server/key_holder.hpp"

namespace ff::join_server {
namespace {

using test::KeyHolder;

const Bytes kek(16, 0x77);
const JoinInputs inputs{UtcTime{std::chrono::seconds{100}},
                        SessionKeyId(16, 7),
                        std::make_shared<const key_vault::KeyVault>(key_vault::Keks{{"hsm", kek}}),
                        {}};

Config with_server() {
  Config out;
  out.crypto_server = std::make_shared<test::HeldCryptoServer>();
  return out;
}

/// Signed with what the holder has for 1.0.x.
HandleJoin request_of(MacVersion version) {
  auto out = test::join(version, 5);
  out.join_request = join::seal_join_request({test::join_eui, test::dev_eui, DevNonce{5}},
                                             test::key_of_byte(0x22));
  return out;
}
HandleJoin fallback() {
  auto out = request_of(MacVersion::v1_1);
  out.dl_settings = 0;
  return out;
}

struct Done {
  Result<Joined> joined;
  std::vector<CryptoOperation> asked;
};
/// Every question answered with what `change` makes of the right answer.
Done run(
    const JoinDevice& device, const HandleJoin& request,
    const std::function<Result<CryptoAnswer>(const CryptoQuestion&, CryptoAnswer)>& change =
        [](const auto&, CryptoAnswer answer) { return Result<CryptoAnswer>(answer); }) {
  const auto config = with_server();
  auto remote = begin_remote_join(device, request, config, inputs);
  if (!remote) return {fail(remote.error()), {}};
  EXPECT_TRUE(remote->has_value());
  Done out{fail(no_app_s_key), {}};
  const KeyHolder holder;
  while (const auto question = (*remote)->next()) {
    out.asked.push_back(question->operation);
    EXPECT_EQ(question->provisioner_id, "hsm");
    EXPECT_EQ(question->provisioning_data, (Bytes{1, 2, 3}));
    const auto taken = (*remote)->take(change(*question, holder.answer(*question)));
    if (!taken) return {fail(taken.error()), out.asked};
  }
  out.joined =
      finish_join(device, request, {config, inputs}, (*remote)->task(), (*remote)->secrets());
  return out;
}

struct Case {
  std::string name;
  HandleJoin request;
  std::function<void(JoinDevice&)> own;  // keys that we have
  std::vector<CryptoOperation> asked;
};

std::vector<Case> cases() {
  using enum CryptoOperation;
  const auto none = [](JoinDevice&) {};
  const auto nwk_key = [](JoinDevice& d) { d.nwk_key = test::plain(test::key_of_byte(0x22)); };
  const auto app_key = [](JoinDevice& d) { d.app_key = test::plain(test::key_of_byte(0x11)); };
  const std::vector join{join_request_mic, join_accept_mic, encrypt_join_accept, derive_nwk_s_keys,
                         derive_app_s_key};
  const std::vector rejoin{join_accept_mic, encrypt_rejoin_accept, derive_nwk_s_keys,
                           derive_app_s_key};
  const std::vector full{join_request_mic, join_accept_mic, encrypt_rejoin_accept,
                         derive_nwk_s_keys, derive_app_s_key};
  return {
      {"1.0.3", request_of(MacVersion::v1_0_3), none, join},
      {"1.0.4", request_of(MacVersion::v1_0_4), none, join},
      {"1.1", request_of(MacVersion::v1_1), none, join},
      {"1.1 without OptNeg", fallback(), none, join},
      {"1.1, NwkKey is ours", request_of(MacVersion::v1_1), nwk_key, {derive_app_s_key}},
      {"1.1, AppKey is ours",
       request_of(MacVersion::v1_1),
       app_key,
       {join_request_mic, join_accept_mic, encrypt_join_accept, derive_nwk_s_keys}},
      {"1.1 without OptNeg, AppKey is ours", fallback(), app_key, join},
      {"rejoin of type 0", test::rejoin(phy::RejoinType::restore, 5), none, rejoin},
      {"rejoin of type 1", test::rejoin(phy::RejoinType::full_context, 5), none, full},
      {"rejoin of type 2", test::rejoin(phy::RejoinType::rekey, 5), none, rejoin},
  };
}

TEST(RemoteJoin, MakesWhatOwnKeysWouldMake) {
  for (const auto& row : cases()) {
    auto device = test::provisioned();
    row.own(device);
    const auto done = run(device, row.request);
    EXPECT_EQ(done.asked, row.asked) << row.name;
    ASSERT_TRUE(done.joined) << row.name << done.joined.error().to_string();
    auto with_keys = device;
    with_keys.nwk_key = test::plain(test::key_of_byte(0x22));
    with_keys.app_key = test::plain(test::key_of_byte(0x11));
    const auto expected = join_device(with_keys, row.request, {}, inputs);
    ASSERT_TRUE(expected) << row.name << expected.error().to_string();
    EXPECT_EQ(done.joined->answer.join_accept, expected->answer.join_accept) << row.name;
    EXPECT_EQ(done.joined->answer.keys, expected->answer.keys) << row.name;
    EXPECT_EQ(done.joined->next.nonces, expected->next.nonces) << row.name;
    EXPECT_EQ(done.joined->next.sessions, expected->next.sessions) << row.name;
  }
}

TEST(RemoteJoin, IsForDevicesWithAProvisionerWhoseKeysWeDoNotHave) {
  const auto request = request_of(MacVersion::v1_1);
  const auto asks = [&](const JoinDevice& device, const Config& config) {
    return begin_remote_join(device, request, config, inputs)->has_value();
  };
  auto device = test::provisioned();
  EXPECT_TRUE(asks(device, with_server()));
  EXPECT_FALSE(asks(device, {})) << "nobody to ask";
  EXPECT_TRUE(join_device(device, request, {}, inputs).error().is(join::no_nwk_key));
  device.provisioner_id.clear();
  EXPECT_FALSE(asks(device, with_server()));
  device = test::provisioned();
  device.nwk_key = test::plain(test::key_of_byte(0x22));
  device.app_key = test::plain(test::key_of_byte(0x11));
  EXPECT_FALSE(asks(device, with_server()));
}

TEST(RemoteJoin, IsJudgedBeforeAnybodyIsAsked) {
  auto device = test::provisioned();
  device.nonces.used_dev_nonces = {DevNonce{5}};
  EXPECT_TRUE(run(device, request_of(MacVersion::v1_0_3)).joined.error().is(join::reuse_dev_nonce));
  device = test::provisioned();
  device.nwk_key = test::plain(test::key_of_byte(0x33));
  const auto done = run(device, request_of(MacVersion::v1_1));
  EXPECT_TRUE(done.joined.error().is(join::mic_mismatch)) << "our own key says so";
  EXPECT_TRUE(done.asked.empty());
}

TEST(RemoteJoin, AnotherMicIsAMismatch) {
  const auto done = run(test::provisioned(), request_of(MacVersion::v1_1),
                        [](const CryptoQuestion& question, CryptoAnswer answer) {
                          if (question.operation == CryptoOperation::join_request_mic)
                            answer.payload[0] ^= 1;
                          return Result<CryptoAnswer>(answer);
                        });
  EXPECT_TRUE(done.joined.error().is(join::mic_mismatch));
  EXPECT_EQ(done.asked.size(), 1U) << "nothing else is asked";
}

struct FailureCase {
  CryptoOperation operation;
  const ErrorDef& error;
};

TEST(RemoteJoin, AFailureIsNamedByWhatFailed) {
  constexpr ErrorDef gone{"test", "gone", Code::unavailable, "gone"};
  const FailureCase failures[] = {
      {CryptoOperation::join_request_mic, compute_mic},
      {CryptoOperation::join_accept_mic, compute_mic},
      {CryptoOperation::encrypt_join_accept, encrypt_payload},
      {CryptoOperation::encrypt_rejoin_accept, encrypt_payload},
      {CryptoOperation::derive_nwk_s_keys, derive_nwk_s_keys},
      {CryptoOperation::derive_app_s_key, derive_app_s_key},
  };
  for (const auto& row : failures) {
    const auto request = row.operation == CryptoOperation::encrypt_rejoin_accept
                             ? test::rejoin(phy::RejoinType::full_context, 5)
                             : request_of(MacVersion::v1_1);
    const auto name = to_string(row.operation);
    const auto with = [&](const Result<CryptoAnswer>& wrong) {
      return run(test::provisioned(), request,
                 [&](const CryptoQuestion& question, const CryptoAnswer& answer) {
                   return question.operation == row.operation ? wrong
                                                              : Result<CryptoAnswer>(answer);
                 })
          .joined;
    };
    const auto silent = with(fail(gone));
    ASSERT_FALSE(silent) << name;
    EXPECT_TRUE(silent.error().is(row.error)) << name << silent.error().to_string();
    ASSERT_NE(silent.error().cause(), nullptr) << name;
    EXPECT_TRUE(silent.error().cause()->is(gone)) << "says why";
    const auto empty = with(CryptoAnswer{});
    ASSERT_FALSE(empty) << name;
    EXPECT_TRUE(empty.error().is(row.error)) << name << empty.error().to_string();
  }
}

TEST(RemoteJoin, KeysMayComeWrapped) {
  const auto wrapped = [](const KeyEnvelope& key, const std::string& label) {
    return KeyEnvelope{std::nullopt, label, crypto::wrap_key(key.key->bytes(), kek).value()};
  };
  const auto with_label = [&](const std::string& label) {
    return run(test::provisioned(), request_of(MacVersion::v1_0_3),
               [&](const CryptoQuestion& question, CryptoAnswer answer) {
                 if (question.operation == CryptoOperation::derive_app_s_key)
                   answer.app_s_key = wrapped(answer.app_s_key, label);
                 return Result<CryptoAnswer>(answer);
               })
        .joined;
  };
  EXPECT_TRUE(with_label("hsm"));
  EXPECT_TRUE(with_label("nobody").error().is(derive_app_s_key));
}

}  // namespace
}  // namespace ff::join_server
