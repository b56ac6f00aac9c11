#include "app/api/services/up_messages.hpp"

#include "app/api/services/base/context.hpp"
#include "app/api/services/mapping/values.hpp"
#include "app/api/services/up_subscription.hpp"
#include "farfield/v1/application_server.grpc.pb.h"

namespace ff::api {
namespace {

class AsMessages final : public farfield::v1::AsMessages::CallbackService {
 public:
  AsMessages(const ServiceContext& context, UpDoors doors)
      : context_(context), doors_(std::move(doors)) {}

  grpc::ServerWriteReactor<pb::ApplicationUp>* Subscribe(
      grpc::CallbackServerContext* context, const pb::ApplicationIdentifiers* request) override {
    return context_.front.stream<pb::ApplicationUp>(
        {"farfield.v1.AsMessages/Subscribe"}, context, request,
        [this](const auto& call, const auto& ids, const auto& stream) {
          subscribe_to_ups(context_, doors_, call, ApplicationId(ids.application_id()), stream);
        });
  }

 private:
  const ServiceContext& context_;
  UpDoors doors_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_up_messages(const ServiceContext& context, UpDoors doors) {
  return std::make_unique<AsMessages>(context, std::move(doors));
}

}  // namespace ff::api
