// ApplicationPubSubRegistry: pub/sub integrations of applications. [spec integrations §3.1]
#include "app/api/services/audit/told.hpp"
#include "app/api/services/identity/entity_registry.hpp"
#include "app/api/services/mapping/pubsub.hpp"
#include "app/api/services/pubsub.hpp"
#include "ttn/lorawan/v3/applicationserver_pubsub.grpc.pb.h"

namespace ff::api {
namespace {

using namespace application_server::pubsub;
using google::protobuf::Empty;

constexpr std::string_view role = "APPLICATION_SERVER";

/// Without a mask everything is meant that can be set.
Paths set_paths(const pb::SetApplicationPubSubRequest& request) {
  if (request.field_mask().paths_size() > 0) return change_paths(request.field_mask());
  return {"provider",        "format",
          "base_topic",      "downlink_push",
          "uplink_message",  "uplink_normalized",
          "join_accept",     "downlink_replace",
          "downlink_ack",    "downlink_nack",
          "downlink_sent",   "downlink_failed",
          "downlink_queued", "location_solved",
          "service_data",    "downlink_queue_invalidated"};
}

class PubSubRegistry final : public pb::ApplicationPubSubRegistry::CallbackService {
 public:
  PubSubRegistry(const ServiceContext& context, PubSubs registry, PubSubProviders providers)
      : context_(context), registry_(std::move(registry)), providers_(std::move(providers)) {}

  grpc::ServerUnaryReactor* GetFormats(grpc::CallbackServerContext* context, const Empty* request,
                                       pb::ApplicationPubSubFormats* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationPubSubRegistry/GetFormats", Access::open}, context, request,
        response, [](auto, const Empty&, const auto& reply) {
          pb::ApplicationPubSubFormats out;
          (*out.mutable_formats())["json"] = "JSON";
          (*out.mutable_formats())["protobuf"] = "Protocol Buffers";
          reply(std::move(out));
        });
  }
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const pb::GetApplicationPubSubRequest* request,
                                pb::ApplicationPubSub* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationPubSubRegistry/Get"}, context, request,
                                response,
                                [this, context](auto call, const auto& get, const auto& reply) {
                                  run(call, *context, get, reply);
                                });
  }
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const pb::ListApplicationPubSubsRequest* request,
                                 pb::ApplicationPubSubs* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationPubSubRegistry/List"}, context, request,
                                response,
                                [this, context](auto call, const auto& list, const auto& reply) {
                                  run(call, *context, list, reply);
                                });
  }
  grpc::ServerUnaryReactor* Set(grpc::CallbackServerContext* context,
                                const pb::SetApplicationPubSubRequest* request,
                                pb::ApplicationPubSub* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationPubSubRegistry/Set"}, context, request,
                                response,
                                [this, context](auto call, const auto& set, const auto& reply) {
                                  run(call, *context, set, reply);
                                });
  }
  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::ApplicationPubSubIdentifiers* request,
                                   Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationPubSubRegistry/Delete"}, context, request, response,
        [this](auto call, const auto& ids, const auto& reply) { run(call, ids, reply); });
  }

 private:
  using CallPtr = std::shared_ptr<const Call>;
  using ServerContext = grpc::CallbackServerContext;

  void run(const CallPtr& call, ServerContext& context,
           const pb::GetApplicationPubSubRequest& request,
           const Reply<pb::ApplicationPubSub>& reply) const {
    const auto key = pubsub_key(request.ids());
    const auto paths = answer_paths(request.field_mask());
    authorized(call, key, reply, [=, this, &context] {
      auto make = [&](actors::Reply<PubSubPtr> then) { return GetPubSub{key, std::move(then)}; };
      context_.asker.ask<PubSubPtr>(registry_.get(), role, make,
                                    answer(context, key, paths, reply));
    });
  }

  void run(const CallPtr& call, ServerContext& context,
           const pb::ListApplicationPubSubsRequest& request,
           const Reply<pb::ApplicationPubSubs>& reply) const {
    const PubSubKey all{ApplicationId(request.application_ids().application_id()), {}};
    authorized(call, all, reply, [=, this, &context, paths = answer_paths(request.field_mask())] {
      auto make = [&](actors::Reply<PubSubList> then) {
        return ListPubSubs{all.application_id, std::move(then)};
      };
      auto found = [=, this, &context](const Result<PubSubList>& list) {
        if (!list) return reply(fail(list.error()));
        pb::ApplicationPubSubs out;
        PubSubProviders::Providers used;
        for (const auto& [key, pubsub] : *list) {
          *out.add_pubsubs() = masked(to_proto(key, *pubsub), paths);
          used.insert(pubsub->provider);
        }
        for (const auto provider : used) warn(context, provider);
        set_total(context, list->size());
        reply(std::move(out));
      };
      context_.asker.ask<PubSubList>(registry_.get(), role, make, found);
    });
  }

  void run(const CallPtr& call, ServerContext& context,
           const pb::SetApplicationPubSubRequest& request,
           const Reply<pb::ApplicationPubSub>& reply) const {
    const auto key = pubsub_key(request.pubsub().ids());
    const auto paths = set_paths(request);
    authorized(call, key, reply, [=, this, &context, requested = request.pubsub()] {
      auto change = told<PubSub>(call, audit_name(key), show_of(key), [=](const PubSub* current) {
        return changed_pubsub(key, current, requested, paths);
      });
      auto make = [&](actors::Reply<PubSubPtr> then) {
        return SetPubSub{key, change, std::move(then)};
      };
      auto shown = paths;
      for (const auto* path : {"ids", "created_at", "updated_at"}) shown.emplace_back(path);
      context_.asker.ask<PubSubPtr>(registry_.get(), role, make,
                                    answer(context, key, shown, reply));
    });
  }

  void run(const CallPtr& call, const pb::ApplicationPubSubIdentifiers& ids,
           const Reply<Empty>& reply) const {
    const auto key = pubsub_key(ids);
    authorized(call, key, reply, [=, this] {
      if (!call->trail) return erase(key, reply);
      auto make = [&](actors::Reply<PubSubPtr> then) { return GetPubSub{key, std::move(then)}; };
      auto found = [=, this](const Result<PubSubPtr>& pubsub) {
        if (pubsub) tell_deletion(*call, audit_name(key), **pubsub, show_of(key));
        erase(key, reply);
      };
      context_.asker.ask<PubSubPtr>(registry_.get(), role, make, found);
    });
  }

  void erase(const PubSubKey& key, const Reply<Empty>& reply) const {
    auto make = [&](actors::Reply<void> then) { return DeletePubSub{key, std::move(then)}; };
    context_.asker.ask<void>(registry_.get(), role, make, [reply](const Status& status) {
      if (!status) return reply(fail(status.error()));
      reply(Empty());
    });
  }

  static std::string audit_name(const PubSubKey& key) {
    return api::audit_name(key.application_id) + "/pubsub:" + key.pubsub_id;
  }
  static std::function<pb::ApplicationPubSub(const PubSub&)> show_of(const PubSubKey& key) {
    return [key](const PubSub& pubsub) { return to_proto(key, pubsub); };
  }

  actors::Reply<PubSubPtr> answer(ServerContext& context, const PubSubKey& key, const Paths& paths,
                                  const Reply<pb::ApplicationPubSub>& reply) const {
    return [=, this, &context](const Result<PubSubPtr>& pubsub) {
      if (!pubsub) return reply(fail(pubsub.error()));
      warn(context, (*pubsub)->provider);
      reply(masked(to_proto(key, **pubsub), paths));
    };
  }

  /// Adds X-Warning to the answer if the operator does not like the provider. [spec integrations
  /// §3.3]
  void warn(ServerContext& context, Provider provider) const {
    if (!providers_.discouraged.contains(provider)) return;
    context.AddInitialMetadata("warning", "The " + std::string(name_of(provider)) +
                                              " provider is deprecated and will be removed");
  }

  template <class Response>
  void authorized(const CallPtr& call, const PubSubKey& key, const Reply<Response>& reply,
                  std::function<void()> then) const {
    context_.authorized(call, application_key(key.application_id.text()), {}, reply,
                        std::move(then));
  }

  const ServiceContext& context_;
  PubSubs registry_;
  PubSubProviders providers_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_pubsub_registry(const ServiceContext& context, PubSubs registry,
                                                    PubSubProviders providers) {
  return std::make_unique<PubSubRegistry>(context, std::move(registry), std::move(providers));
}

}  // namespace ff::api
