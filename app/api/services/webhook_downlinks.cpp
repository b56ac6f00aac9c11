#include "app/api/services/webhook_downlinks.hpp"

#include <vector>

#include "actors/application_server/integration/webhook/body.hpp"
#include "actors/application_server/integration/webhook/errors.hpp"
#include "app/api/call_limits.hpp"
#include "app/api/http_limits.hpp"
#include "app/api/status.hpp"
#include "net/http/client_address.hpp"
#include "protocol/application_json/parser.hpp"

namespace ff::api {
namespace {

using application_server::webhook::Format;
using application_server::webhook::GetWebhook;
using application_server::webhook::WebhookView;
using net::http::HttpHandler;
using net::http::Request;
using net::http::ResponseWriter;

constexpr std::string_view role = "APPLICATION_SERVER";
constexpr std::string_view prefix = "/api/v3/as/applications/";
constexpr std::string_view method = "as/webhooks/DownlinkQueue";
constexpr int not_acceptable = 406;  // [spec integrations §2.5]

Result<std::vector<ApplicationDownlink>> parse(Format format, const Bytes& body) {
  if (format == Format::json) return application_json::parse_downlinks(as_text(body));
  FF_TRY(const auto json, application_server::webhook::downlinks_to_json(body));
  return application_json::parse_downlinks(json);
}

/// One request on its way: caller, rights, webhook, queue.
class Downlink : public std::enable_shared_from_this<Downlink> {
 public:
  Downlink(std::shared_ptr<const WebhookDownlinkPorts> ports, WebhookDownlinkTarget target,
           Bytes body, std::shared_ptr<ResponseWriter> response)
      : ports_(std::move(ports)),
        target_(std::move(target)),
        body_(std::move(body)),
        response_(std::move(response)) {}

  void start(std::string_view authorization, std::string remote_address) {
    auto call = std::make_shared<Call>();
    call->method = method;
    call->request_id = ports_->new_request_id();
    call->remote_address = std::move(remote_address);
    if (!authorization.empty()) call->metadata.emplace("authorization", authorization);
    ports_->authenticator->authenticate(call->metadata,
                                        [self = shared_from_this(), call](Result<AuthInfo> caller) {
                                          if (caller) call->auth = *caller;
                                          if (!self->admitted(*call)) return;
                                          if (!caller) return self->refuse(caller.error());
                                          self->check(call);
                                        });
  }

 private:
  /// False: answered. [spec api-conventions §9]
  bool admitted(const Call& call) const {
    const auto key =
        "as:down:web:dev:" + to_string(target_.device) + caller_key(call.auth, call.remote_address);
    return admit(ports_->limit, key, *response_, ports_->new_error_id);
  }

  void check(const std::shared_ptr<const Call>& call) {
    const storage::EntityKey application{storage::EntityKind::application,
                                         {target_.device.application_id.text()}};
    auto held = [self = shared_from_this(), application, call](const Result<RightSet>& rights) {
      if (!rights) return self->refuse(rights.error());
      const auto allowed =
          check_rights(application, {Right::RIGHT_APPLICATION_TRAFFIC_DOWN_WRITE}, *rights);
      if (!allowed) return self->refuse(allowed.error());
      self->find(*call);
    };
    ports_->rights(*call, application,
                   ports_->asker.within_deadline<RightSet>("IDENTITY_SERVER", std::move(held)));
  }

  void find(const Call& call) {
    auto make = [&](actors::Reply<WebhookView> then) {
      return GetWebhook{{target_.device.application_id, target_.webhook_id}, std::move(then)};
    };
    auto found = [self = shared_from_this(),
                  id = call.request_id](const Result<WebhookView>& view) {
      if (!view) return self->refuse(view.error());
      if (view->webhook->paused)
        return self->response_->respond(not_acceptable, net::http::Headers{}, ByteView());
      self->queue(view->webhook->format, id);
    };
    ports_->asker.ask<WebhookView>(ports_->webhooks.get(), role, make, std::move(found));
  }

  void queue(Format format, const std::string& request_id) {
    auto downlinks = parse(format, body_);
    if (!downlinks) return refuse(downlinks.error());
    for (auto& downlink : *downlinks)
      downlink.correlation_ids.push_back("as:webhook:" + target_.webhook_id + ":" + request_id);
    auto make = [&](actors::Reply<void> then) {
      return application_server::QueueDownlinks{target_.device, *std::move(downlinks),
                                                target_.replace, std::move(then)};
    };
    auto queued = [self = shared_from_this()](const Status& status) {
      if (!status) return self->refuse(status.error());
      self->response_->respond(200, net::http::Headers{}, ByteView());
    };
    ports_->asker.ask<void>(ports_->pipelines.of(target_.device), role, make, std::move(queued));
  }

  void refuse(const Error& error) {
    const auto status = to_grpc(error, ports_->new_error_id());
    response_->respond(http_status(status.error_code()), "application/json", error_json(status));
  }

  std::shared_ptr<const WebhookDownlinkPorts> ports_;
  const WebhookDownlinkTarget target_;
  const Bytes body_;
  std::shared_ptr<ResponseWriter> response_;
};

/// The segments of a path, at most `max`; nothing when there are more.
std::optional<std::vector<std::string_view>> segments(std::string_view path, std::size_t max) {
  std::vector<std::string_view> out;
  while (true) {
    const auto slash = path.find('/');
    out.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return out;
    if (out.size() == max) return std::nullopt;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

std::optional<WebhookDownlinkTarget> webhook_downlink_target(std::string_view path) {
  if (!path.starts_with(prefix)) return std::nullopt;
  const auto parts = segments(path.substr(prefix.size()), 7);
  if (!parts || parts->size() != 7) return std::nullopt;
  const auto& part = *parts;
  if (part[1] != "webhooks" || part[3] != "devices" || part[5] != "down") return std::nullopt;
  if (part[6] != "push" && part[6] != "replace") return std::nullopt;
  if (!is_valid_id(part[0]) || !is_valid_id(part[2]) || !is_valid_id(part[4])) return std::nullopt;
  return WebhookDownlinkTarget{
      {ApplicationId(std::string(part[0])), DeviceId(std::string(part[4]))},
      std::string(part[2]),
      part[6] == "replace"};
}

HttpHandler make_webhook_downlinks(WebhookDownlinkPorts ports, HttpHandler next) {
  auto shared = std::make_shared<const WebhookDownlinkPorts>(std::move(ports));
  return [shared, next = std::move(next)](Request request,
                                          std::shared_ptr<ResponseWriter> response) {
    auto target = request.method == "POST" ? webhook_downlink_target(request.path()) : std::nullopt;
    if (!target) return next(std::move(request), std::move(response));
    const std::string authorization(request.headers.value("Authorization"));
    std::make_shared<Downlink>(shared, *std::move(target), std::move(request.body),
                               std::move(response))
        ->start(authorization, net::http::client_address(request, shared->trusted_proxies));
  };
}

}  // namespace ff::api
