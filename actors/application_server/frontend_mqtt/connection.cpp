#include "actors/application_server/frontend_mqtt/connection.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/send.hpp>
#include <limits>

#include "actors/application_server/frontend_mqtt/topics.hpp"
#include "actors/support/mqtt_violations/mqtt_violations.hpp"
#include "net/mqtt/topic.hpp"

namespace ff::application_server {
namespace {

constexpr ErrorDef too_many_clients{"pkg/applicationserver/io/mqtt", "too_many_clients",
                                    Code::resource_exhausted,
                                    "the application has `{max}` clients connected"};

/// The publisher's way to a connection: onto its loop, as long as it lives.
class LiveSubscriber final : public Subscriber,
                             public std::enable_shared_from_this<LiveSubscriber> {
 public:
  LiveSubscriber(std::uint32_t window, net::EventLoop& loop, std::weak_ptr<MqttConnection> owner,
                 std::weak_ptr<mqtt::ServerConnection> connection)
      : Subscriber(window),
        loop_(loop),
        owner_(std::move(owner)),
        connection_(std::move(connection)) {}

  std::string_view protocol() const noexcept override { return "mqtt"; }
  void deliver(const UpPublished& up) noexcept override {
    loop_.post([self = shared_from_this(), up] {
      self->done();
      const auto owner = self->owner_.lock();
      const auto connection = self->connection_.lock();
      if (owner && connection) owner->deliver(*connection, up);
    });
  }

 private:
  net::EventLoop& loop_;
  std::weak_ptr<MqttConnection> owner_;
  std::weak_ptr<mqtt::ServerConnection> connection_;
};

/// Calls once: when asked, or when nobody can ask any more.
class Once {
 public:
  explicit Once(std::function<void()> call) : call_(std::move(call)) {}
  Once(const Once&) = delete;
  Once& operator=(const Once&) = delete;
  ~Once() { call_(); }

 private:
  std::function<void()> call_;
};

/// The id of the API key that is the password: limits are per key. [spec api-conventions §9]
std::string token_suffix(const mqtt::Connect& connect) {
  if (!connect.password) return {};
  const auto key = as_text(*connect.password);
  const auto begin = key.find('.') + 1;
  const auto end = key.find('.', begin);
  return begin == 0 || end == std::string_view::npos
             ? std::string()
             : ":token:" + std::string(key.substr(begin, end - begin));
}

/// Messages at QoS 1 that an MQTT 5 client takes at a time.
std::uint16_t receive_maximum(const mqtt::Connect& connect) {
  constexpr std::uint32_t most = std::numeric_limits<std::uint16_t>::max();
  return static_cast<std::uint16_t>(
      std::min(connect.properties.number(mqtt::PropertyId::receive_maximum).value_or(most), most));
}

mqtt::ReasonCode reason_of(const Error& error) {
  const auto code = error.code();
  if (code == Code::resource_exhausted || code == Code::unavailable ||
      code == Code::deadline_exceeded) {
    return mqtt::ReasonCode::server_unavailable;
  }
  return mqtt::ReasonCode::not_authorized;
}

}  // namespace

MqttConnection::MqttConnection(MqttContextPtr context)
    : context_(std::move(context)), probe_(*context_->deps.metrics) {}

void MqttConnection::on_authenticate(mqtt::ServerConnection& connection,
                                     const mqtt::Authenticate& question) {
  const auto& connect = question.connect;
  const auto application_id = application_of(connect.username.value_or(""));
  if (!application_id) return refuse(connection, Error(not_authorized));
  uid_ = *connect.username;
  application_id_ = *application_id;
  const bool has_key = connect.password.has_value();
  const auto still_needs =
      judge_certificate(context_->config.client_certificates, connection.stream().tls_peer().get(),
                        application_id_, has_key);
  if (!still_needs) return refuse(connection, still_needs.error());
  if (*still_needs == StillNeeds::key && !has_key) return refuse(connection, Error(not_authorized));
  auto reply = [question, owner = weak_from_this(), weak = connection.weak_from_this(),
                loop = &connection.stream().loop()](const Result<ApplicationRights>& rights) {
    loop->post([question, owner, weak, rights] {
      const auto self = owner.lock();
      const auto alive = weak.lock();
      if (self && alive) self->authenticated(*alive, question, rights);
    });
  };
  if (*still_needs == StillNeeds::nothing)
    return context_->access->certified(application_id_, std::move(reply));
  context_->access->authenticate(application_id_, std::string(as_text(*connect.password)),
                                 std::move(reply));
}

void MqttConnection::authenticated(mqtt::ServerConnection& connection,
                                   const mqtt::Authenticate& question,
                                   const Result<ApplicationRights>& rights) {
  if (!rights) return refuse(connection, rights.error());
  if (ended_) return;
  slot_ = context_->slots->take(application_id_.text());
  if (!slot_) return refuse(connection, Error(too_many_clients, {{"max", context_->slots->max()}}));
  end_with_application(connection);
  rights_ = *rights;
  session_expiry_ = question.session_expiry;
  window_ =
      std::min(receive_maximum(question.connect), context_->config.connection.limits.in_flight_max);
  downlink_limit_ = net::limit_of(context_->rate_limiter, {"as:down:mqtt"});
  downlink_key_ = "as:down:mqtt:app:" + uid_ + token_suffix(question.connect);
  const auto& connect = question.connect;
  if (connect.client_id.empty()) accepted_.assigned_client_id = uid_;
  accepted_.keep_will =
      connect.will && rights_.traffic_down_write && parse_downlink_topic(connect.will->topic, uid_);
  find_session(connection, question);
}

/// Whoever owns the application's id next is none of this client's business.
void MqttConnection::end_with_application(mqtt::ServerConnection& connection) {
  gone_call_ = context_->application_gone->add(
      application_id_.text(),
      [weak = connection.weak_from_this(), loop = &connection.stream().loop()] {
        loop->post([weak] {
          if (const auto alive = weak.lock())
            alive->disconnect(mqtt::ReasonCode::administrative_action);
        });
      });
}

void MqttConnection::accept(mqtt::ServerConnection& connection) {
  probe_.connections.Increment();
  of_version_ = &probe_.of_version(connection.session().version());
  of_version_->Increment();
  connection.authenticated(accepted_);
}

void MqttConnection::refuse(mqtt::ServerConnection& connection, const Error& error) {
  probe_.refused.Increment();
  spdlog::info("msg=\"MQTT client refused\" remote={} application={} error=\"{}\"",
               connection.stream().remote().to_string(), application_id_.text(), error.to_string());
  if (context_->publish) {
    events::EventSubject subject;
    if (!application_id_.empty()) subject = application_id_;
    context_->publish(
        {"as.mqtt.connect.fail", context_->deps.clock->now().utc, std::move(subject), {}, error});
  }
  application_id_ = {};
  connection.authenticated(mqtt::Refused{reason_of(error)});
}

void MqttConnection::refuse(mqtt::ServerConnection& connection, mqtt::ReasonCode reason) {
  if (ended_) return;
  probe_.refused.Increment();
  connection.authenticated(mqtt::Refused{reason});
}

mqtt::ReasonCode MqttConnection::subscribe_one(const mqtt::Subscription& wish, std::uint32_t id) {
  if (!rights_.traffic_read) return mqtt::ReasonCode::not_authorized;
  auto filter = rewrite_filter(wish.filter, uid_);
  if (!filter) return mqtt::ReasonCode::not_authorized;
  const auto qos = std::min(wish.qos, mqtt::QoS::at_least_once);
  const auto same = std::ranges::find(subscriptions_, *filter, &Subscription::filter);
  if (same != subscriptions_.end()) {
    *same = {*std::move(filter), qos, id};
  } else if (subscriptions_.size() >= context_->config.filters_max) {
    return mqtt::ReasonCode::quota_exceeded;
  } else {
    subscriptions_.push_back({*std::move(filter), qos, id});
  }
  return static_cast<mqtt::ReasonCode>(qos);
}

void MqttConnection::on_subscribe(mqtt::ServerConnection& connection,
                                  const mqtt::SubscribeRequested& question) {
  probe_.filters.Increment(static_cast<double>(question.subscriptions.size()));
  auto joining = std::make_shared<Joining>();
  joining->question = question;
  joining->reasons.resize(question.subscriptions.size());
  join_groups(connection, joining);
}

/// Answered when the link has the subscription: what is published afterwards arrives.
void MqttConnection::subscribe(mqtt::ServerConnection& connection, const Joining& joined) {
  // It may have ended while groups were asked.
  if (ended_) return;
  if (session_) return subscribe_stored(joined);
  const auto& question = joined.question;
  std::vector<mqtt::ReasonCode> reasons;
  for (std::size_t i = 0; i < question.subscriptions.size(); ++i) {
    const auto& shared = joined.reasons[i];
    reasons.push_back(shared ? *shared
                             : subscribe_one(question.subscriptions[i], question.subscription_id));
  }
  if (subscriptions_.empty() || subscriber_)
    return connection.subscribe_handled(question.packet_id, reasons);
  auto& loop = connection.stream().loop();
  subscriber_ = std::make_shared<LiveSubscriber>(context_->config.window, loop, weak_from_this(),
                                                 connection.weak_from_this());
  auto subscribed = [weak = connection.weak_from_this(), loop = &loop, id = question.packet_id,
                     reasons] {
    loop->post([weak, id, reasons] {
      if (const auto alive = weak.lock()) alive->subscribe_handled(id, reasons);
    });
  };
  const auto links = context_->links.get();
  if (!links) return connection.disconnect(mqtt::ReasonCode::server_unavailable);
  caf::anon_send(links, SubscribeUps{application_id_, subscriber_, std::move(subscribed)});
}

void MqttConnection::on_unsubscribe(mqtt::ServerConnection& connection,
                                    const mqtt::UnsubscribeRequested& question) {
  if (session_) return unsubscribe_stored(connection, question);
  std::vector<mqtt::ReasonCode> reasons;
  for (const auto& wish : question.filters) {
    if (const auto name = shared_name(wish, uid_)) {
      reasons.push_back(leave_group(connection, *name) ? mqtt::ReasonCode::success
                                                       : mqtt::ReasonCode::no_subscription_existed);
      continue;
    }
    const auto filter = rewrite_filter(wish, uid_);
    const auto erased =
        filter ? std::erase_if(subscriptions_,
                               [&](const Subscription& one) { return one.filter == *filter; })
               : 0U;
    reasons.push_back(erased > 0 ? mqtt::ReasonCode::success
                                 : mqtt::ReasonCode::no_subscription_existed);
  }
  connection.unsubscribe_handled(question.packet_id, reasons);
}

bool MqttConnection::queue_downlinks(const mqtt::Message& message, Done done) {
  const auto topic = parse_downlink_topic(message.topic, uid_);
  if (!topic || !rights_.traffic_down_write) return false;
  auto downlinks = application_json::parse_downlinks(as_text(message.payload.view()),
                                                     context_->config.downlinks);
  if (!downlinks) {
    spdlog::info("msg=\"downlink message dropped\" application={} device={} error=\"{}\"",
                 application_id_.text(), topic->device_id.text(), downlinks.error().to_string());
    return false;
  }
  QueueDownlinks request{
      {application_id_, topic->device_id}, *std::move(downlinks), topic->replace, {}};
  const auto pipeline = context_->pipelines.of(request.device);
  if (!pipeline) return false;
  // Also when the pipeline ends without an answer.
  request.reply = [once = std::make_shared<Once>(std::move(done))](const Status&) {};
  caf::anon_send(pipeline, std::move(request));
  return true;
}

/// Acknowledged whatever becomes of it [spec integrations §1.3], but not before the queue has it or
/// has refused it.
void MqttConnection::on_publish(mqtt::ServerConnection& connection,
                                const mqtt::PublishReceived& question) {
  probe_.publishes.Increment();
  if (!downlink_limit_.take(downlink_key_).allowed) {
    probe_.rejected.Increment();
    return connection.disconnect(mqtt::ReasonCode::message_rate_too_high);
  }
  auto done = [weak = connection.weak_from_this(), loop = &connection.stream().loop(),
               handle = question.handle] {
    loop->post([weak, handle] {
      if (const auto alive = weak.lock()) alive->publish_handled(handle, mqtt::ReasonCode::success);
    });
  };
  if (queue_downlinks(question.message, std::move(done))) return;
  probe_.rejected.Increment();
  connection.publish_handled(question.handle, mqtt::ReasonCode::success);
}

void MqttConnection::on_will(mqtt::ServerConnection&, const mqtt::PublishWill& will) {
  queue_downlinks(will.message, [] {});
}

void MqttConnection::on_ended(mqtt::ServerConnection&, const mqtt::Ended& end) {
  ended_ = true;
  actors::count_violation(*context_->deps.metrics, "as", end);
  slot_.reset();
  gone_call_.reset();
  // What it has not acknowledged goes to others of its groups.
  leave_all_groups();
  if (of_version_ != nullptr) {
    probe_.connections.Decrement();
    of_version_->Decrement();
  }
  if (session_) {
    caf::anon_send(session_,
                   mqtt_session::Detach{connection_id_, end.session_expiry, end.unreleased});
    session_ = mqtt_session::SessionHandle();
  }
  if (!subscriber_) return;
  if (const auto links = context_->links.get())
    caf::anon_send(links, UnsubscribeUps{application_id_, subscriber_});
  subscriber_.reset();
}

/// Once per message, however many filters match, with the best quality of them.
void MqttConnection::deliver(mqtt::ServerConnection& connection, const UpPublished& up) {
  if (!up.message || topic_suffix(up.message->kind).empty()) return;
  mqtt::Message message{.topic = up_topic(uid_, up.message->device_id, up.message->kind)};
  mqtt::Delivery delivery{.token = mqtt::DeliveryToken{up.sequence.value()}};
  bool matched = false;
  for (const auto& subscription : subscriptions_) {
    if (!mqtt::topic_matches(subscription.filter, message.topic)) continue;
    matched = true;
    delivery.qos = std::max(delivery.qos, subscription.qos);
    if (subscription.id != 0) delivery.subscription_ids.push_back(subscription.id);
  }
  if (!matched) return;
  // The body is shared by all subscribers.
  message.payload = mqtt::Payload(std::shared_ptr<const Bytes>(up.message, &up.message->body));
  probe_.delivered.Increment();
  connection.deliver(message, delivery);
}

}  // namespace ff::application_server
