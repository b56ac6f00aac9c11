#include "actors/roaming/exchange.hpp"

#include "actors/roaming/errors.hpp"
#include "actors/support/interop_request/interop_request.hpp"
#include "protocol/base/hex.hpp"

namespace ff::roaming {
namespace {

namespace bi = backend_interfaces;
using net::http_client::ClientRequest;

constexpr ErrorDef missing_ns_id{"pkg/interop", "missing_ns_id", Code::failed_precondition,
                                 "no NSID for Backend Interfaces 1.1"};

Error unavailable(const config::RoamingPartner& partner, std::string_view reason) {
  return {partner_unavailable, {{"net_id", to_string(partner.net_id)}, {"reason", reason}}};
}

}  // namespace

Result<ClientRequest> request_to(const config::RoamingPartner& partner, const Sender& sender,
                                 std::uint32_t transaction, bi::MessageType type, bi::Body body) {
  const auto& access = partner.access;
  bi::Header header;
  header.version =
      access.protocol == config::InteropProtocol::bi_1_0 ? bi::Version::v1_0 : bi::Version::v1_1;
  header.transaction_id = transaction;
  header.type = type;
  header.sender_id = to_string(sender.net_id);
  header.receiver_id = to_string(partner.net_id);
  if (header.version == bi::Version::v1_1) {
    header.sender_ns_id = access.sender_ns_id.empty() ? sender.ns_id : access.sender_ns_id;
    if (header.sender_ns_id->empty()) return fail(missing_ns_id);
  }
  return actors::interop_request(access, access.fqdn, partner.path,
                                 {std::move(header), std::move(body)});
}

Result<bi::Body> answer_of(const config::RoamingPartner& partner,
                           const Result<net::http_client::ClientAnswer>& answer,
                           std::uint32_t transaction, bi::MessageType type) {
  if (!answer)
    return fail(unavailable(partner, answer.error().message()).caused_by(answer.error()));
  if (answer->status < 200 || answer->status > 299)
    return fail(unavailable(partner, "HTTP status " + std::to_string(answer->status)));
  if (!answer->whole) return fail(unavailable(partner, "the answer is too long"));
  auto decoded = bi::decode(answer->body);
  if (!decoded)
    return fail(unavailable(partner, decoded.error().message()).caused_by(decoded.error()));
  if (decoded->header.transaction_id != transaction || decoded->header.type != bi::answer_to(type))
    return fail(unavailable(partner, "it answers another question"));
  if (!decoded->body) return fail(unavailable(partner, "a field is malformed"));
  return *std::move(decoded->body);
}

bi::Outcome result_of(const bi::Body& body) {
  return std::visit(
      [](const auto& one) -> bi::Outcome {
        if constexpr (requires { one.result; }) {
          return one.result;
        } else {
          return {};
        }
      },
      body);
}

}  // namespace ff::roaming
