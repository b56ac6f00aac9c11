#include "app/api/account/api_client.hpp"

#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>

#include "google/rpc/status.pb.h"
#include "protocol/base/printable.hpp"
#include "ttn/lorawan/v3/error.pb.h"

namespace ff::api::account {
namespace {

struct Running {
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
};

bool parse(const grpc::ByteBuffer& buffer, google::protobuf::Message& message) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return false;
  std::string bytes;
  bytes.reserve(buffer.Length());
  for (const auto& slice : slices)
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return message.ParseFromString(bytes);
}

/// The text between the parentheses of `error:<namespace>:<name> (<text>)`.
std::string text_of(const std::string& message) {
  const auto open = message.find(" (");
  if (!message.starts_with("error:") || open == std::string::npos || !message.ends_with(')'))
    return message;
  return message.substr(open + 2, message.size() - open - 3);
}

Refusal refusal_of(const grpc::Status& status) {
  Refusal out{.code = status.error_code(), .name = {}, .text = text_of(status.error_message())};
  google::rpc::Status rich;
  ttn::lorawan::v3::ErrorDetails details;
  if (rich.ParseFromString(status.error_details()) && rich.details_size() > 0 &&
      rich.details(0).UnpackTo(&details))
    out.name = details.namespace_() + ":" + details.name();
  return out;
}

}  // namespace

void ApiClient::start(ApiCall call, const google::protobuf::Message& request,
                      std::shared_ptr<google::protobuf::Message> response, Finished then) const {
  auto running = calls_.track(std::make_unique<Running>());
  auto& context = running->context;
  if (!call.token.empty() && is_printable(call.token))
    context.AddMetadata("authorization", "Bearer " + call.token);
  if (is_printable(call.address)) context.AddMetadata("x-real-ip", call.address);
  grpc::Slice slice(request.SerializeAsString());
  running->request = grpc::ByteBuffer(&slice, 1);
  grpc::GenericStub stub(channel_);
  stub.UnaryCall(
      &context, "/" + call.method, {}, &running->request, &running->response,
      [running, response = std::move(response),
       then = std::move(then)](const grpc::Status& status) {
        if (status.ok() && parse(running->response, *response)) return then(nullptr);
        const auto refusal = refusal_of(
            status.ok() ? grpc::Status(grpc::StatusCode::INTERNAL, "malformed answer") : status);
        then(&refusal);
      });
}

}  // namespace ff::api::account
