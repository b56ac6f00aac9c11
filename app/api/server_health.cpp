#include "app/api/server_health.hpp"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_initializer.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <mutex>

namespace ff::api {
namespace {

/// The reflection service of gRPC holds a thread for each of its streams, and asks nobody for
/// credentials. Our own services have no thread of their own: the bound is its alone. One stream
/// more ends with ResourceExhausted.
constexpr int reflection_threads_max = 16;

/// Reads what the builder has put together.
class NamesPlugin final : public grpc::ServerBuilderPlugin {
 public:
  explicit NamesPlugin(std::shared_ptr<std::vector<std::string>> names)
      : names_(std::move(names)) {}

  std::string name() override { return "farfield_served_names"; }
  void InitServer(grpc::ServerInitializer*) override {}
  void Finish(grpc::ServerInitializer* server) override { *names_ = *server->GetServiceList(); }
  void ChangeArguments(const std::string&, void*) override {}

 private:
  std::shared_ptr<std::vector<std::string>> names_;
};

class Plugins final : public grpc::ServerBuilderOption {
 public:
  explicit Plugins(std::shared_ptr<std::vector<std::string>> names) : names_(std::move(names)) {}

  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    plugins->push_back(std::make_unique<NamesPlugin>(names_));
  }

 private:
  std::shared_ptr<std::vector<std::string>> names_;
};

}  // namespace

ServedNames add_health_and_reflection(grpc::ServerBuilder& builder) {
  static std::once_flag once;
  std::call_once(once, [] {
    grpc::EnableDefaultHealthCheckService(true);
    // Of every server of the process; the library, once linked, does so by itself.
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
  auto names = std::make_shared<std::vector<std::string>>();
  builder.SetOption(std::make_unique<Plugins>(names));
  builder.SetResourceQuota(
      grpc::ResourceQuota("farfield_api").SetMaxThreads(reflection_threads_max));
  return names;
}

void tell_serving(grpc::Server& server, const std::vector<std::string>& names) {
  auto* health = server.GetHealthCheckService();
  if (health == nullptr) return;
  health->SetServingStatus(true);
  for (const auto& name : names) health->SetServingStatus(name, true);
}

void tell_ending(grpc::Server& server) {
  if (auto* health = server.GetHealthCheckService()) health->Shutdown();
}

}  // namespace ff::api
