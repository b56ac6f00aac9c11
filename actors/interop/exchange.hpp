// A question to another network's join server as an HTTP request, and the HTTP answer as the join
// server's. Pure. [spec join-server §11, §12]
#pragma once

#include <cstdint>

#include "actors/interop/config.hpp"
#include "actors/interop/messages.hpp"
#include "actors/join_server/messages.hpp"

namespace ff::interop {

/// Of session key ids that we give because the join server gave none: it knows no such session, and
/// is not asked for its key.
inline constexpr std::string_view generated_prefix = "ttn-lw-interop-generated:";
bool is_generated(const SessionKeyId& id);

/// Who asks.
struct Sender {
  std::string id;
  std::string ns_id;  // empty: none
};

/// Errors: missing_ns_id.
[[nodiscard]] Result<net::http_client::ClientRequest> join_request(
    const join_server::HandleJoin& question, const config::InteropJoinServer& server,
    const Sender& sender, std::uint32_t transaction);
[[nodiscard]] Result<net::http_client::ClientRequest> app_s_key_request(
    const join_server::GetAppSKey& question, const config::InteropJoinServer& server,
    const Sender& sender, std::uint32_t transaction);

[[nodiscard]] Result<net::http_client::ClientRequest> home_request(
    const FindHomeNetwork& question, const config::InteropJoinServer& server, const Sender& sender,
    std::uint32_t transaction);

/// What an answer is read with.
struct Reading {
  std::string server;  // for errors
  std::uint32_t transaction = 0;
  const key_vault::KeyVault& vault;
  SessionKeyId generated_id;  // fresh; used if the answer has none
};
/// The network keys are unwrapped; the AppSKey stays as it came, and is empty if it did not.
/// Errors: http_refused, http_status, unusable_answer; of backend_interfaces::error_of; of
/// KeyVault::unwrap.
[[nodiscard]] Result<network_server::JoinAnswer> read_join_answer(const PeerAnswered::Http& answer,
                                                                  const Reading& reading);
/// Errors: as above.
[[nodiscard]] Result<KeyEnvelope> read_app_s_key_answer(const PeerAnswered::Http& answer,
                                                        const Reading& reading);

/// Errors: as above.
[[nodiscard]] Result<NetId> read_home_answer(const PeerAnswered::Http& answer,
                                             const Reading& reading);

/// Whether an error says that the server, not the device or we, is at fault: such count for its
/// breaker.
bool is_servers_fault(const Error& error);

}  // namespace ff::interop
