// Ns: what clients ask of the network itself before they make a device. For everyone.
#include "actors/network_server/session/errors.hpp"
#include "app/api/services/mapping/mac_settings.hpp"
#include "app/api/services/mapping/values.hpp"
#include "app/api/services/services.hpp"
#include "protocol/mac/default_settings.hpp"
#include "protocol/types/dev_addr_allocation.hpp"
#include "ttn/lorawan/v3/networkserver.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;

/// ON-WIRE: address and length, as the reference packs a prefix.
std::string packed(const DevAddrPrefix& prefix) {
  auto field = to_field(prefix.dev_addr);
  field.push_back(static_cast<char>(prefix.length));
  return field;
}

Result<pb::MACSettings> default_mac_settings(const NetworkInfo& network,
                                             const pb::GetDefaultMACSettingsRequest& request) {
  const auto& plan_id = request.frequency_plan_id();
  const auto* plan = network.plans->find(plan_id);
  if (plan == nullptr) return fail(network_server::unknown_frequency_plan, {{"id", plan_id}});
  const auto version = static_cast<PhyVersion>(request.lorawan_phy_version());
  const auto* region = region::find(plan->band_id, version);
  if (region == nullptr) return fail(network_server::no_band(plan->band_id, version));
  FF_TRY(const auto settings,
         mac::default_settings(*region, *plan, network.config->default_mac_settings));
  pb::MACSettings out;
  put_mac_settings(settings, out);
  return out;
}

class Ns final : public pb::Ns::CallbackService {
 public:
  Ns(const ServiceContext& context, NetworkInfo network, MakeRandom make_random)
      : context_(context), network_(std::move(network)), make_random_(std::move(make_random)) {}

  grpc::ServerUnaryReactor* GenerateDevAddr(grpc::CallbackServerContext* context,
                                            const Empty* request,
                                            pb::GenerateDevAddrResponse* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.Ns/GenerateDevAddr", Access::open}, context, request, response,
        [this](auto, const auto&, const auto& reply) {
          pb::GenerateDevAddrResponse out;
          const auto random = make_random_();
          out.set_dev_addr(to_field(draw_dev_addr(addresses().common(), *random)));
          reply(std::move(out));
        });
  }
  grpc::ServerUnaryReactor* GetDefaultMACSettings(grpc::CallbackServerContext* context,
                                                  const pb::GetDefaultMACSettingsRequest* request,
                                                  pb::MACSettings* response) override {
    return context_.front.unary({"ttn.lorawan.v3.Ns/GetDefaultMACSettings", Access::open}, context,
                                request, response,
                                [this](auto, const auto& get, const auto& reply) {
                                  reply(default_mac_settings(network_, get));
                                });
  }
  grpc::ServerUnaryReactor* GetNetID(grpc::CallbackServerContext* context, const Empty* request,
                                     pb::GetNetIDResponse* response) override {
    return context_.front.unary({"ttn.lorawan.v3.Ns/GetNetID", Access::open}, context, request,
                                response, [this](auto, const auto&, const auto& reply) {
                                  pb::GetNetIDResponse out;
                                  out.set_net_id(api::to_field(network_.config->net_id));
                                  reply(std::move(out));
                                });
  }
  grpc::ServerUnaryReactor* GetDeviceAddressPrefixes(
      grpc::CallbackServerContext* context, const Empty* request,
      pb::GetDeviceAdressPrefixesResponse* response) override {
    return context_.front.unary({"ttn.lorawan.v3.Ns/GetDeviceAddressPrefixes", Access::open},
                                context, request, response,
                                [this](auto, const auto&, const auto& reply) {
                                  pb::GetDeviceAdressPrefixesResponse out;
                                  for (const auto& prefix : addresses().network())
                                    out.add_dev_addr_prefixes(packed(prefix));
                                  reply(std::move(out));
                                });
  }

 private:
  const DevAddrPlan& addresses() const { return network_.config->addresses; }

  const ServiceContext& context_;
  NetworkInfo network_;
  MakeRandom make_random_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_ns(const ServiceContext& context, NetworkInfo network,
                                       MakeRandom make_random) {
  return std::make_unique<Ns>(context, std::move(network), std::move(make_random));
}

}  // namespace ff::api
