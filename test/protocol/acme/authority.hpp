// An ACME server as a value: it checks what it is sent as RFC 8555 asks for, and answers.
#pragma once

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <boost/json.hpp>
#include <memory>
#include <set>

#include "protocol/acme/order.hpp"
#include "protocol/base/base64.hpp"

namespace ff::acme::test {

namespace json = boost::json;

inline std::string decoded(const json::object& object, std::string_view name) {
  const auto bytes = base64_decode(std::string_view(object.at(name).as_string()));
  return bytes ? std::string(as_text(*bytes)) : std::string();
}

/// ES256, checked with OpenSSL's own encoding of key and signature.
inline bool is_signed_by(const json::object& jwk, std::string_view text, ByteView signature) {
  if (signature.size() != 64) return false;
  const auto x = decoded(jwk, "x");
  const auto y = decoded(jwk, "y");
  const auto point = "\x04" + x + y;
  auto* build = OSSL_PARAM_BLD_new();
  OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
  OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  auto* parameters = OSSL_PARAM_BLD_to_param(build);
  auto* context = EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr);
  EVP_PKEY* key = nullptr;
  EVP_PKEY_fromdata_init(context);
  EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters);
  auto* numbers = ECDSA_SIG_new();
  ECDSA_SIG_set0(numbers, BN_bin2bn(signature.data(), 32, nullptr),
                 BN_bin2bn(signature.data() + 32, 32, nullptr));
  unsigned char* der = nullptr;
  const auto size = i2d_ECDSA_SIG(numbers, &der);
  auto* digest = EVP_MD_CTX_new();
  EVP_DigestVerifyInit(digest, nullptr, EVP_sha256(), nullptr, key);
  const bool good =
      EVP_DigestVerify(digest, der, static_cast<std::size_t>(size),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  EVP_MD_CTX_free(digest);
  OPENSSL_free(der);
  ECDSA_SIG_free(numbers);
  EVP_PKEY_free(key);
  EVP_PKEY_CTX_free(context);
  OSSL_PARAM_free(parameters);
  OSSL_PARAM_BLD_free(build);
  return good;
}

class Authority {
 public:
  /// What it does otherwise than well.
  enum class Fault { none, bad_nonce, invalid_challenge, only_dns, garbage, slow, no_location };

  explicit Authority(Fault fault = Fault::none) : fault_(fault) {}

  Answer answer(const Ask& ask) {
    asked.push_back(ask.url);
    if (fault_ == Fault::garbage) return {200, "<html>", "n", "", ""};
    if (ask.url == base + "directory") {
      return {200,
              R"({"newNonce":"https://ca/nonce","newAccount":"https://ca/account",)"
              R"("newOrder":"https://ca/order"})",
              "", "", ""};
    }
    if (ask.url == base + "nonce") return with_nonce({204, "", "", "", ""});
    return with_nonce(take(ask.url, json::parse(ask.body).as_object()));
  }

  std::vector<std::string> asked;
  std::vector<std::string> hosts;
  json::object account;
  int looks = 0;  // at authorizations
  std::string certificate = "-----BEGIN CERTIFICATE-----\nMIIB";

 private:
  static inline const std::string base = "https://ca/";

  Answer with_nonce(Answer answer) {
    answer.nonce = "nonce-" + std::to_string(++nonces_);
    return answer;
  }
  static Answer problem(std::string_view type) {
    return {
        400,
        R"({"type":"urn:ietf:params:acme:error:)" + std::string(type) + R"(","detail":"so it is"})",
        "", "", ""};
  }

  Answer take(const std::string& url, const json::object& jws) {
    const auto head_text = decoded(jws, "protected");
    const auto head = json::parse(head_text).as_object();
    EXPECT_EQ(head.at("alg").as_string(), "ES256");
    EXPECT_EQ(head.at("url").as_string(), url);
    if (head.contains("jwk")) jwk_ = head.at("jwk").as_object();
    if (!head.contains("jwk")) {
      EXPECT_EQ(head.at("kid").as_string(), "https://ca/account/1");
    }
    const auto text = std::string(jws.at("protected").as_string()) + "." +
                      std::string(jws.at("payload").as_string());
    const auto signature = decoded(jws, "signature");
    EXPECT_TRUE(is_signed_by(jwk_, text, as_bytes(signature)));
    const auto nonce = std::string(head.at("nonce").as_string());
    EXPECT_EQ(nonce, "nonce-" + std::to_string(nonces_)) << "the newest, once";
    if (fault_ == Fault::bad_nonce && url.ends_with("order") && !was_bad_++)
      return problem("badNonce");
    const auto payload_text = decoded(jws, "payload");
    const auto payload =
        payload_text.empty() ? json::object() : json::parse(payload_text).as_object();
    return respond(url.substr(base.size()), payload, payload_text.empty());
  }

  Answer respond(const std::string& what, const json::object& payload, bool is_look) {
    if (what == "account") {
      account = payload;
      return {201, R"({"status":"valid"})", "",
              fault_ == Fault::no_location ? "" : "https://ca/account/1", ""};
    }
    if (what == "order") {
      for (const auto& one : payload.at("identifiers").as_array())
        hosts.emplace_back(one.as_object().at("value").as_string());
      return {201, order("pending"), "", "https://ca/order/1", ""};
    }
    if (what == "finalize") {
      EXPECT_TRUE(is_request_for(decoded(payload, "csr"), hosts.front()));
      return {200, order("processing"), "", "", "3"};
    }
    EXPECT_TRUE(is_look || what.starts_with("challenge/")) << what;
    if (what == "order/1") return {200, order("valid"), "", "", ""};
    if (what == "certificate") return {200, certificate, "", "", ""};
    if (what.starts_with("challenge/")) {
      challenged_.insert(what.substr(10));
      return {200, R"({"status":"pending"})", "", "", ""};
    }
    return authorization(what.substr(5));
  }

  Answer authorization(const std::string& host) {
    ++looks;
    std::string status = challenged_.contains(host) ? "valid" : "pending";
    if (fault_ == Fault::slow) status = "pending";
    if (fault_ == Fault::invalid_challenge && challenged_.contains(host)) status = "invalid";
    const std::string kind = fault_ == Fault::only_dns ? "dns-01" : "http-01";
    return {
        200,
        R"({"status":")" + status + R"(","challenges":[{"type":"tls-alpn-01"},{"type":")" + kind +
            R"(","url":"https://ca/challenge/)" + host + R"(","token":"token-)" +
            std::string(1, host.front()) +
            R"(","error":{"type":"urn:ietf:params:acme:error:connection","detail":"refused"}}]})",
        "", "", "1"};
  }

  std::string order(const std::string& status) const {
    std::string urls;
    for (const auto& host : hosts)
      urls += (urls.empty() ? "" : ",") + ("\"https://ca/auth/" + host) + "\"";
    return R"({"status":")" + status + R"(","finalize":"https://ca/finalize","certificate":)" +
           R"("https://ca/certificate","authorizations":[)" + urls + "]}";
  }

  static bool is_request_for(const std::string& der, const std::string& host) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    auto* request = d2i_X509_REQ(nullptr, &at, static_cast<long>(der.size()));
    if (request == nullptr) return false;
    std::array<char, 128> name{};
    X509_NAME_get_text_by_NID(X509_REQ_get_subject_name(request), NID_commonName, name.data(),
                              static_cast<int>(name.size()));
    const bool good =
        X509_REQ_verify(request, X509_REQ_get0_pubkey(request)) == 1 && host == name.data();
    X509_REQ_free(request);
    return good;
  }

  Fault fault_;
  int nonces_ = 0;
  int was_bad_ = 0;
  json::object jwk_;
  std::set<std::string> challenged_;
};

}  // namespace ff::acme::test
