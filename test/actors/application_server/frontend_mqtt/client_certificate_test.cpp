#include "actors/application_server/frontend_mqtt/client_certificate.hpp"

#include <gtest/gtest.h>

#include "net/tls/self_signed.hpp"
#include "protocol/base/base64.hpp"

namespace ff::application_server {
namespace {

using Mode = ClientCertificates;

/// The common name of certificates that we make ourselves.
const std::string common_name = "localhost";

net::tls::Peer shows_certificate(bool verified) {
  auto random = make_seeded_random(1);
  const auto pair = net::tls::make_self_signed({}, UtcTime{}, *random);
  EXPECT_TRUE(pair);
  auto text = pair->certificate_pem;
  const auto begin = text.find('\n') + 1;
  text = text.substr(begin, text.rfind("\n-----END") - begin);
  std::erase(text, '\n');
  return {.certificates = {*base64_decode(text)}, .verified = verified};
}

std::string outcome(Mode mode, const net::tls::Peer* peer, const std::string& application,
                    bool has_key) {
  const auto judged = judge_certificate(mode, peer, ApplicationId(application), has_key);
  if (!judged) return std::string(judged.error().name());
  return *judged == StillNeeds::key ? "key" : "nothing";
}

TEST(ClientCertificate, IsWorthWhatTheOperatorSays) {
  const auto ours = shows_certificate(true);
  const auto strangers = shows_certificate(false);
  const net::tls::Peer nothing_shown;
  const struct {
    const char* name;
    Mode mode;
    const net::tls::Peer* peer;
    std::string application;
    bool has_key;
    const char* outcome;
  } rows[] = {
      {"nobody asks: none", Mode::none, &nothing_shown, common_name, true, "key"},
      {"nobody asks: any", Mode::none, &strangers, common_name, false, "key"},
      {"plain TCP", Mode::required, nullptr, common_name, true, "key"},
      {"plain TCP without a key", Mode::sufficient, nullptr, common_name, false, "key"},
      {"required, with a key", Mode::required, &ours, common_name, true, "key"},
      {"required, without a key", Mode::required, &ours, common_name, false, "key"},
      {"required, none", Mode::required, &nothing_shown, common_name, true,
       "no_client_certificate"},
      {"required, a stranger's", Mode::required, &strangers, common_name, true,
       "certificate_not_verified"},
      {"required, another's", Mode::required, &ours, "parking", true, "common_name_mismatch"},
      {"sufficient", Mode::sufficient, &ours, common_name, false, "nothing"},
      {"sufficient, with a key", Mode::sufficient, &ours, common_name, true, "key"},
      {"sufficient, none", Mode::sufficient, &nothing_shown, common_name, true, "key"},
      {"sufficient, a stranger's", Mode::sufficient, &strangers, common_name, true,
       "certificate_not_verified"},
      {"sufficient, another's", Mode::sufficient, &ours, "parking", false, "common_name_mismatch"},
  };
  for (const auto& row : rows)
    EXPECT_EQ(outcome(row.mode, row.peer, row.application, row.has_key), row.outcome) << row.name;
}

TEST(ClientCertificate, ThatDoesNotParseNamesNobody) {
  const net::tls::Peer garbage{.certificates = {{1, 2, 3}}, .verified = true};
  EXPECT_EQ(outcome(Mode::sufficient, &garbage, common_name, false), "common_name_mismatch");
}

}  // namespace
}  // namespace ff::application_server
