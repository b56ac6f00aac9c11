// farfield.v1.AsFormatterVectors: test vectors of formatters, kept with what they are for: the
// application's link, or the device.
#include "actors/application_server/pipeline/device.hpp"
#include "actors/application_server/pipeline/errors.hpp"
#include "app/api/services/base/context.hpp"
#include "app/api/services/formatter_vector_runs.hpp"
#include "app/api/services/mapping/as_device.hpp"
#include "app/api/services/mapping/formatter_vector.hpp"
#include "app/api/services/mapping/link.hpp"
#include "app/api/services/mapping/values.hpp"
#include "app/api/services/services.hpp"
#include "farfield/v1/formatter_vectors.grpc.pb.h"

namespace ff::api {
namespace {

using application_server::AppDevice;
using application_server::LinkPtr;
using farfield::v1::FormatterVectorResults;
using farfield::v1::FormatterVectors;
using farfield::v1::GetFormatterVectorsRequest;
using farfield::v1::SetFormatterVectorsRequest;
using google::protobuf::Empty;
using DevicePtr = std::shared_ptr<const AppDevice>;
using Job = FormatterVectorRuns::Job;

constexpr std::string_view role = "APPLICATION_SERVER";

/// Whose vectors: an application's, or those of one of its devices.
struct Owner {
  ApplicationId application_id;
  std::optional<DeviceUid> device;
};

template <class Request>
Owner owner_of(const Request& request) {
  if (!request.has_end_device_ids())
    return {ApplicationId(request.application_ids().application_id()), {}};
  const auto uid = uid_of(request.end_device_ids());
  return {uid.application_id, uid};
}

Job job_of(const Owner& owner, const LinkPtr& link) {
  Job job;
  job.ids.mutable_application_ids()->set_application_id(owner.application_id.text());
  if (!link) return job;
  job.vectors = vectors_of(link->settings.formatter_vectors);
  job.formatters = to_proto(link->settings).default_formatters();
  return job;
}

Job job_of(const AppDevice& device) {
  const auto shown = to_proto(device);
  return {vectors_of(device.formatter_vectors), shown.formatters(), shown.ids(),
          shown.version_ids()};
}

class AsFormatterVectors final : public farfield::v1::AsFormatterVectors::CallbackService {
 public:
  AsFormatterVectors(const ServiceContext& context, ApplicationServers shards, LinkSettings links,
                     const FormatterCalls& calls)
      : context_(context), shards_(std::move(shards)), links_(std::move(links)), runs_(calls) {}

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const GetFormatterVectorsRequest* request,
                                FormatterVectors* response) override {
    return context_.front.unary({"farfield.v1.AsFormatterVectors/Get"}, context, request, response,
                                [this](auto call, const auto& get, const auto& reply) {
                                  const auto owner = owner_of(get);
                                  permitted(call, owner, false, reply, [=, this] {
                                    find(owner, reply,
                                         [reply](const Job& job) { reply(job.vectors); });
                                  });
                                });
  }
  grpc::ServerUnaryReactor* Set(grpc::CallbackServerContext* context,
                                const SetFormatterVectorsRequest* request,
                                Empty* response) override {
    return context_.front.unary({"farfield.v1.AsFormatterVectors/Set"}, context, request, response,
                                [this](auto call, const auto& set, const auto& reply) {
                                  const auto owner = owner_of(set);
                                  FormatterVectors vectors;
                                  *vectors.mutable_vectors() = set.vectors();
                                  permitted(call, owner, true, reply,
                                            [=, this, skip_run = set.skip_run()] {
                                              this->set(owner, vectors, skip_run, reply);
                                            });
                                });
  }
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context,
                                const GetFormatterVectorsRequest* request,
                                FormatterVectorResults* response) override {
    return context_.front.unary({"farfield.v1.AsFormatterVectors/Run"}, context, request, response,
                                [this](auto call, const auto& get, const auto& reply) {
                                  const auto owner = owner_of(get);
                                  permitted(call, owner, false, reply, [=, this] {
                                    find(owner, reply, [=, this](const Job& job) {
                                      runs_.run(job, [reply](FormatterVectorResults results) {
                                        reply(std::move(results));
                                      });
                                    });
                                  });
                                });
  }

 private:
  using CallPtr = std::shared_ptr<const Call>;

  template <class Response>
  void permitted(const CallPtr& call, const Owner& owner, bool writes, const Reply<Response>& reply,
                 std::function<void()> then) const {
    const auto right = !owner.device ? pb::RIGHT_APPLICATION_SETTINGS_BASIC
                       : writes      ? pb::RIGHT_APPLICATION_DEVICES_WRITE
                                     : pb::RIGHT_APPLICATION_DEVICES_READ;
    context_.permitted(call, application_key(owner.application_id.text()), {right}, reply,
                       std::move(then));
  }

  /// What is stored; an application without a link has nothing.
  template <class Response>
  void find(const Owner& owner, const Reply<Response>& reply,
            std::function<void(const Job&)> then) const {
    if (owner.device) {
      auto make = [&](actors::Reply<DevicePtr> found) {
        return application_server::GetAppDevice{*owner.device, std::move(found)};
      };
      return context_.asker.ask<DevicePtr>(shards_.of(*owner.device), role, make,
                                           [=](const Result<DevicePtr>& device) {
                                             if (!device) return reply(fail(device.error()));
                                             then(job_of(**device));
                                           });
    }
    auto make = [&](actors::Reply<LinkPtr> found) {
      return application_server::GetLink{owner.application_id, std::move(found)};
    };
    context_.asker.ask<LinkPtr>(links_.get(), role, make, [=](const Result<LinkPtr>& link) {
      if (!link && !link.error().is(application_server::link_not_found))
        return reply(fail(link.error()));
      then(job_of(owner, link ? *link : nullptr));
    });
  }

  void set(const Owner& owner, const FormatterVectors& vectors, bool skip_run,
           const Reply<Empty>& reply) const {
    if (auto status = check_vectors(vectors); !status) return reply(fail(status.error()));
    if (skip_run) return store(owner, vectors, reply);
    find(owner, reply, [=, this](Job job) {
      job.vectors = vectors;
      runs_.check(job, [=, this](const Status& status) {
        if (!status) return reply(fail(status.error()));
        store(owner, vectors, reply);
      });
    });
  }

  void store(const Owner& owner, const FormatterVectors& vectors, const Reply<Empty>& reply) const {
    const auto answer = [reply](const auto& stored) {
      if (!stored) return reply(fail(stored.error()));
      reply(Empty());
    };
    const auto stored = stored_vectors(vectors);
    if (!owner.device) {
      auto make = [&](actors::Reply<LinkPtr> done) {
        application_server::SetLink ask{owner.application_id, {}, std::move(done)};
        ask.change = [stored](const application_server::LinkSettings* current)
            -> Result<application_server::LinkSettings> {
          auto next = current ? *current : application_server::LinkSettings();
          next.formatter_vectors = stored;
          return next;
        };
        return ask;
      };
      return context_.asker.ask<LinkPtr>(links_.get(), role, make, answer);
    }
    auto make = [&](actors::Reply<DevicePtr> done) {
      application_server::ChangeAppDevice ask{
          *owner.device, {}, std::move(done), {"formatter_vectors"}};
      ask.change = [stored, uid = *owner.device](const AppDevice* current) -> Result<AppDevice> {
        if (current == nullptr)
          return fail(application_server::device_not_found, {{"device_uid", to_string(uid)}});
        auto next = *current;
        next.formatter_vectors = stored;
        return next;
      };
      return ask;
    };
    context_.asker.ask<DevicePtr>(shards_.of(*owner.device), role, make, answer);
  }

  const ServiceContext& context_;
  ApplicationServers shards_;
  LinkSettings links_;
  FormatterVectorRuns runs_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_formatter_vectors(const ServiceContext& context,
                                                      ApplicationServers shards, LinkSettings links,
                                                      const FormatterCalls& calls) {
  return std::make_unique<AsFormatterVectors>(context, std::move(shards), std::move(links), calls);
}

}  // namespace ff::api
