#include "app/api/status.hpp"

#include "google/rpc/status.pb.h"
#include "protocol/api_json/api_json.hpp"
#include "protocol/api_json/text.hpp"
#include "ttn/lorawan/v3/error.pb.h"

namespace ff::api {
namespace {

using ttn::lorawan::v3::ErrorDetails;

constexpr bool same(Code code, grpc::StatusCode grpc_code) {
  return static_cast<int>(code) == static_cast<int>(grpc_code);
}
static_assert(same(Code::ok, grpc::StatusCode::OK));
static_assert(same(Code::cancelled, grpc::StatusCode::CANCELLED));
static_assert(same(Code::unknown, grpc::StatusCode::UNKNOWN));
static_assert(same(Code::invalid_argument, grpc::StatusCode::INVALID_ARGUMENT));
static_assert(same(Code::deadline_exceeded, grpc::StatusCode::DEADLINE_EXCEEDED));
static_assert(same(Code::not_found, grpc::StatusCode::NOT_FOUND));
static_assert(same(Code::already_exists, grpc::StatusCode::ALREADY_EXISTS));
static_assert(same(Code::permission_denied, grpc::StatusCode::PERMISSION_DENIED));
static_assert(same(Code::resource_exhausted, grpc::StatusCode::RESOURCE_EXHAUSTED));
static_assert(same(Code::failed_precondition, grpc::StatusCode::FAILED_PRECONDITION));
static_assert(same(Code::aborted, grpc::StatusCode::ABORTED));
static_assert(same(Code::out_of_range, grpc::StatusCode::OUT_OF_RANGE));
static_assert(same(Code::unimplemented, grpc::StatusCode::UNIMPLEMENTED));
static_assert(same(Code::internal, grpc::StatusCode::INTERNAL));
static_assert(same(Code::unavailable, grpc::StatusCode::UNAVAILABLE));
static_assert(same(Code::data_loss, grpc::StatusCode::DATA_LOSS));
static_assert(same(Code::unauthenticated, grpc::StatusCode::UNAUTHENTICATED));

struct PutValue {
  google::protobuf::Value& out;

  void operator()(const std::string& text) const { out.set_string_value(text); }
  void operator()(std::int64_t number) const { out.set_number_value(static_cast<double>(number)); }
  void operator()(double number) const { out.set_number_value(number); }
  void operator()(bool flag) const { out.set_bool_value(flag); }
  void operator()(const std::vector<std::string>& list) const {
    auto& values = *out.mutable_list_value();
    for (const auto& entry : list) values.add_values()->set_string_value(entry);
  }
};

// Chains are short; the bound keeps the message within what receivers take apart.
constexpr int causes_max = 16;

void fill(ErrorDetails& details, const Error& error, std::string_view correlation_id, int causes) {
  const auto& def = error.def();
  details.set_namespace_(std::string(def.name_space));
  details.set_name(std::string(def.name));
  details.set_message_format(std::string(def.message));
  details.set_correlation_id(std::string(correlation_id));
  details.set_code(static_cast<std::uint32_t>(def.code));
  for (const auto& [name, value] : error.attributes())
    std::visit(PutValue{(*details.mutable_attributes()->mutable_fields())[name]}, value);
  if (error.cause() != nullptr && causes > 0)
    fill(*details.mutable_cause(), *error.cause(), correlation_id, causes - 1);
}

void append_details(std::string& out, const grpc::Status& status) {
  google::rpc::Status rich;
  if (!rich.ParseFromString(status.error_details())) return;
  bool first = true;
  for (const auto& detail : rich.details()) {
    auto json = api_json::to_json(detail);
    if (!json) continue;
    if (!first) out += ',';
    first = false;
    out += *json;
  }
}

}  // namespace

grpc::Status to_grpc(const Error& error, std::string_view correlation_id) {
  if (error.code() == Code::ok) return grpc::Status::OK;
  ErrorDetails details;
  fill(details, error, correlation_id, causes_max);
  auto message = error.to_string();
  google::rpc::Status rich;
  rich.set_code(static_cast<int>(error.code()));
  rich.set_message(message);
  rich.add_details()->PackFrom(details);
  return {static_cast<grpc::StatusCode>(error.code()), message, rich.SerializeAsString()};
}

int http_status(grpc::StatusCode code) noexcept {
  switch (code) {
    case grpc::StatusCode::OK:
      return 200;
    case grpc::StatusCode::CANCELLED:
      return 499;
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::OUT_OF_RANGE:
      return 400;
    case grpc::StatusCode::UNAUTHENTICATED:
      return 401;
    case grpc::StatusCode::PERMISSION_DENIED:
      return 403;
    case grpc::StatusCode::NOT_FOUND:
      return 404;
    case grpc::StatusCode::ALREADY_EXISTS:
    case grpc::StatusCode::ABORTED:
      return 409;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return 429;
    case grpc::StatusCode::UNIMPLEMENTED:
      return 501;
    case grpc::StatusCode::UNAVAILABLE:
      return 503;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return 504;
    default:
      return 500;
  }
}

std::string error_json(const grpc::Status& status) {
  std::string out = "{\"code\":" + std::to_string(status.error_code()) + ",\"message\":";
  api_json::append_string(out, status.error_message());
  out += ",\"details\":[";
  append_details(out, status);
  out += "]}";
  return out;
}

}  // namespace ff::api
