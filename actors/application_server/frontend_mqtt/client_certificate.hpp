// What the TLS certificate of an MQTT client is worth. The reference asks for none; this is the
// operator's option, off unless there is an authority. [spec integrations §1.1]
#pragma once

#include <cstdint>

#include "net/tls/certificate.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::application_server {

enum class ClientCertificates : std::uint8_t {
  none,        ///< Not asked for.
  required,    ///< Each client over TLS shows one, and has a key beside it.
  sufficient,  ///< One stands for a key; a client without one needs a key.
};

/// What a client still has to prove.
enum class StillNeeds : std::uint8_t { key, nothing };

inline constexpr ErrorDef no_client_certificate{"pkg/applicationserver/io/mqtt",
                                                "no_client_certificate", Code::unauthenticated,
                                                "no TLS client certificate"};

/// A certificate has the application's id as its common name. One that is not
/// good enough is a refusal, whatever key comes with it; a key that comes with a good one is asked
/// about. `peer` is null over plain TCP, where nobody can show one. Errors: no_client_certificate,
/// certificate_not_verified, common_name_mismatch.
Result<StillNeeds> judge_certificate(ClientCertificates mode, const net::tls::Peer* peer,
                                     const ApplicationId& application_id, bool has_key);

}  // namespace ff::application_server
