// A connection to a NATS server on libnats: plain messages, acknowledged when the server has
// answered a ping behind them, or those of a JetStream, acknowledged by the stream.
//
// The library may call back after a connection is destroyed: it gets a number, not a pointer.
#include <nats/nats.h>

#include <cstring>
#include <deque>
#include <mutex>
#include <unordered_map>

#include "net/broker_client/link.hpp"
#include "net/broker_client/resolve.hpp"

namespace ff::net::broker_client {
namespace {

constexpr std::int64_t ping_interval_milliseconds = 20'000;
constexpr int pings_out_max = 2;

std::int64_t milliseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

template <class T, void (*destroy)(T*)>
struct Destroy {
  void operator()(T* one) const noexcept { destroy(one); }
};
template <class T, void (*destroy)(T*)>
using Owned = std::unique_ptr<T, Destroy<T, destroy>>;

class NatsLink final : public Link {
 public:
  NatsLink(SurroundingsPtr surroundings, BrokerTarget target, Listen listen);
  ~NatsLink() override;

  void publish(Publication publication) override {
    post([this, one = std::move(publication)]() mutable {
      queued_.push_back(std::move(one));
      // Those that came meanwhile go with it: one ping for all of them.
      if (queued_.size() == 1) post([this] { drain(); });
    });
  }

 private:
  void do_open() override;
  void do_close() override;
  natsStatus configure(natsOptions* options, const std::vector<Endpoint>& addresses) const;
  natsStatus log_in(natsOptions* options) const;
  natsStatus begin();
  void drain();
  bool send_plain(const Publication& one);
  bool send_to_stream(const Publication& one);
  void flush(const std::vector<std::uint64_t>& tokens);
  void lose(natsStatus status);

  // Called by the library, on its threads.
  static void on_closed(natsConnection*, void* number);
  static void on_error(natsConnection*, natsSubscription*, natsStatus status, void* number);
  static void on_message(natsConnection*, natsSubscription*, natsMsg* message, void* number);
  static void on_acknowledged(jsCtx*, natsMsg* message, jsPubAck* good, jsPubAckErr* bad,
                              void* number);
  void acknowledged(std::string_view id, const jsPubAckErr* bad);

  std::uint64_t number_;
  // On the strand.
  Owned<natsConnection, natsConnection_Destroy> connection_;
  std::vector<Owned<natsSubscription, natsSubscription_Destroy>> subscriptions_;
  Owned<jsCtx, jsCtx_Destroy> stream_;
  std::deque<Publication> queued_;
  /// What a stream has not acknowledged, by id.
  std::unordered_map<std::string, std::uint64_t> tokens_;
};

/// Links by their numbers.
class Directory {
 public:
  std::uint64_t add() {
    const std::scoped_lock lock(mutex_);
    return ++last_;
  }
  void set(std::uint64_t number, std::weak_ptr<Link> link) {
    const std::scoped_lock lock(mutex_);
    links_[number] = std::move(link);
  }
  void remove(std::uint64_t number) {
    const std::scoped_lock lock(mutex_);
    links_.erase(number);
  }
  std::shared_ptr<NatsLink> find(void* number) {
    const std::scoped_lock lock(mutex_);
    const auto found = links_.find(reinterpret_cast<std::uint64_t>(number));
    return found == links_.end() ? nullptr
                                 : std::static_pointer_cast<NatsLink>(found->second.lock());
  }

 private:
  std::mutex mutex_;
  std::uint64_t last_ = 0;
  std::unordered_map<std::uint64_t, std::weak_ptr<Link>> links_;
};

Directory& directory() {
  static Directory all;
  return all;
}

NatsLink::NatsLink(SurroundingsPtr surroundings, BrokerTarget target, Listen listen)
    : Link(std::move(surroundings), std::move(target), std::move(listen)),
      number_(directory().add()) {}

NatsLink::~NatsLink() {
  directory().remove(number_);
}

Error error_of(natsStatus status) {
  if (status == NATS_CONNECTION_AUTH_FAILED || status == NATS_NOT_PERMITTED)
    return Error(not_authorized);
  return Error(connection_failed, {{"reason", natsStatus_GetText(status)}});
}

/// What we may not do the server refuses, says so, and goes on: NATS_NOT_PERMITTED then. Other
/// errors of the past, such as a subscription that was too slow, do not count.
natsStatus permission(natsConnection* connection) {
  const char* text = nullptr;
  const auto last = natsConnection_GetLastError(connection, &text);
  return last == NATS_NOT_PERMITTED ? last : NATS_OK;
}

/// Only when a connection is made, which do_open() waits for: the URL is still there.
natsStatus give_jwt(char** jwt, char** /*text*/, void* url) {
  *jwt = strdup(static_cast<const BrokerUrl*>(url)->user.c_str());
  return *jwt == nullptr ? NATS_NO_MEMORY : NATS_OK;
}

natsStatus sign_nonce(char** /*text*/, unsigned char** signature, int* size, const char* nonce,
                      void* url) {
  return nats_Sign(static_cast<const BrokerUrl*>(url)->password.c_str(), nonce, signature, size);
}

natsStatus NatsLink::log_in(natsOptions* out) const {
  const auto& url = target().url;
  // The library's closures are not const; ours read alone.
  auto* closure = const_cast<BrokerUrl*>(&url);
  if (url.login == NatsLogin::jwt)
    return natsOptions_SetUserCredentialsCallbacks(out, give_jwt, closure, sign_nonce, closure);
  if (url.login == NatsLogin::nkey)
    return natsOptions_SetNKey(out, url.user.c_str(), sign_nonce, closure);
  if (url.has_password) return natsOptions_SetUserInfo(out, url.user.c_str(), url.password.c_str());
  return url.user.empty() ? NATS_OK : natsOptions_SetToken(out, url.user.c_str());
}

natsStatus NatsLink::configure(natsOptions* out, const std::vector<Endpoint>& addresses) const {
  const auto& url = target().url;
  std::vector<std::string> urls;
  std::vector<const char*> servers;
  urls.reserve(addresses.size());
  servers.reserve(addresses.size());
  for (const auto& address : addresses)
    urls.push_back("nats://" + host_of(address) + ":" + std::to_string(address.port()));
  for (const auto& one : urls) servers.push_back(one.c_str());
  auto* number = reinterpret_cast<void*>(number_);
  auto status = natsOptions_SetServers(out, servers.data(), static_cast<int>(servers.size()));
  const auto then = [&status](natsStatus next) {
    if (status == NATS_OK) status = next;
  };
  then(natsOptions_SetNoRandomize(out, true));
  then(natsOptions_SetName(out, "farfield"));
  then(natsOptions_SetTimeout(out, milliseconds(options().connect_timeout)));
  // We connect again ourselves, to an address that was judged again; where the server says that its
  // neighbours are does not matter.
  then(natsOptions_SetAllowReconnect(out, false));
  then(natsOptions_SetIgnoreDiscoveredServers(out, true));
  then(natsOptions_SetPingInterval(out, ping_interval_milliseconds));
  then(natsOptions_SetMaxPingsOut(out, pings_out_max));
  then(natsOptions_SetWriteDeadline(out, milliseconds(options().acknowledge_timeout)));
  then(natsOptions_SetClosedCB(out, on_closed, number));
  then(natsOptions_SetErrorHandler(out, on_error, number));
  then(log_in(out));
  if (!url.has_tls()) return status;
  then(natsOptions_SetSecure(out, true));
  then(natsOptions_SetCATrustedCertificates(out, surroundings().ca.c_str()));
  // The certificate has to be for the name, not for the address.
  then(natsOptions_SetExpectedHostname(out, url.host.c_str()));
  return status;
}

void NatsLink::do_open() {
  directory().set(number_, weak_from_this());
  const auto addresses = resolve(target().url, options().targets, false);
  if (!addresses) return give_up(addresses.error());
  natsOptions* raw = nullptr;
  auto status = natsOptions_Create(&raw);
  const Owned<natsOptions, natsOptions_Destroy> made(raw);
  if (status == NATS_OK) status = configure(raw, *addresses);
  natsConnection* connection = nullptr;
  if (status == NATS_OK) status = natsConnection_Connect(&connection, raw);
  connection_.reset(connection);
  if (status == NATS_OK) status = begin();
  if (status != NATS_OK) return give_up(error_of(status));
  connected();
}

/// Subscriptions, a stream: what a connection needs before it is one.
natsStatus NatsLink::begin() {
  auto* number = reinterpret_cast<void*>(number_);
  for (const auto& subject : target().subscriptions) {
    natsSubscription* one = nullptr;
    const auto status =
        natsConnection_Subscribe(&one, connection_.get(), subject.c_str(), on_message, number);
    if (status != NATS_OK) return status;
    subscriptions_.emplace_back(one);
  }
  if (target().url.jetstream) {
    jsOptions settings;
    jsOptions_Init(&settings);
    settings.PublishAsync.AckHandler = on_acknowledged;
    settings.PublishAsync.AckHandlerClosure = number;
    jsCtx* stream = nullptr;
    const auto status = natsConnection_JetStream(&stream, connection_.get(), &settings);
    if (status != NATS_OK) return status;
    stream_.reset(stream);
  }
  // The server has the subscriptions when it has answered.
  const auto status =
      natsConnection_FlushTimeout(connection_.get(), milliseconds(options().connect_timeout));
  if (status != NATS_OK) return status;
  return permission(connection_.get());
}

void NatsLink::do_close() {
  directory().remove(number_);
  subscriptions_.clear();
  stream_.reset();
  connection_.reset();
}

void NatsLink::lose(natsStatus status) {
  give_up(status == NATS_NOT_PERMITTED
              ? Error(not_authorized)
              : Error(connection_lost, {{"reason", natsStatus_GetText(status)}}));
}

void NatsLink::drain() {
  if (!connection_) return;
  std::vector<std::uint64_t> sent;
  for (const auto& one : std::exchange(queued_, {})) {
    if (stream_) {
      if (!send_to_stream(one)) return;
    } else if (send_plain(one)) {
      sent.push_back(one.token);
    }
  }
  if (!sent.empty()) flush(sent);
}

bool is_fault_of_message(natsStatus status) {
  return status == NATS_MAX_PAYLOAD || status == NATS_INVALID_SUBJECT || status == NATS_INVALID_ARG;
}

bool NatsLink::send_plain(const Publication& one) {
  const auto status = natsConnection_Publish(connection_.get(), one.topic.c_str(), one.body->data(),
                                             static_cast<int>(one.body->size()));
  if (status == NATS_OK) return true;
  if (is_fault_of_message(status)) {
    tell(Acknowledged{one.token, Error(message_refused, {{"reason", natsStatus_GetText(status)}})});
  } else {
    lose(status);
  }
  return false;
}

void NatsLink::flush(const std::vector<std::uint64_t>& tokens) {
  auto status =
      natsConnection_FlushTimeout(connection_.get(), milliseconds(options().acknowledge_timeout));
  if (status == NATS_OK) status = permission(connection_.get());
  if (status != NATS_OK) return lose(status);
  for (const auto token : tokens) tell(Acknowledged{token, {}});
}

bool NatsLink::send_to_stream(const Publication& one) {
  natsMsg* message = nullptr;
  auto status = natsMsg_Create(&message, one.topic.c_str(), nullptr,
                               reinterpret_cast<const char*>(one.body->data()),
                               static_cast<int>(one.body->size()));
  if (status == NATS_OK) {
    jsPubOptions how;
    jsPubOptions_Init(&how);
    how.MsgId = one.id.c_str();
    how.MaxWait = milliseconds(options().acknowledge_timeout);
    tokens_.insert_or_assign(one.id, one.token);
    status = js_PublishMsgAsync(stream_.get(), &message, &how);
  }
  // Null when the library has taken it.
  natsMsg_Destroy(message);
  if (status == NATS_OK) return true;
  tokens_.erase(one.id);
  if (is_fault_of_message(status)) {
    tell(Acknowledged{one.token, Error(message_refused, {{"reason", natsStatus_GetText(status)}})});
    return true;
  }
  lose(status);
  return false;
}

void NatsLink::on_closed(natsConnection*, void* number) {
  if (const auto link = directory().find(number))
    link->post([self = link.get()] { self->lose(NATS_CONNECTION_CLOSED); });
}

void NatsLink::on_error(natsConnection*, natsSubscription*, natsStatus status, void* number) {
  // Others, such as a subscription that is too slow, are not the connection's end.
  if (status != NATS_NOT_PERMITTED) return;
  if (const auto link = directory().find(number))
    link->post([self = link.get(), status] { self->lose(status); });
}

void NatsLink::on_message(natsConnection*, natsSubscription*, natsMsg* message, void* number) {
  if (const auto link = directory().find(number)) {
    const auto* body = reinterpret_cast<const std::uint8_t*>(natsMsg_GetData(message));
    link->arrived(natsMsg_GetSubject(message),
                  ByteView(body, static_cast<std::size_t>(natsMsg_GetDataLength(message))));
  }
  natsMsg_Destroy(message);
}

void NatsLink::on_acknowledged(jsCtx*, natsMsg* message, jsPubAck*, jsPubAckErr* bad,
                               void* number) {
  const char* id = nullptr;
  if (natsMsgHeader_Get(message, "Nats-Msg-Id", &id) == NATS_OK) {
    if (const auto link = directory().find(number)) link->acknowledged(id, bad);
  }
  natsMsg_Destroy(message);
}

void NatsLink::acknowledged(std::string_view id, const jsPubAckErr* bad) {
  std::optional<Error> error;
  if (bad != nullptr) {
    const auto* text = bad->ErrText != nullptr ? bad->ErrText : natsStatus_GetText(bad->Err);
    error = Error(message_refused, {{"reason", text}});
  }
  post([this, id = std::string(id), error = std::move(error)] {
    const auto found = tokens_.find(id);
    if (found == tokens_.end()) return;
    const auto token = found->second;
    tokens_.erase(found);
    tell(Acknowledged{token, error});
  });
}

}  // namespace

LinkPtr make_nats_link(SurroundingsPtr surroundings, BrokerTarget target, Listen listen) {
  return std::make_shared<NatsLink>(std::move(surroundings), std::move(target), std::move(listen));
}

}  // namespace ff::net::broker_client
