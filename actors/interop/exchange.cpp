#include "actors/interop/exchange.hpp"

#include "actors/interop/errors.hpp"
#include "actors/interop/selection.hpp"
#include "actors/support/interop_request/interop_request.hpp"
#include "protocol/backend_interfaces/message.hpp"
#include "protocol/base/hex.hpp"

namespace ff::interop {
namespace {

namespace bi = backend_interfaces;
using config::InteropJoinServer;
using net::http_client::ClientRequest;

constexpr std::size_t short_join_accept_size = 17;
constexpr std::size_t long_join_accept_size = 33;
constexpr std::uint8_t m_type_rejoin = 0xC0;

Result<bi::Header> header_of(const InteropJoinServer& server, const Sender& sender,
                             bi::MessageType type, JoinEui join_eui) {
  bi::Header out;
  out.version =
      server.protocol == config::InteropProtocol::bi_1_0 ? bi::Version::v1_0 : bi::Version::v1_1;
  out.type = type;
  out.sender_id = sender.id;
  out.receiver_id = to_string(join_eui);
  if (type == bi::MessageType::app_s_key_req || out.version == bi::Version::v1_0) return out;
  const auto& ns_id = server.sender_ns_id.empty() ? sender.ns_id : server.sender_ns_id;
  if (ns_id.empty()) return fail(missing_ns_id);
  out.sender_ns_id = ns_id;
  return out;
}

ClientRequest request_of(const InteropJoinServer& server, JoinEui join_eui, const std::string& path,
                         const bi::Message& message) {
  return actors::interop_request(server, host_of(server, join_eui), path, message);
}

Error unusable(const Reading& reading, std::string_view reason) {
  return {unusable_answer, {{"server", reading.server}, {"reason", reason}}};
}

/// Some join servers say in HTTP what they do not know. Request Timeout and Too Many Requests are
/// of the server.
bool is_refusal(int status) {
  return status >= 400 && status <= 499 && status != 408 && status != 429;
}

/// The answer to what we asked, if it is one of type `Body`, or the error it tells.
template <class Body>
Result<Body> body_of(const PeerAnswered::Http& answer, const Reading& reading) {
  if (answer.status < 200 || answer.status > 299) {
    const auto& error = is_refusal(answer.status) ? http_refused : http_status;
    return fail(error, {{"server", reading.server}, {"status", answer.status}});
  }
  if (!answer.whole) return fail(unusable(reading, "it is too long, or was cut off"));
  auto decoded = bi::decode(answer.body);
  if (!decoded)
    return fail(unusable(reading, decoded.error().message()).caused_by(decoded.error()));
  if (decoded->header.transaction_id != reading.transaction)
    return fail(unusable(reading, "it answers another question"));
  if (!decoded->body) return fail(unusable(reading, "a field is malformed"));
  auto* body = std::get_if<Body>(&*decoded->body);
  if (body == nullptr) return fail(unusable(reading, "it is of another type"));
  if (body->result.code != bi::ResultCode::success) return fail(bi::error_of(body->result));
  return std::move(*body);
}

KeyEnvelope envelope_of(const bi::Key& key) {
  if (key.kek_label.empty() && key.aes_key.size() == Aes128Key::size)
    return {.key = Aes128Key::from(key.aes_key), .kek_label = {}, .encrypted_key = {}};
  return {.key = std::nullopt, .kek_label = key.kek_label, .encrypted_key = key.aes_key};
}

/// Devices of 1.0.x have one network key, which stands for all three.
Status read_network_keys(const bi::JoinAns& body, const Reading& reading,
                         network_server::SessionKeys& out) {
  const auto& only = body.nwk_s_key ? body.nwk_s_key : body.f_nwk_s_int_key;
  if (!only) return fail(unusable(reading, "it has no network session key"));
  const bool v1_1 = body.f_nwk_s_int_key && body.s_nwk_s_int_key && body.nwk_s_enc_key;
  const auto key = [&](const std::optional<bi::Key>& own) {
    return reading.vault.unwrap(envelope_of(v1_1 ? *own : *only));
  };
  FF_TRY(out.f_nwk_s_int_key, key(body.f_nwk_s_int_key));
  FF_TRY(out.s_nwk_s_int_key, key(body.s_nwk_s_int_key));
  FF_TRY(out.nwk_s_enc_key, key(body.nwk_s_enc_key));
  return {};
}

}  // namespace

bool is_generated(const SessionKeyId& id) {
  return as_text(id).starts_with(generated_prefix);
}

Result<ClientRequest> join_request(const join_server::HandleJoin& question,
                                   const InteropJoinServer& server, const Sender& sender,
                                   std::uint32_t transaction) {
  const bool rejoin =
      !question.join_request.empty() && (question.join_request[0] & 0xE0U) == m_type_rejoin;
  const auto type = rejoin ? bi::MessageType::rejoin_req : bi::MessageType::join_req;
  FF_TRY(auto header, header_of(server, sender, type, question.join_eui));
  header.transaction_id = transaction;
  bi::JoinReq body{.mac_version = question.mac_version,
                   .phy_payload = question.join_request,
                   .dev_eui = question.dev_eui,
                   .dev_addr = question.dev_addr,
                   .dl_settings = question.dl_settings,
                   .rx_delay = question.rx_delay,
                   .cf_list = question.cf_list};
  return request_of(server, question.join_eui, rejoin ? server.rejoin_path : server.join_path,
                    {std::move(header), std::move(body)});
}

Result<ClientRequest> app_s_key_request(const join_server::GetAppSKey& question,
                                        const InteropJoinServer& server, const Sender& sender,
                                        std::uint32_t transaction) {
  FF_TRY(auto header, header_of(server, sender, bi::MessageType::app_s_key_req, question.join_eui));
  header.transaction_id = transaction;
  return request_of(server, question.join_eui, server.app_s_key_path,
                    {std::move(header), bi::AppSKeyReq{question.dev_eui, question.session_key_id}});
}

Result<network_server::JoinAnswer> read_join_answer(const PeerAnswered::Http& answer,
                                                    const Reading& reading) {
  FF_TRY(auto body, body_of<bi::JoinAns>(answer, reading));
  const auto size = body.phy_payload.size();
  if (size != short_join_accept_size && size != long_join_accept_size)
    return fail(unusable(reading, "its join-accept has another size"));
  network_server::JoinAnswer out;
  FF_CHECK(read_network_keys(body, reading, out.keys));
  if (body.app_s_key) out.keys.app_s_key = envelope_of(*body.app_s_key);
  out.keys.session_key_id = std::move(body.session_key_id);
  if (out.keys.session_key_id.empty()) out.keys.session_key_id = reading.generated_id;
  out.join_accept = std::move(body.phy_payload);
  return out;
}

Result<KeyEnvelope> read_app_s_key_answer(const PeerAnswered::Http& answer,
                                          const Reading& reading) {
  FF_TRY(const auto body, body_of<bi::AppSKeyAns>(answer, reading));
  if (!body.app_s_key) return fail(unusable(reading, "it has no AppSKey"));
  return envelope_of(*body.app_s_key);
}

Result<ClientRequest> home_request(const FindHomeNetwork& question, const InteropJoinServer& server,
                                   const Sender& sender, std::uint32_t transaction) {
  FF_TRY(auto header, header_of(server, sender, bi::MessageType::home_ns_req, question.join_eui));
  header.transaction_id = transaction;
  return request_of(server, question.join_eui, server.home_ns_path,
                    {std::move(header), bi::HomeNsReq{question.dev_eui}});
}

Result<NetId> read_home_answer(const PeerAnswered::Http& answer, const Reading& reading) {
  FF_TRY(const auto body, body_of<bi::HomeNsAns>(answer, reading));
  if (!body.h_net_id) return fail(unusable(reading, "it has no HNetID"));
  return *body.h_net_id;
}

bool is_servers_fault(const Error& error) {
  return error.is(unusable_answer) || error.is(http_status) ||
         (error.def().name_space == "net/http_client" && !error.is(net::http_client::overloaded) &&
          !error.is(net::http_client::stopped));
}

}  // namespace ff::interop
