#include "app/api/services/console_events.hpp"

#include <atomic>
#include <deque>
#include <map>

#include "app/api/services/console_protocol.hpp"
#include "app/api/status.hpp"
#include "net/websocket/handshake.hpp"
#include "net/websocket/server_connection.hpp"

namespace ff::api {
namespace {

namespace pb = ttn::lorawan::v3;

using net::http::HttpHandler;
using net::http::Request;
using net::http::ResponseWriter;
using websocket::CloseCode;
using websocket::ServerConnection;

constexpr std::string_view path = "/api/v3/console/internal/events/";
constexpr std::string_view method = "console/internal/Events";
constexpr std::string_view protocol = "ttn.lorawan.v3.console.internal.events.v1";
constexpr std::string_view bearer = "ttn.lorawan.v3.header.authorization.bearer.";

using Ports = std::shared_ptr<const ConsoleEventPorts>;

websocket::SessionLimits session_limits() {
  return {.ping_interval = std::chrono::seconds{60}, .missed_pongs_max = 1};
}

/// People and their programs; not gateways, and not components of a cluster.
Status check_kind(AuthInfo::Kind kind) {
  switch (kind) {
    case AuthInfo::Kind::api_key:
    case AuthInfo::Kind::access_token:
    case AuthInfo::Kind::session:
      return {};
    case AuthInfo::Kind::gateway_token:
      return fail(unknown_caller, {{"type", "gateway_token"}});
    case AuthInfo::Kind::cluster:
      return fail(unknown_caller, {{"type", "cluster"}});
    case AuthInfo::Kind::none:
      break;
  }
  return fail(unknown_caller, {{"type", "none"}});
}

/// One socket. Requests are answered one after the other. Everything runs on the connection's loop
/// but what says otherwise.
class ConsoleSession final : public websocket::ConnectionOwner,
                             public std::enable_shared_from_this<ConsoleSession> {
 public:
  ConsoleSession(Ports ports, std::string authorization)
      : ports_(std::move(ports)), subscriptions_(ports_->sources) {
    metadata_.emplace("authorization", std::move(authorization));
  }

  /// Before anything else.
  void connected(const std::shared_ptr<ServerConnection>& connection) { connection_ = connection; }

  void on_message(ServerConnection& connection, websocket::Message message) override {
    auto request = parse_console_request(as_text(message.payload));
    if (!request) return give_up(connection, request.error());
    if (requests_.size() >= console_requests_max) return give_up(connection, Error(rate_exceeded));
    requests_.push_back(*std::move(request));
    if (requests_.size() == 1) begin_next();
  }

  void on_ended(const websocket::Ended&) override {
    ended_ = true;
    for (const auto& [id, listener] : listeners_) subscriptions_.end(*listener);
    listeners_.clear();
  }

 private:
  static void give_up(ServerConnection& connection, const Error& error) {
    connection.close(CloseCode::policy_violation, error.name());
  }

  /// Any thread.
  void on_loop(std::function<void(ConsoleSession&, ServerConnection&)> task) {
    if (const auto connection = connection_.lock()) {
      connection->post([self = shared_from_this(), task = std::move(task)](ServerConnection& at) {
        if (!self->ended_) task(*self, at);
      });
    }
  }

  /// A token that has been revoked since ends the socket.
  void begin_next() {
    ports_->authenticator->authenticate(
        metadata_, [self = shared_from_this()](const Result<AuthInfo>& caller) {
          self->on_loop([caller](ConsoleSession& session, ServerConnection& connection) {
            session.handle(caller, connection);
          });
        });
  }

  void handle(const Result<AuthInfo>& caller, ServerConnection& connection) {
    if (!caller) return give_up(connection, caller.error());
    if (ports_->limit &&
        !ports_->limit.check("console:internal:events:request:" + caller->token_id))
      return give_up(connection, Error(rate_exceeded));
    const auto& request = requests_.front();
    if (request.kind == ConsoleRequest::Kind::subscribe) return subscribe(*caller, connection);
    answer(unsubscribe(request.id), connection);
  }

  /// To the first request; then it is the next one's turn.
  void answer(const Status& status, ServerConnection& connection) {
    const auto request = std::move(requests_.front());
    requests_.pop_front();
    if (status) {
      connection.send_text(console_done(request.kind, request.id));
    } else {
      const auto error = error_json(to_grpc(status.error(), ports_->new_error_id()));
      connection.send_text(console_error(request.id, error));
    }
    if (!ended_ && !requests_.empty()) begin_next();
  }

  Status unsubscribe(std::uint64_t id) {
    const auto found = listeners_.find(id);
    if (found == listeners_.end()) return fail(not_subscribed, {{"id", id}});
    subscriptions_.end(*found->second);
    listeners_.erase(found);
    return {};
  }

  EventSink sink_of(std::uint64_t id) {
    auto write = [weak = weak_from_this(), id](pb::Event event) {
      const auto self = weak.lock();
      return self && self->publish(id, std::move(event));
    };
    // A token that has been revoked since ends the socket, also when its client asks nothing.
    auto end = [weak = weak_from_this()](const Error& reason) {
      const auto self = weak.lock();
      if (!self) return;
      self->on_loop(
          [reason](ConsoleSession&, ServerConnection& connection) { give_up(connection, reason); });
    };
    return {
        .write = std::move(write),
        .end = std::move(end),
        .dropped = [hub = &subscriptions_.hub()](std::string_view name) { hub->dropped(name); }};
  }

  Result<ListenerPtr> make_listener(const AuthInfo& caller, const ConsoleRequest& request) {
    const auto id = request.id;
    if (listeners_.contains(id)) return fail(already_subscribed, {{"id", id}});
    if (listeners_.size() >= console_subscriptions_max)
      return fail(too_many_subscriptions, {{"max", console_subscriptions_max}});
    const auto& wanted = request.wanted;
    if (wanted.identifiers().empty()) return fail(console_no_identifiers);
    FF_CHECK(check_identifiers(wanted));
    FF_TRY(auto names, resolve_event_names({wanted.names().begin(), wanted.names().end()}));
    auto call = std::make_shared<Call>();
    call->method = method;
    call->metadata = metadata_;
    call->auth = caller;
    auto listener = std::make_shared<EventListener>(std::move(call), sink_of(id), wanted);
    listener->filter(std::move(names));
    return listener;
  }

  void subscribe(const AuthInfo& caller, ServerConnection& connection) {
    auto listener = make_listener(caller, requests_.front());
    if (!listener) return answer(fail(std::move(listener).error()), connection);
    subscriptions_.read_rights(
        *listener, WithoutRights::hears_nothing,
        [self = shared_from_this(), listener = *listener](const Status& known) {
          self->on_loop([listener, known](ConsoleSession& session, ServerConnection& at) {
            if (!known) return give_up(at, known.error());
            session.listeners_.emplace(session.requests_.front().id, listener);
            session.answer({}, at);
            // Events are written by tasks of this loop: after the answer.
            session.subscriptions_.listen(listener);
          });
        });
  }

  /// False when the client is gone or too slow. Any thread; the publisher's work ends here.
  bool publish(std::uint64_t id, pb::Event event) {
    if (connection_.expired()) return false;
    if (++waiting_ > console_events_max) {
      on_loop([](ConsoleSession&, ServerConnection& connection) {
        connection.close(CloseCode::policy_violation, to_string(websocket::EndCause::slow_reader));
      });
      return false;
    }
    on_loop([id, event = std::move(event)](ConsoleSession& session, ServerConnection& connection) {
      --session.waiting_;
      if (!session.listeners_.contains(id)) return;
      const auto text = console_event(id, event);
      if (!text.empty()) connection.send_text(text);
    });
    return true;
  }

  const Ports ports_;
  const EventSubscriptions subscriptions_;
  CallMetadata metadata_;
  std::weak_ptr<ServerConnection> connection_;
  std::deque<ConsoleRequest> requests_;  // the first is being answered
  std::map<std::uint64_t, ListenerPtr> listeners_;
  bool ended_ = false;
  std::atomic<std::size_t> waiting_{0};
};

/// Of the subprotocol that says it, as browsers can set no header; else of the header.
std::string authorization_of(const Request& request) {
  for (const auto offered : websocket::offered_subprotocols(request)) {
    if (offered.starts_with(bearer)) return "Bearer " + std::string(offered.substr(bearer.size()));
  }
  return std::string(request.headers.value("Authorization"));
}

bool offers_protocol(const Request& request) {
  const auto offered = websocket::offered_subprotocols(request);
  return std::ranges::find(offered, protocol) != offered.end();
}

net::AcceptHandler take_over(Ports ports, std::string authorization) {
  return [ports = std::move(ports),
          authorization = std::move(authorization)](std::shared_ptr<net::Stream> stream) {
    auto session = std::make_shared<ConsoleSession>(ports, authorization);
    auto connection =
        ServerConnection::make(std::move(stream), session, session_limits(), ports->make_random());
    session->connected(connection);
    return connection;
  };
}

void serve(const Ports& ports, const Request& request,
           const std::shared_ptr<ResponseWriter>& response) {
  auto handshake = websocket::judge_upgrade(request);
  if (handshake.status != 101)
    return response->respond(handshake.status, std::move(handshake.headers), {});
  if (offers_protocol(request)) handshake.headers.add("Sec-WebSocket-Protocol", protocol);
  CallMetadata metadata{{"authorization", authorization_of(request)}};
  if (metadata.begin()->second.empty()) metadata.clear();
  auto known = [ports, response, headers = std::move(handshake.headers),
                metadata](const Result<AuthInfo>& caller) {
    const auto status = caller ? check_kind(caller->kind) : Status(fail(caller.error()));
    if (!status) {
      const auto refused = to_grpc(status.error(), ports->new_error_id());
      return response->respond(http_status(refused.error_code()), "application/json",
                               error_json(refused));
    }
    const auto given = metadata.find("authorization");
    response->upgrade(headers, take_over(ports, given == metadata.end() ? "" : given->second));
  };
  ports->authenticator->authenticate(metadata, std::move(known));
}

}  // namespace

HttpHandler make_console_events(ConsoleEventPorts ports, HttpHandler next) {
  return [ports = std::make_shared<const ConsoleEventPorts>(std::move(ports)),
          next = std::move(next)](Request request, std::shared_ptr<ResponseWriter> response) {
    if (request.path() != path) return next(std::move(request), std::move(response));
    serve(ports, request, response);
  };
}

}  // namespace ff::api
