#include "app/api/services/mapping/stored_up.hpp"

#include <algorithm>

#include "app/api/services/mapping/values.hpp"
#include "protocol/api_json/api_json.hpp"
#include "protocol/base/base64.hpp"
#include "protocol/field_mask/field_mask.hpp"
#include "storage/codec/envelope.hpp"
#include "storage/codec/fields.hpp"

namespace ff::application_server {

/// ON-WIRE: a number is never given to another member.
template <class Archive>
void fields(Archive& a, StoredWindow& window) {
  a(1, window.shard);
  a(2, window.done);
  a(3, window.last);
}

}  // namespace ff::application_server

namespace ff::api {
namespace {

using application_server::StoredWindows;
using application_server::UpKind;

constexpr storage::ValueVersion token_version = 1;

struct Token {
  ApplicationId application_id;
  DeviceId device_id;
  std::uint8_t kind = 0;  // 0: all
  UtcTime after;
  UtcTime before;
  bool descending = false;
  std::optional<std::uint32_t> f_port;
  std::uint32_t limit = 0;
  std::vector<std::string> paths;
  StoredWindows windows;
};
template <class Archive>
void fields(Archive& a, Token& token) {
  a(1, token.application_id);
  a(2, token.device_id);
  a(3, token.kind);
  a(4, token.after);
  a(5, token.before);
  a(6, token.descending);
  a(7, token.f_port);
  a(8, token.limit);
  a(9, token.paths);
  a(10, token.windows);
}

std::optional<UpKind> kind_of(std::string_view type) {
  constexpr std::pair<std::string_view, UpKind> kinds[] = {
      {"uplink_message", UpKind::uplink},
      {"uplink_normalized", UpKind::normalized},
      {"join_accept", UpKind::join},
      {"downlink_ack", UpKind::downlink_ack},
      {"downlink_nack", UpKind::downlink_nack},
      {"downlink_sent", UpKind::downlink_sent},
      {"downlink_failed", UpKind::downlink_failed},
      {"downlink_queued", UpKind::downlink_queued},
      {"downlink_queue_invalidated", UpKind::downlink_queue_invalidated},
      {"location_solved", UpKind::location_solved},
      {"service_data", UpKind::service_data}};
  for (const auto& [name, kind] : kinds) {
    if (name == type) return kind;
  }
  return std::nullopt;
}

/// What both requests have.
template <class Request>
StoredRequest common(const Request& request, UtcTime now) {
  StoredRequest out;
  auto& query = out.query;
  if (request.has_end_device_ids()) {
    const auto uid = uid_of(request.end_device_ids());
    query.application_id = uid.application_id;
    query.device_id = uid.device_id;
  } else {
    query.application_id = ApplicationId(request.application_ids().application_id());
  }
  query.kind = kind_of(request.type());
  if (request.has_after()) query.after = time_of(request.after());
  if (request.has_last()) query.after = std::max(query.after, now - duration_of(request.last()));
  if (request.has_before()) query.before = time_of(request.before());
  if (request.has_f_port()) out.f_port = request.f_port().value();
  return out;
}

Result<StoredRequest> from_token(const std::string& text, const StoredRequest& asked) {
  const auto invalid = [] { return fail(invalid_continuation_token); };
  const auto bytes = base64_decode(text);
  const auto envelope =
      bytes ? storage::unseal(*bytes, token_version) : fail(invalid_continuation_token);
  if (!envelope) return invalid();
  auto token = storage::read_record<Token>(envelope->body);
  // Rights were checked on the request's own ids.
  if (!token || token->application_id != asked.query.application_id ||
      token->device_id != asked.query.device_id)
    return invalid();
  StoredRequest out;
  out.query = {
      .application_id = token->application_id,
      .device_id = token->device_id,
      .kind = token->kind == 0 ? std::nullopt : std::optional(static_cast<UpKind>(token->kind)),
      .after = token->after,
      .before = token->before,
      .descending = token->descending};
  out.f_port = token->f_port;
  out.limit = token->limit;
  out.paths = std::move(token->paths);
  out.windows = std::move(token->windows);
  return out;
}

std::uint32_t f_port_of(const pb::ApplicationUp& up) {
  if (up.has_uplink_message()) return up.uplink_message().f_port();
  if (up.has_uplink_normalized()) return up.uplink_normalized().f_port();
  return 0;
}

}  // namespace

Result<StoredRequest> stored_request(const pb::GetStoredApplicationUpRequest& request,
                                     UtcTime now) {
  auto out = common(request, now);
  if (!request.continuation_token().empty()) return from_token(request.continuation_token(), out);
  out.query.descending = request.order() == "-received_at";
  if (request.has_limit()) out.limit = request.limit().value();
  out.paths = {request.field_mask().paths().begin(), request.field_mask().paths().end()};
  return out;
}

StoredRequest stored_request(const pb::GetStoredApplicationUpCountRequest& request, UtcTime now) {
  return common(request, now);
}

std::string continuation_token(const StoredRequest& request) {
  const auto& query = request.query;
  const Token token{.application_id = query.application_id,
                    .device_id = query.device_id,
                    .kind = static_cast<std::uint8_t>(query.kind ? *query.kind : UpKind{}),
                    .after = query.after,
                    .before = query.before,
                    .descending = query.descending,
                    .f_port = request.f_port,
                    .limit = request.limit,
                    .paths = request.paths,
                    .windows = request.windows.value_or(StoredWindows())};
  return base64_encode(storage::seal_record(token_version, token));
}

std::optional<pb::ApplicationUp> shown(const StoredRequest& request, ByteView json) {
  pb::ApplicationUp up;
  if (!api_json::from_json(as_text(json), up)) return std::nullopt;
  if (request.f_port && f_port_of(up) != *request.f_port) return std::nullopt;
  if (request.paths.empty()) return up;
  std::vector<std::string> paths{"end_device_ids", "received_at"};
  for (const auto& path : request.paths) {
    if (field_mask::is_known(*pb::ApplicationUp::descriptor(), path)) paths.push_back(path);
  }
  ignore(field_mask::keep(paths, up), "all are known");
  return up;
}

}  // namespace ff::api
