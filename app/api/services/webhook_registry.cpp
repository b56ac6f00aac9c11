// ApplicationWebhookRegistry: webhooks of applications and the templates for them.
#include <algorithm>

#include "actors/application_server/integration/webhook/errors.hpp"
#include "app/api/services/audit/told.hpp"
#include "app/api/services/base/context.hpp"
#include "app/api/services/identity/entity_registry.hpp"
#include "app/api/services/mapping/webhook.hpp"
#include "app/api/services/services.hpp"
#include "ttn/lorawan/v3/applicationserver_web.grpc.pb.h"

namespace ff::api {
namespace {

using namespace application_server::webhook;
using google::protobuf::Empty;

constexpr std::string_view role = "APPLICATION_SERVER";
using Listed = std::vector<std::pair<WebhookKey, WebhookView>>;

/// Without a mask everything is meant that can be set.
Paths set_paths(const pb::SetApplicationWebhookRequest& request) {
  if (request.field_mask().paths_size() > 0) return change_paths(request.field_mask());
  return {"base_url",        "headers",          "format",         "template_ids",
          "template_fields", "downlink_api_key", "uplink_message", "uplink_normalized",
          "join_accept",     "downlink_ack",     "downlink_nack",  "downlink_sent",
          "downlink_failed", "downlink_queued",  "service_data",   "downlink_queue_invalidated",
          "location_solved", "field_mask",       "paused"};
}

class WebhookRegistry final : public pb::ApplicationWebhookRegistry::CallbackService {
 public:
  WebhookRegistry(const ServiceContext& context, Webhooks registry, WebhookTemplates templates)
      : context_(context), registry_(std::move(registry)), templates_(std::move(templates)) {}

  grpc::ServerUnaryReactor* GetFormats(grpc::CallbackServerContext* context, const Empty* request,
                                       pb::ApplicationWebhookFormats* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationWebhookRegistry/GetFormats", Access::open}, context, request,
        response, [](auto, const Empty&, const auto& reply) {
          pb::ApplicationWebhookFormats out;
          (*out.mutable_formats())["json"] = "JSON";
          (*out.mutable_formats())["protobuf"] = "Protocol Buffers";
          reply(std::move(out));
        });
  }
  grpc::ServerUnaryReactor* GetTemplate(grpc::CallbackServerContext* context,
                                        const pb::GetApplicationWebhookTemplateRequest* request,
                                        pb::ApplicationWebhookTemplate* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationWebhookRegistry/GetTemplate", Access::open}, context, request,
        response, [this](auto, const auto& get, const auto& reply) { run(get, reply); });
  }
  grpc::ServerUnaryReactor* ListTemplates(grpc::CallbackServerContext* context,
                                          const pb::ListApplicationWebhookTemplatesRequest* request,
                                          pb::ApplicationWebhookTemplates* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationWebhookRegistry/ListTemplates", Access::open}, context, request,
        response, [this](auto, const auto& list, const auto& reply) { run(list, reply); });
  }
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const pb::GetApplicationWebhookRequest* request,
                                pb::ApplicationWebhook* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationWebhookRegistry/Get"}, context, request, response,
        [this](auto call, const auto& get, const auto& reply) { run(call, get, reply); });
  }
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const pb::ListApplicationWebhooksRequest* request,
                                 pb::ApplicationWebhooks* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationWebhookRegistry/List"}, context,
                                request, response,
                                [this, context](auto call, const auto& list, const auto& reply) {
                                  run(call, *context, list, reply);
                                });
  }
  grpc::ServerUnaryReactor* Set(grpc::CallbackServerContext* context,
                                const pb::SetApplicationWebhookRequest* request,
                                pb::ApplicationWebhook* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationWebhookRegistry/Set"}, context, request, response,
        [this](auto call, const auto& set, const auto& reply) { run(call, set, reply); });
  }
  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::ApplicationWebhookIdentifiers* request,
                                   Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationWebhookRegistry/Delete"}, context, request, response,
        [this](auto call, const auto& ids, const auto& reply) { run(call, ids, reply); });
  }

 private:
  using CallPtr = std::shared_ptr<const Call>;

  void run(const pb::GetApplicationWebhookTemplateRequest& request,
           const Reply<pb::ApplicationWebhookTemplate>& reply) const {
    const auto& id = request.ids().template_id();
    const auto found = std::ranges::find(*templates_, id, &config::WebhookTemplate::id);
    if (found == templates_->end()) return reply(fail(template_not_found, {{"template_id", id}}));
    reply(masked(to_proto(*found), answer_paths_of_template(request.field_mask())));
  }

  void run(const pb::ListApplicationWebhookTemplatesRequest& request,
           const Reply<pb::ApplicationWebhookTemplates>& reply) const {
    pb::ApplicationWebhookTemplates out;
    const auto paths = answer_paths_of_template(request.field_mask());
    for (const auto& one : *templates_) *out.add_templates() = masked(to_proto(one), paths);
    reply(std::move(out));
  }

  void run(const CallPtr& call, const pb::GetApplicationWebhookRequest& request,
           const Reply<pb::ApplicationWebhook>& reply) const {
    const auto key = webhook_key(request.ids());
    authorized(call, key, reply, [=, this, paths = answer_paths(request.field_mask())] {
      auto make = [&](actors::Reply<WebhookView> then) { return GetWebhook{key, std::move(then)}; };
      context_.asker.ask<WebhookView>(registry_.get(), role, make, answer(key, paths, reply));
    });
  }

  void run(const CallPtr& call, grpc::CallbackServerContext& context,
           const pb::ListApplicationWebhooksRequest& request,
           const Reply<pb::ApplicationWebhooks>& reply) const {
    const WebhookKey all{ApplicationId(request.application_ids().application_id()), {}};
    authorized(call, all, reply, [=, this, &context, paths = answer_paths(request.field_mask())] {
      auto make = [&](actors::Reply<Listed> then) {
        return ListWebhooks{all.application_id, std::move(then)};
      };
      auto found = [=, &context](const Result<Listed>& list) {
        if (!list) return reply(fail(list.error()));
        pb::ApplicationWebhooks out;
        for (const auto& [key, view] : *list)
          *out.add_webhooks() = masked(to_proto(key, view), paths);
        set_total(context, list->size());
        reply(std::move(out));
      };
      context_.asker.ask<Listed>(registry_.get(), role, make, found);
    });
  }

  void run(const CallPtr& call, const pb::SetApplicationWebhookRequest& request,
           const Reply<pb::ApplicationWebhook>& reply) const {
    const auto key = webhook_key(request.webhook().ids());
    const auto paths = set_paths(request);
    authorized(call, key, reply, [=, this, requested = request.webhook()] {
      auto change = told<Webhook>(call, audit_name(key), show_of(key), [=](const Webhook* current) {
        return changed_webhook(key, current, requested, paths);
      });
      auto make = [&](actors::Reply<WebhookView> then) {
        return SetWebhook{key, change, resets_health(requested, paths), std::move(then)};
      };
      auto shown = paths;
      for (const auto* path : {"ids", "created_at", "updated_at"}) shown.emplace_back(path);
      context_.asker.ask<WebhookView>(registry_.get(), role, make, answer(key, shown, reply));
    });
  }

  void run(const CallPtr& call, const pb::ApplicationWebhookIdentifiers& ids,
           const Reply<Empty>& reply) const {
    const auto key = webhook_key(ids);
    authorized(call, key, reply, [=, this] {
      if (!call->trail) return erase(key, reply);
      auto make = [&](actors::Reply<WebhookView> then) { return GetWebhook{key, std::move(then)}; };
      auto found = [=, this](const Result<WebhookView>& view) {
        if (view) tell_deletion(*call, audit_name(key), *view->webhook, show_of(key));
        erase(key, reply);
      };
      context_.asker.ask<WebhookView>(registry_.get(), role, make, found);
    });
  }

  void erase(const WebhookKey& key, const Reply<Empty>& reply) const {
    auto make = [&](actors::Reply<void> then) { return DeleteWebhook{key, std::move(then)}; };
    context_.asker.ask<void>(registry_.get(), role, make, [reply](const Status& status) {
      if (!status) return reply(fail(status.error()));
      reply(Empty());
    });
  }

  static std::string audit_name(const WebhookKey& key) {
    return api::audit_name(key.application_id) + "/webhook:" + key.webhook_id;
  }
  static std::function<pb::ApplicationWebhook(const Webhook&)> show_of(const WebhookKey& key) {
    return [key](const Webhook& webhook) {
      return to_proto(key, WebhookView{std::make_shared<const Webhook>(webhook), {}});
    };
  }

  static actors::Reply<WebhookView> answer(const WebhookKey& key, const Paths& paths,
                                           const Reply<pb::ApplicationWebhook>& reply) {
    return [=](const Result<WebhookView>& view) {
      if (!view) return reply(fail(view.error()));
      reply(masked(to_proto(key, *view), paths));
    };
  }

  static Paths answer_paths_of_template(const google::protobuf::FieldMask& mask) {
    auto paths = paths_of(mask);
    paths.emplace_back("ids");
    return paths;
  }

  template <class Response>
  void authorized(const CallPtr& call, const WebhookKey& key, const Reply<Response>& reply,
                  std::function<void()> then) const {
    context_.authorized(call, application_key(key.application_id.text()), {}, reply,
                        std::move(then));
  }

  const ServiceContext& context_;
  Webhooks registry_;
  WebhookTemplates templates_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_webhook_registry(const ServiceContext& context,
                                                     Webhooks registry,
                                                     WebhookTemplates templates) {
  return std::make_unique<WebhookRegistry>(context, std::move(registry), std::move(templates));
}

}  // namespace ff::api
