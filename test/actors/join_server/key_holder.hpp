// What a crypto server makes of its root keys, for the tests of who asks one.
#pragma once

#include <deque>
#include <utility>
#include <vector>

#include "actors/join_server/crypto_server.hpp"
#include "protocol/crypto/cmac.hpp"
#include "protocol/join/session_keys.hpp"
#include "protocol/phy/mic.hpp"
#include "test/actors/join_server/sample.hpp"

namespace ff::join_server::test {

struct KeyHolder {
  Aes128Key nwk_key = key_of_byte(0x22);
  Aes128Key app_key = key_of_byte(0x11);

  static bool is_1_1(const CryptoQuestion& question) {
    return at_least(question.mac_version, MacVersion::v1_1);
  }
  join::SessionKeys derive(const CryptoQuestion& question) const {
    const join::JoinContext context{.join_nonce = question.join_nonce,
                                    .dev_nonce = question.dev_nonce,
                                    .net_id = question.net_id,
                                    .join_eui = *question.ids.join_eui};
    return is_1_1(question) ? join::derive_session_keys_1_1(nwk_key, app_key, context)
                            : join::derive_session_keys_1_0(nwk_key, nwk_key, context);
  }
  static Bytes bytes_of(phy::Mic mic) {
    Bytes out;
    append_le<phy::mic_size>(out, mic.value());
    return out;
  }
  Bytes accept_mic(const CryptoQuestion& question) const {
    if (!is_1_1(question))
      return bytes_of(phy::join_accept_mic_1_0(nwk_key, question.payload).value());
    const phy::JoinAcceptContext context{question.request_type, *question.ids.join_eui,
                                         question.dev_nonce};
    return bytes_of(phy::join_accept_mic_1_1(join::derive_js_int_key(nwk_key, dev_eui), context,
                                             question.payload)
                        .value());
  }
  Bytes request_mic(const CryptoQuestion& question) const {
    const bool rejoin = question.request_type != phy::JoinReqType::join_request;
    const auto key = rejoin ? join::derive_js_int_key(nwk_key, dev_eui) : nwk_key;
    const auto mac = crypto::CmacKey(key).mac(question.payload);
    return {mac.begin(), mac.begin() + phy::mic_size};
  }

  CryptoAnswer answer(const CryptoQuestion& question) const {
    CryptoAnswer out;
    switch (question.operation) {
      case CryptoOperation::join_request_mic:
        out.payload = request_mic(question);
        break;
      case CryptoOperation::join_accept_mic:
        out.payload = accept_mic(question);
        break;
      case CryptoOperation::encrypt_join_accept:
        out.payload = phy::encrypt_join_accept(nwk_key, question.payload).value();
        break;
      case CryptoOperation::encrypt_rejoin_accept:
        out.payload =
            phy::encrypt_join_accept(join::derive_js_enc_key(nwk_key, dev_eui), question.payload)
                .value();
        break;
      case CryptoOperation::derive_nwk_s_keys:
        out.f_nwk_s_int_key = plain(derive(question).network.f_nwk_s_int_key);
        out.s_nwk_s_int_key = plain(derive(question).network.s_nwk_s_int_key);
        out.nwk_s_enc_key = plain(derive(question).network.nwk_s_enc_key);
        break;
      case CryptoOperation::derive_app_s_key:
        out.app_s_key = plain(derive(question).app_s_key);
        break;
    }
    return out;
  }
};

/// A device whose root keys it holds.
inline JoinDevice provisioned() {
  auto out = device();
  out.app_key = {};
  out.provisioner_id = "hsm";
  out.provisioning_data = {1, 2, 3};
  return out;
}

/// Answers when the test wants it.
class HeldCryptoServer final : public CryptoServer {
 public:
  void ask(const CryptoQuestion& question, Duration patience,
           actors::Reply<CryptoAnswer> reply) override {
    asked.push_back(question);
    patiences.push_back(patience);
    held.emplace_back(question, std::move(reply));
  }
  void answer(Result<CryptoAnswer> answer) {
    const auto reply = std::move(held.front().second);
    held.pop_front();
    reply(std::move(answer));
  }
  void answer_as(const KeyHolder& holder) { answer(holder.answer(held.front().first)); }
  /// The question that waits longest goes behind the others.
  void rotate() {
    held.push_back(std::move(held.front()));
    held.pop_front();
  }

  std::vector<CryptoQuestion> asked;
  std::vector<Duration> patiences;
  std::deque<std::pair<CryptoQuestion, actors::Reply<CryptoAnswer>>> held;
};

}  // namespace ff::join_server::test
