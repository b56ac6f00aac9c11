#include "app/api/front.hpp"

#include <exception>

#include "app/api/status.hpp"
#include "net/address/client_address.hpp"
#include "protocol/api_rules/api_rules.hpp"
#include "protocol/base/printable.hpp"

namespace ff::api {
namespace {

constexpr ErrorDef rpc_recovered{"pkg/rpcserver", "rpc_recovered", Code::internal,
                                 "internal error"};
// An id longer than this is not repeated in answers, events and logs.
constexpr std::size_t request_id_max = 64;

// Messages with longer ones are refused. [spec api-conventions §2.2]
constexpr std::size_t correlation_id_max = 100;

std::string correlation_id(std::string_view method, std::string_view request_id) {
  return "rpc:/" + std::string(method) + ":" + std::string(request_id);
}

CallMetadata read_metadata(const grpc::CallbackServerContext& context) {
  CallMetadata metadata;
  for (const auto& [key, value] : context.client_metadata())
    metadata.emplace(std::string(key.data(), key.size()), std::string(value.data(), value.size()));
  return metadata;
}

/// Of gRPC's `ipv4:192.0.2.1:4711` or `ipv6:%5B2001:db8::1%5D:4711`.
std::string host_of(std::string_view peer) {
  const auto scheme = peer.find(':');
  const auto port = peer.rfind(':');
  if (scheme == std::string_view::npos || port == scheme) return std::string(peer);
  auto host = std::string(peer.substr(scheme + 1, port - scheme - 1));
  for (const std::string_view bracket : {"%5B", "%5D", "[", "]"}) {
    if (const auto at = host.find(bracket); at != std::string::npos) host.erase(at, bracket.size());
  }
  return host;
}

/// Calls from the HTTP server, whose peer gRPC calls unknown, say in their metadata whose they are.
std::string remote_address(const Call& call, std::string_view peer,
                           const std::vector<net::AddressBlock>& trusted_proxies) {
  const auto real_ip = call.find("x-real-ip");
  if (peer == "unknown" || peer.starts_with("inproc")) return std::string(real_ip);
  std::vector<std::string_view> hops;
  const auto [first, last] = call.metadata.equal_range("x-forwarded-for");
  for (auto entry = first; entry != last; ++entry) hops.push_back(entry->second);
  return net::client_address(host_of(peer), {hops, real_ip}, trusted_proxies);
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

std::function<void(const grpc::Status&)> Front::handled(const Method& method, CallType type) const {
  if (ports_.on_started) ports_.on_started(method.name);
  if (type != CallType::bidi_stream && ports_.on_received) ports_.on_received(method.name);
  return [this, name = method.name](const grpc::Status& status) {
    if (ports_.on_handled) ports_.on_handled(name, status.error_code());
  };
}

std::function<void()> Front::counter(const std::function<void(std::string_view)>& port,
                                     const Method& method) {
  return [&port, name = method.name] {
    if (port) port(name);
  };
}

Front::AuditedCallPtr Front::audited_call(const Method& method,
                                          const google::protobuf::Message& request,
                                          const google::protobuf::Message& response) const {
  if (!ports_.audit || !ports_.audit->concerns(method.name, *response.GetDescriptor()))
    return nullptr;
  return std::make_shared<AuditedCall>(AuditedCall{request, response, nullptr});
}

Finisher Front::finisher(std::string_view method, std::function<void(const grpc::Status&)> finish,
                         AuditedCallPtr audited) const {
  auto answer = [this, method, finish = std::move(finish)](const Status& result) {
    finish(result ? grpc::Status::OK : status(method, result.error()));
  };
  if (!audited) return answer;
  return [this, answer, audited = std::move(audited)](const Status& result) {
    if (!audited->begun) return answer(result);
    ports_.audit->end(
        *audited->begun, audited->request, result, audited->response,
        [answer, result](const Status& recorded) { answer(recorded ? result : recorded); });
  };
}

void Front::record(const Call& call, const google::protobuf::Message& request,
                   std::function<void(Status)> then) const {
  if (!ports_.audit) return then({});
  ports_.audit->record(call, request, std::move(then));
}

void Front::run(const std::shared_ptr<Call>& call, const AuditedCallPtr& audited,
                const Steps& steps) const {
  auto handle = [call, audited, steps](const Status& recorded) {
    if (!recorded) return steps.fail(recorded.error());
    if (audited) audited->begun = call;
    try {
      steps.run(call);
    } catch (const std::exception&) {
      steps.fail(Error(rpc_recovered));
    }
  };
  if (!audited) return handle({});
  ports_.audit->begin(*call, audited->request, handle);
}

Status Front::admit(CallType type, const Call& call, const google::protobuf::Message* maybe_request,
                    const Steps& steps) const {
  if (ports_.is_unlimited && ports_.is_unlimited(call)) return {};
  return type == CallType::unary ? limits_.check_unary(call, *maybe_request, steps.tell)
                                 : limits_.check_stream(call, steps.tell);
}

void Front::begin(Beginning beginning, grpc::CallbackServerContext& context,
                  const google::protobuf::Message* maybe_request, Steps steps) const {
  const auto& method = beginning.method;
  auto call = std::make_shared<Call>();
  call->method = method.name;
  call->metadata = read_metadata(context);
  call->remote_address = remote_address(*call, context.peer(), ports_.trusted_proxies);
  call->request_id = call->find("x-request-id");
  // It goes back in metadata, where gRPC ends the process on what it can not carry.
  if (call->request_id.empty() || call->request_id.size() > request_id_max ||
      !is_printable(call->request_id))
    call->request_id = ports_.new_request_id();
  call->correlation_ids = {correlation_id(method.name, call->request_id)};
  if (call->correlation_ids.front().size() > correlation_id_max)
    call->correlation_ids = {correlation_id(method.name, ports_.new_request_id())};
  context.AddInitialMetadata("x-request-id", call->request_id);
  // Before authentication, as clients of the reference know it [spec api-conventions §2].
  if (maybe_request != nullptr) {
    if (auto valid = api_rules::validate(call->method, *maybe_request, ports_.now()); !valid)
      return steps.fail(std::move(valid).error());
  }
  auto run = [this, call, beginning, maybe_request, steps](const Result<AuthInfo>& auth) {
    if (auth) call->auth = *auth;
    // A unary call's request stays until the reply is given; of others it is not looked at.
    const auto admitted = admit(beginning.type, *call, maybe_request, steps);
    if (!admitted) return steps.fail(admitted.error());
    if (!auth) return steps.fail(auth.error());
    if (!auth->warning.empty()) steps.tell("warning", auth->warning);
    this->run(call, beginning.audited, steps);
  };
  if (method.access == Access::open) {
    run(AuthInfo{});
  } else {
    ports_.authenticator->authenticate(call->metadata, run);
  }
}

}  // namespace ff::api
