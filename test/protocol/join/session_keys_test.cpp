#include "protocol/join/session_keys.hpp"

#include <gtest/gtest.h>

#include <map>

#include "test/support/lorawan_vectors.hpp"

namespace ff::join {
namespace {

using ff::test::key_at;
using ff::test::number_at;
using ff::test::Vector;

template <class T>
T number(const Vector& vector, std::string_view name) {
  return T{static_cast<typename T::Value>(number_at(vector.input, name))};
}

Aes128Key expected(const Vector& vector, std::string_view name = "key") {
  return key_at(vector.expected, name);
}

const Aes128Key& pick(const SessionKeys& keys, std::string_view derived) {
  if (derived == "FNwkSIntKey" || derived == "NwkSKey") return keys.network.f_nwk_s_int_key;
  if (derived == "SNwkSIntKey") return keys.network.s_nwk_s_int_key;
  if (derived == "NwkSEncKey") return keys.network.nwk_s_enc_key;
  EXPECT_EQ(derived, "AppSKey");
  return keys.app_s_key;
}

void run_1_0(const Vector& v) {
  const auto root = key_at(v.input, "root_key");
  const auto keys = derive_session_keys_1_0(root, root,
                                            {.join_nonce = number<JoinNonce>(v, "join_nonce"),
                                             .dev_nonce = number<DevNonce>(v, "dev_nonce"),
                                             .net_id = number<NetId>(v, "net_id")});
  EXPECT_EQ(pick(keys, v.input.at("derived").as_string()), expected(v));
  EXPECT_EQ(keys.network.s_nwk_s_int_key, keys.network.f_nwk_s_int_key);
  EXPECT_EQ(keys.network.nwk_s_enc_key, keys.network.f_nwk_s_int_key);
}

void run_1_1(const Vector& v) {
  const auto root = key_at(v.input, "root_key");
  const auto keys = derive_session_keys_1_1(root, root,
                                            {.join_nonce = number<JoinNonce>(v, "join_nonce"),
                                             .dev_nonce = number<DevNonce>(v, "dev_nonce"),
                                             .join_eui = number<JoinEui>(v, "join_eui")});
  EXPECT_EQ(pick(keys, v.input.at("derived").as_string()), expected(v));
}

void run_join_server_key(const Vector& v) {
  const auto root = key_at(v.input, "root_key");
  const auto dev_eui = number<DevEui>(v, "dev_eui");
  const bool integrity = v.input.at("derived").as_string() == "JSIntKey";
  EXPECT_EQ(integrity ? derive_js_int_key(root, dev_eui) : derive_js_enc_key(root, dev_eui),
            expected(v));
}

void run_root_wor_s_key(const Vector& v) {
  const auto* name =
      v.input.contains("nwk_s_enc_key") ? "nwk_s_enc_key" : "nwk_s_key_or_nwk_s_enc_key";
  EXPECT_EQ(derive_root_wor_s_key(key_at(v.input, name)), expected(v, "root_wor_s_key"));
}

void run_wor_session_keys(const Vector& v) {
  const auto keys =
      derive_wor_session_keys(key_at(v.input, "root_wor_s_key"), number<DevAddr>(v, "dev_addr"));
  EXPECT_EQ(keys.integrity, expected(v, "wor_s_int_key"));
  EXPECT_EQ(keys.encryption, expected(v, "wor_s_enc_key"));
}

void run_mc_root_1_0(const Vector& v) {
  EXPECT_EQ(derive_mc_root_key_1_0(key_at(v.input, "gen_app_key")), expected(v));
}
void run_mc_root_1_1(const Vector& v) {
  EXPECT_EQ(derive_mc_root_key_1_1(key_at(v.input, "app_key")), expected(v));
}
void run_mc_ke(const Vector& v) {
  EXPECT_EQ(derive_mc_ke_key(key_at(v.input, "mc_root_key")), expected(v));
}
void run_mc_app_s(const Vector& v) {
  EXPECT_EQ(derive_mc_app_s_key(key_at(v.input, "mc_key"), number<DevAddr>(v, "mc_addr")),
            expected(v));
}
void run_mc_nwk_s(const Vector& v) {
  EXPECT_EQ(derive_mc_nwk_s_key(key_at(v.input, "mc_key"), number<DevAddr>(v, "mc_addr")),
            expected(v));
}
void run_mc_encrypted(const Vector& v) {
  EXPECT_EQ(encrypt_mc_key(key_at(v.input, "mc_ke_key"), key_at(v.input, "mc_key")), expected(v));
}

TEST(SessionKeys, ReproduceTheVectors) {
  const std::map<std::string, void (*)(const Vector&)> runners{
      {"session_key_10", run_1_0},
      {"session_key_11", run_1_1},
      {"join_server_key", run_join_server_key},
      {"relay_root_wor_s_key", run_root_wor_s_key},
      {"relay_wor_session_keys", run_wor_session_keys},
      {"mc_root_key_gen_app_key", run_mc_root_1_0},
      {"mc_root_key_app_key", run_mc_root_1_1},
      {"mc_ke_key", run_mc_ke},
      {"mc_app_s_key", run_mc_app_s},
      {"mc_nwk_s_key", run_mc_nwk_s},
      {"mc_key_encrypted", run_mc_encrypted}};
  std::size_t ran = 0;
  for (const auto& vector : ff::test::lorawan_vectors("crypto_keys")) {
    if (vector.kind.starts_with("key_wrap")) continue;  // test/protocol/crypto
    SCOPED_TRACE(vector.id);
    runners.at(vector.kind)(vector);
    ++ran;
  }
  EXPECT_EQ(ran, 20U);
}

}  // namespace
}  // namespace ff::join
