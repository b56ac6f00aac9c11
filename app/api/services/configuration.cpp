// Configuration: which bands and frequency plans this process knows. For everyone.
#include <algorithm>

#include "app/api/services/mapping/band.hpp"
#include "app/api/services/services.hpp"
#include "ttn/lorawan/v3/configuration_services.grpc.pb.h"

namespace ff::api {
namespace {

namespace pb = ttn::lorawan::v3;

constexpr ErrorDef band_not_found{"pkg/band", "band_not_found", Code::not_found,
                                  "band `{id}` version `{version}` not found"};

bool is_asked_for(const region::FrequencyPlan& plan, const pb::ListFrequencyPlansRequest& request) {
  if (request.base_frequency() != 0 && request.base_frequency() != plan.base_frequency_mhz)
    return false;
  if (!request.band_id().empty() && request.band_id() != plan.band_id) return false;
  return plan.for_gateways || !request.gateways_only();
}

pb::ListFrequencyPlansResponse list_plans(const region::FrequencyPlans& plans,
                                          const pb::ListFrequencyPlansRequest& request) {
  pb::ListFrequencyPlansResponse out;
  for (const auto& plan : plans.all()) {
    if (!is_asked_for(plan, request)) continue;
    auto& added = *out.add_frequency_plans();
    added.set_id(plan.id);
    added.set_base_id(plan.base_id);
    added.set_name(plan.name);
    added.set_base_frequency(plan.base_frequency_mhz);
    added.set_band_id(plan.band_id);
  }
  return out;
}

/// All bands, or the one that is named. `version`: the one that is asked for, if any.
Result<std::vector<std::string_view>> bands(const std::string& band_id,
                                            pb::PHYVersion version = pb::PHY_UNKNOWN) {
  const auto all = region::band_ids();
  if (band_id.empty()) return std::vector<std::string_view>(all.begin(), all.end());
  const auto found = std::ranges::find(all, band_id);
  if (found == all.end())
    return fail(band_not_found, {{"id", band_id}, {"version", pb::PHYVersion_Name(version)}});
  return std::vector<std::string_view>{*found};
}

Result<pb::GetPhyVersionsResponse> list_versions(const pb::GetPhyVersionsRequest& request) {
  FF_TRY(const auto wanted, bands(request.band_id()));
  pb::GetPhyVersionsResponse out;
  for (const auto band_id : wanted) {
    auto& added = *out.add_version_info();
    added.set_band_id(std::string(band_id));
    for (const auto& region : region::revisions(band_id))
      added.add_phy_versions(static_cast<pb::PHYVersion>(region.phy_version));
  }
  return out;
}

/// Revisions by their names; bands without the wanted one are left out.
Result<pb::ListBandsResponse> list_bands(const pb::ListBandsRequest& request) {
  FF_TRY(const auto wanted, bands(request.band_id(), request.phy_version()));
  pb::ListBandsResponse out;
  for (const auto band_id : wanted) {
    for (const auto& region : region::revisions(band_id)) {
      const auto version = static_cast<pb::PHYVersion>(region.phy_version);
      if (request.phy_version() != pb::PHY_UNKNOWN && request.phy_version() != version) continue;
      auto& band = *(*out.mutable_descriptions())[std::string(band_id)].mutable_band();
      put_band(region, band[pb::PHYVersion_Name(version)]);
    }
  }
  return out;
}

class Configuration final : public pb::Configuration::CallbackService {
 public:
  Configuration(const ServiceContext& context, Plans plans)
      : context_(context), plans_(std::move(plans)) {}

  grpc::ServerUnaryReactor* ListFrequencyPlans(grpc::CallbackServerContext* context,
                                               const pb::ListFrequencyPlansRequest* request,
                                               pb::ListFrequencyPlansResponse* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.Configuration/ListFrequencyPlans", Access::open}, context, request,
        response,
        [this](auto, const auto& list, const auto& reply) { reply(list_plans(*plans_, list)); });
  }
  grpc::ServerUnaryReactor* GetPhyVersions(grpc::CallbackServerContext* context,
                                           const pb::GetPhyVersionsRequest* request,
                                           pb::GetPhyVersionsResponse* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.Configuration/GetPhyVersions", Access::open}, context, request, response,
        [](auto, const auto& get, const auto& reply) { reply(list_versions(get)); });
  }
  grpc::ServerUnaryReactor* ListBands(grpc::CallbackServerContext* context,
                                      const pb::ListBandsRequest* request,
                                      pb::ListBandsResponse* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.Configuration/ListBands", Access::open}, context, request, response,
        [](auto, const auto& list, const auto& reply) { reply(list_bands(list)); });
  }

 private:
  const ServiceContext& context_;
  Plans plans_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_configuration(const ServiceContext& context, Plans plans) {
  return std::make_unique<Configuration>(context, std::move(plans));
}

}  // namespace ff::api
