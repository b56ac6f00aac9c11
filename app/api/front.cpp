#include "app/api/front.hpp"

#include <exception>

#include "app/api/status.hpp"
#include "protocol/api_rules/api_rules.hpp"

namespace ff::api {
namespace {

constexpr ErrorDef rpc_recovered{"pkg/rpcserver", "rpc_recovered", Code::internal,
                                 "internal error"};
// An id longer than this is not repeated in answers, events and logs.
constexpr std::size_t request_id_max = 64;

CallMetadata read_metadata(const grpc::CallbackServerContext& context) {
  CallMetadata metadata;
  for (const auto& [key, value] : context.client_metadata())
    metadata.emplace(std::string(key.data(), key.size()), std::string(value.data(), value.size()));
  return metadata;
}

}  // namespace

std::string_view Call::find(std::string_view key) const {
  auto found = metadata.find(key);
  return found == metadata.end() ? std::string_view() : std::string_view(found->second);
}

grpc::Status Front::status(std::string_view method, const Error& error) const {
  auto error_id = ports_.new_error_id();
  if (ports_.on_error) ports_.on_error(method, error, error_id);
  return to_grpc(error, error_id);
}

Finisher Front::finisher(std::string_view method,
                         std::function<void(const grpc::Status&)> finish) const {
  return [this, method, finish = std::move(finish)](const Status& result) {
    finish(result ? grpc::Status::OK : status(method, result.error()));
  };
}

/// Before authentication, as clients of the reference know it [api-conventions §2].
Status Front::admit(Kind kind, const Call& call, const google::protobuf::Message* maybe_request,
                    grpc::CallbackServerContext& context) const {
  if (maybe_request != nullptr)
    FF_CHECK(api_rules::validate(call.method, *maybe_request, ports_.now()));
  return kind == Kind::unary ? limits_.check_unary(call, *maybe_request, context)
                             : limits_.check_stream(call, context);
}

void Front::begin(Beginning beginning, grpc::CallbackServerContext& context,
                  const google::protobuf::Message* maybe_request, Steps steps) const {
  const auto& method = beginning.method;
  auto call = std::make_shared<Call>();
  call->method = method.name;
  call->metadata = read_metadata(context);
  call->request_id = call->find("x-request-id");
  if (call->request_id.empty() || call->request_id.size() > request_id_max)
    call->request_id = ports_.new_request_id();
  call->correlation_ids = {"rpc:/" + std::string(method.name) + ":" + call->request_id};
  context.AddInitialMetadata("x-request-id", call->request_id);
  if (auto admitted = admit(beginning.kind, *call, maybe_request, context); !admitted)
    return steps.fail(std::move(admitted).error());
  auto run = [call, steps, context = &context](Result<AuthInfo> auth) {
    if (!auth) {
      steps.fail(std::move(auth).error());
      return;
    }
    call->auth = *std::move(auth);
    if (!call->auth.warning.empty()) context->AddInitialMetadata("warning", call->auth.warning);
    try {
      steps.run(call);
    } catch (const std::exception&) {
      steps.fail(Error(rpc_recovered));
    }
  };
  if (method.access == Access::open) {
    run(AuthInfo{});
  } else {
    ports_.authenticator->authenticate(call->metadata, run);
  }
}

}  // namespace ff::api
