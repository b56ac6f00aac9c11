// DeviceRepository: descriptions of products, templates and payload formatters. For every caller
// that is known. [spec devices-repository-templates-qr §1.6]
#include "actors/device_repository/look_up.hpp"
#include "app/api/services/base/context.hpp"
#include "app/api/services/mapping/messages.hpp"
#include "app/api/services/mapping/values.hpp"
#include "app/api/services/services.hpp"
#include "protocol/api_json/api_json.hpp"
#include "protocol/device_repository/errors.hpp"
#include "ttn/lorawan/v3/devicerepository.grpc.pb.h"

namespace ff::api {
namespace {

using device_repository::Catalogue;
using device_repository::CatalogueQuery;
using device_repository::CodecFunction;
using device_repository::RepositoryView;

constexpr std::string_view role = "DEVICE_REPOSITORY";

/// What was asked for, and what every answer has.
Paths paths_with(const google::protobuf::FieldMask& mask,
                 std::initializer_list<const char*> always) {
  Paths paths(always.begin(), always.end());
  paths.insert(paths.end(), mask.paths().begin(), mask.paths().end());
  return paths;
}

template <class Message>
Result<Message> message_of(const std::string& json) {
  Message out;
  FF_CHECK(api_json::from_json(json, out));
  return out;
}

template <class Request>
CatalogueQuery query_of(const Request& request) {
  return {.brand_id = {},
          .search = request.search(),
          .order_by = request.order_by(),
          .limit = request.limit(),
          .page = request.page()};
}

class DeviceRepository final : public pb::DeviceRepository::CallbackService {
 public:
  DeviceRepository(const ServiceContext& context, Repository repository,
                   std::string assets_base_url)
      : context_(context),
        repository_(std::move(repository)),
        assets_(std::move(assets_base_url)) {}

  grpc::ServerUnaryReactor* ListBrands(grpc::CallbackServerContext* context,
                                       const pb::ListEndDeviceBrandsRequest* request,
                                       pb::ListEndDeviceBrandsResponse* response) override {
    return context_.front.unary({"ttn.lorawan.v3.DeviceRepository/ListBrands"}, context, request,
                                response,
                                [this, context](auto, const auto& list, const auto& reply) {
                                  look_up<Listed<pb::ListEndDeviceBrandsResponse>>(
                                      [this, list](const auto& view) { return brands(view, list); },
                                      with_total(*context, reply));
                                });
  }
  grpc::ServerUnaryReactor* GetBrand(grpc::CallbackServerContext* context,
                                     const pb::GetEndDeviceBrandRequest* request,
                                     pb::EndDeviceBrand* response) override {
    return context_.front.unary({"ttn.lorawan.v3.DeviceRepository/GetBrand"}, context, request,
                                response, [this](auto, const auto& get, const auto& reply) {
                                  look_up<pb::EndDeviceBrand>(
                                      [this, get](const auto& view) { return brand(view, get); },
                                      reply);
                                });
  }
  grpc::ServerUnaryReactor* ListModels(grpc::CallbackServerContext* context,
                                       const pb::ListEndDeviceModelsRequest* request,
                                       pb::ListEndDeviceModelsResponse* response) override {
    return context_.front.unary({"ttn.lorawan.v3.DeviceRepository/ListModels"}, context, request,
                                response,
                                [this, context](auto, const auto& list, const auto& reply) {
                                  look_up<Listed<pb::ListEndDeviceModelsResponse>>(
                                      [this, list](const auto& view) { return models(view, list); },
                                      with_total(*context, reply));
                                });
  }
  grpc::ServerUnaryReactor* GetModel(grpc::CallbackServerContext* context,
                                     const pb::GetEndDeviceModelRequest* request,
                                     pb::EndDeviceModel* response) override {
    return context_.front.unary({"ttn.lorawan.v3.DeviceRepository/GetModel"}, context, request,
                                response, [this](auto, const auto& get, const auto& reply) {
                                  look_up<pb::EndDeviceModel>(
                                      [this, get](const auto& view) { return model(view, get); },
                                      reply);
                                });
  }
  grpc::ServerUnaryReactor* GetTemplate(grpc::CallbackServerContext* context,
                                        const pb::GetTemplateRequest* request,
                                        pb::EndDeviceTemplate* response) override {
    return context_.front.unary({"ttn.lorawan.v3.DeviceRepository/GetTemplate"}, context, request,
                                response, [this](auto, const auto& get, const auto& reply) {
                                  look_up<pb::EndDeviceTemplate>(
                                      [get](const auto& view) { return template_of(view, get); },
                                      reply);
                                });
  }
  grpc::ServerUnaryReactor* GetUplinkDecoder(grpc::CallbackServerContext* context,
                                             const pb::GetPayloadFormatterRequest* request,
                                             pb::MessagePayloadDecoder* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.DeviceRepository/GetUplinkDecoder"}, context, request, response,
        [this](auto, const auto& get, const auto& reply) {
          formatter<pb::MessagePayloadDecoder>(get, CodecFunction::decode_uplink, reply);
        });
  }
  grpc::ServerUnaryReactor* GetDownlinkDecoder(grpc::CallbackServerContext* context,
                                               const pb::GetPayloadFormatterRequest* request,
                                               pb::MessagePayloadDecoder* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.DeviceRepository/GetDownlinkDecoder"}, context, request, response,
        [this](auto, const auto& get, const auto& reply) {
          formatter<pb::MessagePayloadDecoder>(get, CodecFunction::decode_downlink, reply);
        });
  }
  grpc::ServerUnaryReactor* GetDownlinkEncoder(grpc::CallbackServerContext* context,
                                               const pb::GetPayloadFormatterRequest* request,
                                               pb::MessagePayloadEncoder* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.DeviceRepository/GetDownlinkEncoder"}, context, request, response,
        [this](auto, const auto& get, const auto& reply) {
          formatter<pb::MessagePayloadEncoder>(get, CodecFunction::encode_downlink, reply);
        });
  }

 private:
  template <class Response>
  struct Listed {
    Response page;
    std::size_t total = 0;
  };

  /// `find` runs on the repository's thread, perhaps when the call is over.
  template <class Found, class Find>
  void look_up(Find find, actors::Reply<Found> answer) const {
    auto make = [&](actors::Reply<Found> then) {
      return device_repository::LookUpRepository{
          [find = std::move(find), then = std::move(then)](const Result<RepositoryView>& view) {
            then(view ? find(*view) : Result<Found>(fail(view.error())));
          }};
    };
    context_.asker.ask<Found>(repository_.get(), role, make, std::move(answer));
  }

  /// The call's context lives until its one answer.
  template <class Response>
  static actors::Reply<Listed<Response>> with_total(grpc::CallbackServerContext& context,
                                                    const Reply<Response>& reply) {
    return [&context, reply](Result<Listed<Response>> listed) {
      if (!listed) return reply(fail(listed.error()));
      context.AddInitialMetadata("x-total-count", std::to_string(listed->total));
      reply(std::move(listed->page));
    };
  }

  template <class Message, class Entry>
  Result<Message> shown(const Entry& entry, const Paths& paths) const {
    FF_TRY(auto message, message_of<Message>(device_repository::with_pictures(
                             entry.document, entry.brand_id, assets_)));
    return masked(std::move(message), paths);
  }

  Result<Listed<pb::ListEndDeviceBrandsResponse>> brands(
      const RepositoryView& view, const pb::ListEndDeviceBrandsRequest& request) const {
    const auto page = view.catalogue.brands(query_of(request));
    const auto paths = paths_with(request.field_mask(), {"brand_id"});
    Listed<pb::ListEndDeviceBrandsResponse> out{{}, page.total};
    for (const auto* brand : page.entries) {
      FF_TRY(*out.page.add_brands(), shown<pb::EndDeviceBrand>(*brand, paths));
    }
    return out;
  }

  Result<Listed<pb::ListEndDeviceModelsResponse>> models(
      const RepositoryView& view, const pb::ListEndDeviceModelsRequest& request) const {
    auto query = query_of(request);
    query.brand_id = request.brand_id();
    const auto page = view.catalogue.models(query);
    const auto paths = paths_with(request.field_mask(), {"brand_id", "model_id"});
    Listed<pb::ListEndDeviceModelsResponse> out{{}, page.total};
    for (const auto* model : page.entries) {
      FF_TRY(*out.page.add_models(), shown<pb::EndDeviceModel>(*model, paths));
    }
    return out;
  }

  Result<pb::EndDeviceBrand> brand(const RepositoryView& view,
                                   const pb::GetEndDeviceBrandRequest& request) const {
    const auto* found = view.catalogue.brand(request.brand_id());
    if (found == nullptr)
      return fail(device_repository::brand_not_found, {{"brand_id", request.brand_id()}});
    return shown<pb::EndDeviceBrand>(*found, paths_with(request.field_mask(), {"brand_id"}));
  }

  Result<pb::EndDeviceModel> model(const RepositoryView& view,
                                   const pb::GetEndDeviceModelRequest& request) const {
    const auto* found = view.catalogue.model(request.brand_id(), request.model_id());
    if (found == nullptr)
      return fail(device_repository::model_not_found,
                  {{"brand_id", request.brand_id()}, {"model_id", request.model_id()}});
    return shown<pb::EndDeviceModel>(*found,
                                     paths_with(request.field_mask(), {"brand_id", "model_id"}));
  }

  static Result<pb::EndDeviceTemplate> template_of(const RepositoryView& view,
                                                   const pb::GetTemplateRequest& request) {
    Result<std::string> json = fail(device_repository::no_template_identifiers);
    if (request.has_end_device_profile_ids()) {
      const auto& ids = request.end_device_profile_ids();
      json = device_repository::find_template(view, ids.vendor_id(), ids.vendor_profile_id());
    } else if (request.has_version_ids()) {
      json = device_repository::find_template(view, version_ids_of(request.version_ids()));
    }
    if (!json) return fail(json.error());
    return message_of<pb::EndDeviceTemplate>(*json);
  }

  template <class Message>
  void formatter(const pb::GetPayloadFormatterRequest& request, CodecFunction function,
                 const Reply<Message>& reply) const {
    look_up<Message>(
        [request, function](const RepositoryView& view) -> Result<Message> {
          FF_TRY(auto found, device_repository::find_script(
                                 view, version_ids_of(request.version_ids()), function));
          FF_TRY(auto out, message_of<Message>("{\"examples\":" + found.examples + "}"));
          out.set_formatter(pb::FORMATTER_JAVASCRIPT);
          out.set_formatter_parameter(std::move(found.script));
          out.set_codec_id(std::move(found.codec_id));
          return masked(
              std::move(out),
              paths_with(request.field_mask(), {"formatter", "formatter_parameter", "codec_id"}));
        },
        reply);
  }

  const ServiceContext& context_;
  Repository repository_;
  std::string assets_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_device_repository(const ServiceContext& context,
                                                      Repository repository,
                                                      std::string assets_base_url) {
  return std::make_unique<DeviceRepository>(context, std::move(repository),
                                            std::move(assets_base_url));
}

}  // namespace ff::api
