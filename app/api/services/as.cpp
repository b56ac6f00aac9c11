// As: how the application server is set up, and what is set for all devices of an application.
#include <caf/send.hpp>

#include "app/api/services/audit/told.hpp"
#include "app/api/services/base/context.hpp"
#include "app/api/services/formatter_vector_runs.hpp"
#include "app/api/services/mapping/formatter_vector.hpp"
#include "app/api/services/mapping/link.hpp"
#include "app/api/services/mapping/values.hpp"
#include "app/api/services/services.hpp"
#include "ttn/lorawan/v3/applicationserver.grpc.pb.h"

namespace ff::api {
namespace {

using application_server::LinkPtr;
using google::protobuf::Empty;
using Providers = pb::AsConfiguration::PubSub::Providers;

constexpr std::string_view role = "APPLICATION_SERVER";
constexpr ErrorDef linking_not_implemented{"pkg/applicationserver", "linking_not_implemented",
                                           Code::unimplemented, "linking is not implemented"};

class As final : public pb::As::CallbackService {
 public:
  As(const ServiceContext& context, AsDoors doors, AsLimits limits, FormatterVectorRuns vectors)
      : context_(context),
        links_(std::move(doors.links)),
        packages_(std::move(doors.packages)),
        limits_(std::move(limits)),
        vectors_(std::move(vectors)) {}

  grpc::ServerUnaryReactor* GetConfiguration(grpc::CallbackServerContext* context,
                                             const pb::GetAsConfigurationRequest* request,
                                             pb::GetAsConfigurationResponse* response) override {
    return context_.front.unary({"ttn.lorawan.v3.As/GetConfiguration", Access::open}, context,
                                request, response, [this](auto, const auto&, const auto& reply) {
                                  pb::GetAsConfigurationResponse out;
                                  fill(*out.mutable_configuration());
                                  reply(std::move(out));
                                });
  }
  grpc::ServerUnaryReactor* GetLink(grpc::CallbackServerContext* context,
                                    const pb::GetApplicationLinkRequest* request,
                                    pb::ApplicationLink* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.As/GetLink"}, context, request, response,
        [this](auto call, const auto& get, const auto& reply) { this->get(call, get, reply); });
  }
  grpc::ServerUnaryReactor* SetLink(grpc::CallbackServerContext* context,
                                    const pb::SetApplicationLinkRequest* request,
                                    pb::ApplicationLink* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.As/SetLink"}, context, request, response,
        [this](auto call, const auto& set, const auto& reply) { this->set(call, set, reply); });
  }
  grpc::ServerUnaryReactor* DeleteLink(grpc::CallbackServerContext* context,
                                       const pb::ApplicationIdentifiers* request,
                                       Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.As/DeleteLink"}, context, request, response,
        [this](auto call, const auto& ids, const auto& reply) { this->erase(call, ids, reply); });
  }
  /// Applications are not linked; the reference says so too. [spec application-server §2]
  grpc::ServerUnaryReactor* GetLinkStats(grpc::CallbackServerContext* context,
                                         const pb::ApplicationIdentifiers* request,
                                         pb::ApplicationLinkStats* response) override {
    return context_.front.unary({"ttn.lorawan.v3.As/GetLinkStats"}, context, request, response,
                                [this](auto call, const auto& ids, const auto& reply) {
                                  context_.authorized(
                                      call, application_key(ids.application_id()), {}, reply,
                                      [reply] { reply(fail(linking_not_implemented)); });
                                });
  }

 private:
  using CallPtr = std::shared_ptr<const Call>;
  using LinkReply = Reply<pb::ApplicationLink>;
  using LinkChange = std::function<Result<application_server::LinkSettings>(
      const application_server::LinkSettings* current)>;

  void get(const CallPtr& call, const pb::GetApplicationLinkRequest& request,
           const LinkReply& reply) const {
    const ApplicationId id(request.application_ids().application_id());
    context_.authorized(call, application_key(id.text()), {}, reply, [=, this, &request] {
      auto make = [&](actors::Reply<LinkPtr> then) {
        return application_server::GetLink{id, std::move(then)};
      };
      context_.asker.ask<LinkPtr>(links_.get(), role, make, answer(request.field_mask(), reply));
    });
  }

  void set(const CallPtr& call, const pb::SetApplicationLinkRequest& request,
           const LinkReply& reply) const {
    const ApplicationId id(request.application_ids().application_id());
    context_.authorized(call, application_key(id.text()), {}, reply, [=, this, &request] {
      auto decide = [link = request.link(), paths = paths_of(request.field_mask()),
                     max =
                         limits_.script_size_max](const application_server::LinkSettings* current) {
        return change_link(current, link, paths, max);
      };
      const LinkChange change = told<application_server::LinkSettings>(
          call, audit_name(id) + "/link", show, std::move(decide));
      const auto then = answer(request.field_mask(), reply);
      if (!touches(request.field_mask(), "default_formatters")) return store(id, change, then);
      auto make = [id](actors::Reply<LinkPtr> found) {
        return application_server::GetLink{id, std::move(found)};
      };
      context_.asker.ask<LinkPtr>(links_.get(), role, make, [=, this](const Result<LinkPtr>& link) {
        check_and_store(id, link ? *link : nullptr, change, then);
      });
    });
  }

  /// The formatters that are to be pass the vectors that are there, or nothing is changed.
  void check_and_store(const ApplicationId& id, const LinkPtr& current, LinkChange change,
                       const actors::Reply<LinkPtr>& then) const {
    const auto vectors = current ? current->settings.formatter_vectors : std::nullopt;
    const auto next = change(current ? &current->settings : nullptr);
    if (!next) return then(fail(next.error()));
    FormatterVectorRuns::Job job{vectors_of(vectors), to_proto(*next).default_formatters(), {}, {}};
    job.ids.mutable_application_ids()->set_application_id(id.text());
    vectors_.check(job, [=, this, change = std::move(change)](const Status& status) {
      if (!status) return then(fail(status.error()));
      store(
          id,
          [vectors, change](const application_server::LinkSettings* now)
              -> Result<application_server::LinkSettings> {
            if ((now ? now->formatter_vectors : std::nullopt) != vectors)
              return fail(vectors_have_changed);
            return change(now);
          },
          then);
    });
  }

  void store(const ApplicationId& id, LinkChange change, const actors::Reply<LinkPtr>& then) const {
    auto make = [&](actors::Reply<LinkPtr> done) {
      return application_server::SetLink{id, std::move(change), std::move(done)};
    };
    context_.asker.ask<LinkPtr>(links_.get(), role, make, then);
  }

  void erase(const CallPtr& call, const pb::ApplicationIdentifiers& ids,
             const Reply<Empty>& reply) const {
    const ApplicationId id(ids.application_id());
    context_.authorized(call, application_key(id.text()), {}, reply, [=, this] {
      if (!call->trail) return erase(id, reply);
      auto make = [&](actors::Reply<LinkPtr> then) {
        return application_server::GetLink{id, std::move(then)};
      };
      context_.asker.ask<LinkPtr>(links_.get(), role, make, [=, this](const Result<LinkPtr>& link) {
        if (link) tell_deletion(*call, audit_name(id) + "/link", (*link)->settings, show);
        erase(id, reply);
      });
    });
  }

  void erase(const ApplicationId& id, const Reply<Empty>& reply) const {
    auto make = [&](actors::Reply<void> then) {
      return application_server::DeleteLink{id, std::move(then)};
    };
    context_.asker.ask<void>(links_.get(), role, make, [=, this](const Status& status) {
      if (!status) return reply(fail(status.error()));
      // With the link go the packages of all devices. [spec application-server §2]
      if (const auto packages = packages_.get())
        caf::anon_send(packages, application_server::packages::ForgetDefaults{id});
      reply(Empty());
    });
  }

  static pb::ApplicationLink show(const application_server::LinkSettings& settings) {
    return to_proto(settings);
  }

  static actors::Reply<LinkPtr> answer(const google::protobuf::FieldMask& mask,
                                       const LinkReply& reply) {
    return [paths = paths_of(mask), reply](const Result<LinkPtr>& link) {
      if (!link) return reply(fail(link.error()));
      reply(masked(to_proto((*link)->settings), paths));
    };
  }

  void fill(pb::AsConfiguration& out) const {
    auto& providers = *out.mutable_pubsub()->mutable_providers();
    providers.set_mqtt(status_of(application_server::pubsub::Provider::mqtt));
    providers.set_nats(status_of(application_server::pubsub::Provider::nats));
    auto& webhooks = *out.mutable_webhooks();
    webhooks.set_unhealthy_attempts_threshold(
        static_cast<std::int64_t>(limits_.webhook_health.attempts));
    put_duration(limits_.webhook_health.retry_interval,
                 *webhooks.mutable_unhealthy_retry_interval());
  }

  Providers::Status status_of(application_server::pubsub::Provider provider) const {
    if (limits_.pubsub_providers.disabled.contains(provider)) return Providers::DISABLED;
    return limits_.pubsub_providers.discouraged.contains(provider) ? Providers::WARNING
                                                                   : Providers::ENABLED;
  }

  const ServiceContext& context_;
  LinkSettings links_;
  Packages packages_;
  AsLimits limits_;
  FormatterVectorRuns vectors_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_as(const ServiceContext& context, AsDoors doors,
                                       AsLimits limits, const FormatterCalls& calls) {
  return std::make_unique<As>(context, std::move(doors), std::move(limits),
                              FormatterVectorRuns(calls));
}

}  // namespace ff::api
