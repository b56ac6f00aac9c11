#include "actors/application_server/frontend_mqtt/client_certificate.hpp"

namespace ff::application_server {

Result<StillNeeds> judge_certificate(ClientCertificates mode, const net::tls::Peer* peer,
                                     const ApplicationId& application_id, bool has_key) {
  if (mode == ClientCertificates::none || peer == nullptr) return StillNeeds::key;
  const bool is_required = mode == ClientCertificates::required;
  if (!net::tls::shows_certificate(peer)) {
    if (is_required) return fail(no_client_certificate);
    return StillNeeds::key;
  }
  FF_TRY(const auto name, net::tls::verified_common_name(*peer));
  if (name != application_id.text()) {
    return fail(net::tls::common_name_mismatch, {{"exp", application_id.text()}, {"got", name}});
  }
  return is_required || has_key ? StillNeeds::key : StillNeeds::nothing;
}

}  // namespace ff::application_server
