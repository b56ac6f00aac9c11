#include "app/api/services/console_protocol.hpp"

#include <boost/json.hpp>
#include <optional>

#include "protocol/api_json/api_json.hpp"

namespace ff::api {
namespace {

std::string message(std::string_view type, std::uint64_t id, std::string_view more = {}) {
  std::string out = R"({"type":")";
  out.append(type).append(R"(","id":)").append(std::to_string(id)).append(more).append("}");
  return out;
}

std::string_view name_of(ConsoleRequest::Kind kind) {
  return kind == ConsoleRequest::Kind::subscribe ? "subscribe" : "unsubscribe";
}

/// Nothing when it is no unsigned number of 64 bits.
std::optional<std::uint64_t> id_of(const boost::json::object& object) {
  const auto* value = object.if_contains("id");
  if (value == nullptr || value->is_null()) return 0;
  boost::json::error_code error;
  const auto id = value->to_number<std::uint64_t>(error);
  return error || value->is_double() ? std::nullopt : std::optional(id);
}

}  // namespace

Result<ConsoleRequest> parse_console_request(std::string_view text) {
  boost::json::error_code error;
  const auto value = boost::json::parse({text.data(), text.size()}, error);
  if (error || !value.is_object()) return fail(malformed_message);
  const auto& object = value.get_object();
  ConsoleRequest request;
  const auto id = id_of(object);
  if (!id) return fail(malformed_message);
  request.id = *id;
  const auto* type = object.if_contains("type");
  const std::string_view name = type != nullptr && type->is_string()
                                    ? std::string_view(type->get_string())
                                    : std::string_view();
  if (name == name_of(ConsoleRequest::Kind::unsubscribe)) {
    request.kind = ConsoleRequest::Kind::unsubscribe;
    return request;
  }
  if (name != name_of(ConsoleRequest::Kind::subscribe)) return fail(message_type, {{"type", name}});
  FF_CHECK(api_json::from_json(text, request.wanted));
  return request;
}

std::string console_done(ConsoleRequest::Kind kind, std::uint64_t id) {
  return message(name_of(kind), id);
}

std::string console_event(std::uint64_t id, const ttn::lorawan::v3::Event& event) {
  const auto json = api_json::to_json(event);
  return json ? message("publish", id, R"(,"event":)" + *json) : std::string();
}

std::string console_error(std::uint64_t id, std::string_view error) {
  return message("error", id, R"(,"error":)" + std::string(error));
}

}  // namespace ff::api
