#include "app/api/server.hpp"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>

#include "app/api/server_health.hpp"

namespace ff::api {
namespace {

using namespace std::chrono_literals;

constexpr int message_size_max = 16 << 20;
constexpr int metadata_size_max = 64 << 10;
constexpr int concurrent_streams_max = 65535;
/// What calls may hold while they are read and written, of all clients together: who calls need not
/// have said who it is.
constexpr std::size_t memory_max = std::size_t{512} << 20U;

int milliseconds(Duration duration) {
  return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

void set_limits(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(message_size_max).SetMaxSendMessageSize(message_size_max);
  builder.SetResourceQuota(grpc::ResourceQuota("farfield").Resize(memory_max));
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, metadata_size_max);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, concurrent_streams_max);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             milliseconds(60s));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, milliseconds(60s));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, milliseconds(20s));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, milliseconds(6h));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, milliseconds(24h));
  // Two processes on one port would each get some of the connections.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

/// Answers as gRPC does without it.
class UnknownMethods final : public grpc::CallbackGenericService {
 public:
  explicit UnknownMethods(std::function<void()> told) : told_(std::move(told)) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    told_();
    return grpc::CallbackGenericService::CreateReactor(context);
  }

 private:
  const std::function<void()> told_;
};

}  // namespace

ApiServer::ApiServer() = default;

Result<std::unique_ptr<ApiServer>> ApiServer::start(const std::vector<Listener>& listeners,
                                                    const std::vector<grpc::Service*>& services,
                                                    std::function<void()> on_unknown) {
  std::unique_ptr<ApiServer> started(new ApiServer());
  started->ports_.resize(listeners.size());
  grpc::ServerBuilder builder;
  set_limits(builder);
  const auto names = add_health_and_reflection(builder);
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    const auto& [address, certificate] = listeners[i];
    auto credentials =
        certificate ? make_credentials(certificate) : grpc::InsecureServerCredentials();
    started->credentials_.push_back(credentials);
    builder.AddListeningPort(address, std::move(credentials), &started->ports_[i]);
  }
  for (auto* service : services) builder.RegisterService(service);
  if (on_unknown) {
    started->unknown_methods_ = std::make_unique<UnknownMethods>(std::move(on_unknown));
    builder.RegisterCallbackGenericService(started->unknown_methods_.get());
  }
  started->server_ = builder.BuildAndStart();
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    if (started->ports_[i] <= 0) return fail(listen_failed, {{"address", listeners[i].address}});
  }
  if (!started->server_) return fail(listen_failed, {{"address", ""}});
  tell_serving(*started->server_, *names);
  return started;
}

ApiServer::~ApiServer() {
  shutdown(Duration::zero());
}

std::shared_ptr<grpc::Channel> ApiServer::in_process_channel() const {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(message_size_max);
  arguments.SetMaxSendMessageSize(message_size_max);
  return server_->InProcessChannel(arguments);
}

void ApiServer::shutdown(Duration grace) {
  if (!server_) return;
  tell_ending(*server_);
  auto deadline = std::chrono::system_clock::now() +
                  std::chrono::duration_cast<std::chrono::microseconds>(grace);
  server_->Shutdown(deadline);
}

}  // namespace ff::api
