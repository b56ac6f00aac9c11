#include "actors/application_server/frontend_mqtt/frontend.hpp"

#include "actors/application_server/frontend_mqtt/connection.hpp"
#include "net/rate_limit/admit_by_address.hpp"

namespace ff::application_server {
namespace {

std::uint32_t seconds_of(Duration duration) {
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

}  // namespace

void MqttConfig::keep_sessions(Duration expiry_v3, Duration expiry_max) {
  auto& limits = connection.limits;
  // Where no session is kept, none is promised.
  const bool keeps = sessions.sessions_max > 0;
  limits.session_expiry_v3 = keeps ? seconds_of(expiry_v3) : 0;
  limits.session_expiry_max = keeps ? seconds_of(expiry_max) : 0;
  limits.in_flight_max = sessions.window;
  // A group is a session that is kept.
  limits.shared_subscriptions = keeps;
}

std::shared_ptr<net::StreamHandler> accept_mqtt(const MqttContextPtr& context,
                                                std::shared_ptr<net::Stream> stream) {
  return mqtt::ServerConnection::make(std::move(stream), std::make_shared<MqttConnection>(context),
                                      context->config.connection);
}

Result<MqttFrontend> MqttFrontend::start(net::StreamNetwork& network, MqttContextPtr context) {
  MqttFrontend frontend;
  for (const auto& listen : context->config.listen) {
    net::ListenOptions options;
    options.tls = listen.tls;
    // Above what a connection fills, so that a slow reader loses messages and not its connection.
    options.stream.outgoing_max = 2 * context->config.connection.outgoing_max;
    options.connections_max = context->config.connections_max;
    options.connections_per_address_max = context->config.connections_per_address_max;
    options.admit = net::admit_by_address(net::limit_of(context->rate_limiter, {"as:accept:mqtt"}),
                                          "as:accept:mqtt");
    FF_TRY(auto listener,
           network.listen(listen.address, options, [context](std::shared_ptr<net::Stream> stream) {
             return accept_mqtt(context, std::move(stream));
           }));
    frontend.listeners_.push_back(std::move(listener));
  }
  return frontend;
}

std::vector<net::Endpoint> MqttFrontend::addresses() const {
  std::vector<net::Endpoint> out;
  for (const auto& listener : listeners_) out.push_back(listener->local());
  return out;
}

std::vector<net::ListenerCounters> MqttFrontend::counters() const {
  std::vector<net::ListenerCounters> out;
  for (const auto& listener : listeners_) out.push_back(listener->counters());
  return out;
}

}  // namespace ff::application_server
