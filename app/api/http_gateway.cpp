#include "app/api/http_gateway.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/generic/generic_stub.h>

#include <algorithm>

#include "app/api/http_call.hpp"
#include "app/api/http_metadata.hpp"
#include "app/api/status.hpp"
#include "app/api/up_csv.hpp"
#include "app/api/url.hpp"
#include "protocol/api_json/api_json.hpp"
#include "protocol/api_json/query.hpp"
#include "protocol/base/assert.hpp"

namespace ff::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;

constexpr ErrorDef request_body_too_large{"pkg/webmiddleware", "request_body_too_large",
                                          Code::invalid_argument, "request body too large"};
constexpr ErrorDef malformed_query{"pkg/webhandlers", "malformed_query", Code::invalid_argument,
                                   "malformed query"};

Error body_too_large() {
  return Error(request_body_too_large, {{"maximum", request_body_max}});
}

const Message& prototype(const Descriptor* type) {
  const auto* message = google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
  FF_ASSERT(message != nullptr);
  return *message;
}

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

std::string_view query_of(std::string_view target) {
  auto mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

/// An empty body is an empty message.
Status fill_from_body(const Binding& binding, const std::string& body, Message& message) {
  if (body.empty()) return {};
  if (binding.body == "*") return api_json::from_json(body, message);
  const auto* field = message.GetDescriptor()->FindFieldByName(binding.body);
  if (field == nullptr || field->message_type() == nullptr || field->is_repeated()) return {};
  return api_json::from_json(body, *message.GetReflection()->MutableMessage(&message, field));
}

/// Parameters that the path or the body set are ignored.
Status fill_from_query(const Binding& binding, std::string_view query, Message& message) {
  auto parameters = split_query(query);
  if (!parameters) return fail(malformed_query);
  for (const auto& [name, value] : *parameters) {
    bool bound =
        std::ranges::find(binding.variables, name) != binding.variables.end() ||
        (!binding.body.empty() && (name == binding.body || name.starts_with(binding.body + ".")));
    if (bound) continue;
    FF_CHECK(api_json::set_field(message, name, value, api_json::OnRepeated::append));
  }
  return {};
}

bool accepts(const HttpRequest& request, std::string_view type) {
  return find_header(request.headers, "accept").find(type) != std::string_view::npos;
}

HttpCall::Options call_options(const google::protobuf::MethodDescriptor& method,
                               const HttpRequest& request) {
  return {.method = "/" + method.service()->full_name() + "/" + method.name(),
          .answer = &prototype(method.output_type()),
          .streams = method.server_streaming(),
          .event_stream = accepts(request, "text/event-stream"),
          .csv = method.server_streaming() && accepts(request, "text/csv") &&
                 has_csv(*method.output_type())};
}

}  // namespace

Status fill_request(const HttpRouter::Match& match, const HttpRequest& request, Message& message) {
  const auto& binding = *match.binding;
  if (request.body.size() > request_body_max) return fail(body_too_large());
  if (!binding.body.empty()) FF_CHECK(fill_from_body(binding, request.body, message));
  if (binding.body != "*") FF_CHECK(fill_from_query(binding, query_of(request.target), message));
  for (std::size_t i = 0; i < binding.variables.size(); ++i) {
    FF_CHECK(api_json::set_field(message, binding.variables[i], match.values[i],
                                 api_json::OnRepeated::replace));
  }
  return {};
}

HttpGateway::HttpGateway(std::shared_ptr<grpc::Channel> channel,
                         std::function<std::string()> new_error_id, OnRefused on_refused)
    : channel_(std::move(channel)),
      new_error_id_(std::move(new_error_id)),
      on_refused_(std::move(on_refused)),
      router_("/api/v3") {}

void HttpGateway::serve(const HttpRequest& request, std::shared_ptr<ResponseSink> sink) const {
  auto segments = split_path(path_of(request.target));
  auto match = segments ? router_.find(request.method, *segments) : HttpRouter::Match();
  if (match.binding == nullptr) {
    respond_error(*sink, match.path_known
                             ? grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "Method Not Allowed")
                             : grpc::Status(grpc::StatusCode::NOT_FOUND, "Not Found"));
    return;
  }
  const auto& method = *match.binding->method;
  std::unique_ptr<Message> message(prototype(method.input_type()).New());
  if (auto status = fill_request(match, request, *message); !status)
    return refuse(&method, status.error(), *sink);
  auto call =
      calls_.track(std::make_unique<HttpCall>(call_options(method, request), std::move(sink)));
  add_metadata(request, call->context());
  grpc::GenericStub stub(channel_);
  call->start(stub, *message);
}

void HttpGateway::refuse_body(const HttpRequest& request, ResponseSink& sink) const {
  const auto segments = split_path(path_of(request.target));
  const auto match = segments ? router_.find(request.method, *segments) : HttpRouter::Match();
  refuse(match.binding == nullptr ? nullptr : match.binding->method, body_too_large(), sink);
}

void HttpGateway::refuse(const google::protobuf::MethodDescriptor* method, const Error& error,
                         ResponseSink& sink) const {
  const auto refusal = to_grpc(error, new_error_id_());
  if (on_refused_ && method != nullptr)
    on_refused_(method->service()->full_name() + "/" + method->name(), refusal.error_code());
  respond_error(sink, refusal);
}

}  // namespace ff::api
