// Js: which JoinEUIs the join server has. Open to everybody.
#include "app/api/services/join_server.hpp"
#include "app/api/services/mapping/values.hpp"
#include "ttn/lorawan/v3/joinserver.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;

class Js final : public pb::Js::CallbackService {
 public:
  Js(const ServiceContext& context, JoinServerDoors doors)
      : context_(context), doors_(std::move(doors)) {}

  grpc::ServerUnaryReactor* GetJoinEUIPrefixes(grpc::CallbackServerContext* context,
                                               const Empty* request,
                                               pb::JoinEUIPrefixes* response) override {
    return context_.front.unary({"ttn.lorawan.v3.Js/GetJoinEUIPrefixes", Access::open}, context,
                                request, response, [this](auto, const auto&, const auto& reply) {
                                  pb::JoinEUIPrefixes out;
                                  for (const auto& prefix : doors_.prefixes) {
                                    auto& one = *out.add_prefixes();
                                    one.set_join_eui(to_field(prefix.join_eui));
                                    one.set_length(prefix.length);
                                  }
                                  reply(std::move(out));
                                });
  }
  grpc::ServerUnaryReactor* GetDefaultJoinEUI(grpc::CallbackServerContext* context,
                                              const Empty* request,
                                              pb::GetDefaultJoinEUIResponse* response) override {
    return context_.front.unary({"ttn.lorawan.v3.Js/GetDefaultJoinEUI", Access::open}, context,
                                request, response, [this](auto, const auto&, const auto& reply) {
                                  pb::GetDefaultJoinEUIResponse out;
                                  out.set_join_eui(to_field(doors_.default_join_eui));
                                  reply(std::move(out));
                                });
  }

 private:
  const ServiceContext& context_;
  JoinServerDoors doors_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_js(const ServiceContext& context, JoinServerDoors doors) {
  return std::make_unique<Js>(context, std::move(doors));
}

std::vector<std::unique_ptr<grpc::Service>> make_join_server_services(
    const ServiceContext& context, const JoinServerDoors& doors) {
  std::vector<std::unique_ptr<grpc::Service>> out;
  for (auto* make : {make_js, make_ns_js, make_as_js, make_app_js, make_activation_settings,
                     make_network_crypto, make_application_crypto})
    out.push_back(make(context, doors));
  return out;
}

}  // namespace ff::api
