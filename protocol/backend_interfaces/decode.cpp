#include <boost/json.hpp>

#include "protocol/backend_interfaces/json_fields.hpp"
#include "protocol/backend_interfaces/message.hpp"
#include "protocol/backend_interfaces/roaming_codec.hpp"

namespace ff::backend_interfaces {
namespace {

using namespace detail;  // NOLINT(google-build-using-namespace): the readers of members.

/// Nothing if it is not one.
std::optional<std::string> ns_id_of(const object& in, std::string_view name) {
  const auto text = text_of(in, name);
  const auto bytes = text ? parse_hex(without_0x(*text)) : std::nullopt;
  if (!bytes || bytes->size() != 8) return std::nullopt;
  return hex_upper(*bytes);
}

Result<Body> join_req(const object& in) {
  JoinReq out;
  const auto version = text_of(in, "MACVersion");
  const auto known = version ? parse_mac_version(*version) : std::nullopt;
  if (!known) return malformed("MACVersion");
  out.mac_version = *known;
  FF_TRY(out.phy_payload, required_bytes(in, "PHYPayload", phy_payload_size_max));
  FF_TRY(out.dev_eui, required_id(in, "DevEUI", parse_dev_eui));
  FF_TRY(out.dev_addr, required_id(in, "DevAddr", parse_dev_addr));
  FF_TRY(const auto dl_settings, required_bytes(in, "DLSettings", 1));
  out.dl_settings = dl_settings[0];
  const auto rx_delay = number_of<std::uint8_t>(in, "RxDelay");
  if (!rx_delay || *rx_delay > 15) return malformed("RxDelay");
  out.rx_delay = *rx_delay;
  FF_TRY(out.cf_list, optional_bytes(in, "CFList", 16));
  if (!out.cf_list.empty() && out.cf_list.size() != 16) return malformed("CFList");
  return Body(std::move(out));
}

Result<Body> join_ans(const object& in) {
  JoinAns out;
  FF_TRY(out.result, result_of(in));
  FF_TRY(out.phy_payload, optional_bytes(in, "PHYPayload", phy_payload_size_max));
  FF_TRY(out.lifetime, optional_number<std::uint32_t>(in, "Lifetime"));
  FF_TRY(out.nwk_s_key, optional_key(in, "NwkSKey"));
  FF_TRY(out.s_nwk_s_int_key, optional_key(in, "SNwkSIntKey"));
  FF_TRY(out.f_nwk_s_int_key, optional_key(in, "FNwkSIntKey"));
  FF_TRY(out.nwk_s_enc_key, optional_key(in, "NwkSEncKey"));
  FF_TRY(out.app_s_key, optional_key(in, "AppSKey"));
  FF_TRY(out.session_key_id, optional_bytes(in, "SessionKeyID", session_key_id_size_max));
  return Body(std::move(out));
}

Result<Body> app_s_key_req(const object& in) {
  AppSKeyReq out;
  FF_TRY(out.dev_eui, required_id(in, "DevEUI", parse_dev_eui));
  FF_TRY(out.session_key_id, required_bytes(in, "SessionKeyID", session_key_id_size_max));
  return Body(std::move(out));
}

Result<Body> app_s_key_ans(const object& in) {
  AppSKeyAns out;
  FF_TRY(out.result, result_of(in));
  if (find(in, "DevEUI") != nullptr) {
    FF_TRY(out.dev_eui, required_id(in, "DevEUI", parse_dev_eui));
  }
  FF_TRY(out.app_s_key, optional_key(in, "AppSKey"));
  FF_TRY(out.session_key_id, optional_bytes(in, "SessionKeyID", session_key_id_size_max));
  return Body(std::move(out));
}

Result<Body> home_ns_req(const object& in) {
  HomeNsReq out;
  FF_TRY(out.dev_eui, required_id(in, "DevEUI", parse_dev_eui));
  return Body(out);
}

Result<Body> home_ns_ans(const object& in) {
  HomeNsAns out;
  FF_TRY(out.result, result_of(in));
  if (find(in, "HNetID") != nullptr) {
    FF_TRY(out.h_net_id, required_id(in, "HNetID", parse_net_id));
  }
  out.h_ns_id = ns_id_of(in, "HNSID");
  return Body(std::move(out));
}

Result<Body> other_ans(const object& in) {
  FF_TRY(auto result, result_of(in));
  return Body(OtherAns{std::move(result)});
}

/// In 1.1 network servers say their NSID; in 1.0 there is none. An answer is not lost for one.
Status check_ns_ids(const Header& header, const object& in) {
  if (!is_request(header.type)) return {};
  const auto check = [&](std::string_view name, const std::optional<std::string>& ns_id) -> Status {
    const bool given = find(in, name) != nullptr;
    if (given && (!ns_id || header.version == Version::v1_0)) return malformed(name);
    return {};
  };
  FF_CHECK(check("SenderNSID", header.sender_ns_id));
  FF_CHECK(check("ReceiverNSID", header.receiver_ns_id));
  const bool from_network = header.type != MessageType::app_s_key_req;
  if (header.version == Version::v1_1 && from_network && !header.sender_ns_id)
    return malformed("SenderNSID");
  return {};
}

Result<Body> body_of(const Header& header, const object& in) {
  FF_CHECK(check_ns_ids(header, in));
  switch (header.type) {
    case MessageType::join_req:
    case MessageType::rejoin_req:
      return join_req(in);
    case MessageType::join_ans:
    case MessageType::rejoin_ans:
      return join_ans(in);
    case MessageType::app_s_key_req:
      return app_s_key_req(in);
    case MessageType::app_s_key_ans:
      return app_s_key_ans(in);
    case MessageType::home_ns_req:
      return home_ns_req(in);
    case MessageType::home_ns_ans:
      return home_ns_ans(in);
    case MessageType::pr_start_req:
    case MessageType::pr_start_ans:
    case MessageType::pr_stop_req:
    case MessageType::xmit_data_req:
    case MessageType::xmit_data_ans:
      return roaming_body(header.type, in);
    default:
      if (is_request(header.type)) return Body(OtherReq{});
      return other_ans(in);
  }
}

tl::unexpected<Error> invalid(std::string_view reason) {
  return fail(invalid_json, {{"reason", reason}});
}

/// Hex ids in upper case; AS-IDs are texts and stay as they are.
std::optional<std::string> id_of(const object& in, std::string_view name) {
  const auto text = text_of(in, name);
  if (!text || text->empty() || text->size() > id_size_max) return std::nullopt;
  const auto digits = without_0x(*text);
  const auto bytes = parse_hex(digits);
  if (bytes && (bytes->size() == 3 || bytes->size() == 8)) return hex_upper(*bytes);
  return std::string(*text);
}

Result<Header> header_of(const object& in) {
  Header out;
  const auto version = text_of(in, "ProtocolVersion");
  if (version != "1.0" && version != "1.1") return invalid("ProtocolVersion");
  out.version = version == "1.0" ? Version::v1_0 : Version::v1_1;
  const auto transaction = number_of<std::uint32_t>(in, "TransactionID");
  if (!transaction) return invalid("TransactionID");
  out.transaction_id = *transaction;
  const auto type = parse_message_type(text_of(in, "MessageType").value_or(""));
  if (!type) return invalid("MessageType");
  out.type = *type;
  auto sender = id_of(in, "SenderID");
  auto receiver = id_of(in, "ReceiverID");
  if (!sender || !receiver) return invalid("SenderID or ReceiverID");
  out.sender_id = *std::move(sender);
  out.receiver_id = *std::move(receiver);
  out.sender_ns_id = ns_id_of(in, "SenderNSID");
  out.receiver_ns_id = ns_id_of(in, "ReceiverNSID");
  FF_TRY(out.sender_token, optional_bytes(in, "SenderToken", token_size_max));
  FF_TRY(out.receiver_token, optional_bytes(in, "ReceiverToken", token_size_max));
  return out;
}

}  // namespace

Result<Decoded> decode(std::string_view json) {
  boost::json::parse_options options;
  options.max_depth = depth_max;
  boost::json::error_code error;
  const auto parsed = boost::json::parse({json.data(), json.size()}, error, {}, options);
  if (error || !parsed.is_object()) return invalid("JSON");
  auto header = header_of(parsed.get_object());
  if (!header && header.error().is(malformed_message)) return invalid("token");
  FF_CHECK(header);
  auto body = body_of(*header, parsed.get_object());
  return Decoded{*std::move(header), std::move(body)};
}

}  // namespace ff::backend_interfaces
