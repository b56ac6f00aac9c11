#include "app/interop/server.hpp"

#include <spdlog/spdlog.h>

#include <utility>

#include "actors/support/interop_request/interop_request.hpp"
#include "net/http/client_address.hpp"
#include "protocol/backend_interfaces/message.hpp"
#include "protocol/base/printable.hpp"
#include "protocol/phy/frame_view.hpp"

namespace ff::interop {
namespace {

namespace bi = backend_interfaces;
using net::http::Headers;
using net::http::Request;
using net::http::ResponseWriter;
using Ports = std::shared_ptr<const ServerPorts>;

constexpr int http_ok = 200;
constexpr int http_bad_request = 400;
constexpr int http_forbidden = 403;
constexpr int http_not_found = 404;
constexpr std::size_t request_id_size_max = 64;
constexpr std::string_view role = "JOIN_SERVER";
constexpr std::string_view roaming_role = "NETWORK_SERVER";
constexpr ErrorDef not_supported{"pkg/interop", "malformed_message", Code::invalid_argument,
                                 "`{type}` is not supported"};
constexpr ErrorDef another_frame{"pkg/interop", "malformed_message", Code::invalid_argument,
                                 "the frame is not one of a {type}"};
constexpr ErrorDef unknown_receiver{"pkg/interop", "unknown_receiver", Code::not_found,
                                    "unknown receiver"};
constexpr ErrorDef no_roaming_agreement{"pkg/interop", "no_roaming_agreement",
                                        Code::failed_precondition, "no roaming agreement"};

/// [spec join-server §11]
CorrelationIds correlation_ids_of(const Request& request) {
  const auto id = request.headers.value("X-Request-Id");
  if (id.empty() || id.size() > request_id_size_max || !is_printable(id)) return {};
  CorrelationIds out;
  out.push_back("interop:" + std::string(id));
  return out;
}

/// One request on its way to an answer.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(Ports ports, bi::Header header, const Request& request,
           std::shared_ptr<ResponseWriter> response)
      : ports_(std::move(ports)),
        header_(std::move(header)),
        address_(net::http::client_address(request, ports_->trusted_proxies)),
        ids_(correlation_ids_of(request)),
        response_(std::move(response)) {}

  void start(const Result<bi::Body>& body, const std::vector<Bytes>& chain) {
    auto names = ports_->senders.authenticate(header_.sender_id, chain, ports_->now());
    if (!names) return refuse(Error(bi::unknown_sender));
    names_ = *std::move(names);
    acknowledge();
    if (!body) return refuse(body.error());
    join_eui_ = parse_join_eui(header_.receiver_id);
    std::visit([this](const auto& request) { serve(request); }, *body);
  }

 private:
  void serve(const bi::JoinReq& request) {
    const auto net_id = parse_net_id(header_.sender_id);
    if (!net_id) return refuse(Error(bi::unknown_sender));
    if (!join_eui_) return refuse(Error(unknown_receiver));
    if (is_rejoin(request.phy_payload) != (header_.type == bi::MessageType::rejoin_req))
      return refuse(Error(another_frame, {{"type", bi::to_string(header_.type)}}));
    auto make = [&](actors::Reply<network_server::JoinAnswer> then) {
      return join_server::HandleJoin{.join_request = request.phy_payload,
                                     .join_eui = *join_eui_,
                                     .dev_eui = request.dev_eui,
                                     .dev_addr = request.dev_addr,
                                     .mac_version = request.mac_version,
                                     .net_id = *net_id,
                                     .dl_settings = request.dl_settings,
                                     .rx_delay = request.rx_delay,
                                     .cf_list = request.cf_list,
                                     .external = join_server::ExternalNetwork{*net_id, names_},
                                     .correlation_ids = ids_,
                                     .reply = std::move(then)};
    };
    const bool v1_1 =
        at_least(request.mac_version, MacVersion::v1_1) && (request.dl_settings & 0x80U) != 0;
    auto answered = [self = shared_from_this(), v1_1,
                     dev_eui = request.dev_eui](Result<network_server::JoinAnswer> answer) {
      self->joined(std::move(answer), v1_1, dev_eui);
    };
    ask<network_server::JoinAnswer>(request.dev_eui, make, std::move(answered));
  }

  void serve(const bi::AppSKeyReq& request) {
    if (!join_eui_) return refuse(Error(unknown_receiver));
    auto make = [&](actors::Reply<KeyEnvelope> then) {
      return join_server::GetAppSKey{
          *join_eui_, request.dev_eui, request.session_key_id,
          join_server::ExternalApplicationServer{header_.sender_id, names_}, std::move(then)};
    };
    auto answered = [self = shared_from_this(), request](const Result<KeyEnvelope>& key) {
      if (!key) return self->refuse(key.error());
      bi::AppSKeyAns answer;
      answer.dev_eui = request.dev_eui;
      answer.session_key_id = request.session_key_id;
      answer.app_s_key = on_wire(*key);
      self->answer_recorded(name_of(request.dev_eui), {"app_s_key"}, std::move(answer));
    };
    ask<KeyEnvelope>(request.dev_eui, make, std::move(answered));
  }

  /// A device that is registered here is at home here, whatever its join server says. [spec
  /// events-cluster-discovery §8]
  void serve(const bi::HomeNsReq& request) {
    if (!parse_net_id(header_.sender_id)) return refuse(Error(bi::unknown_sender));
    if (!join_eui_) return refuse(Error(unknown_receiver));
    const auto dev_eui = request.dev_eui;
    // Without a NetID of its own nobody roams home to this network.
    if (!ports_->find_device || ports_->net_id == NetId{}) return ask_for_home(dev_eui);
    ports_->find_device({*join_eui_, dev_eui}, [self = shared_from_this(), dev_eui](
                                                   const Result<std::optional<std::string>>& here) {
      // A register that is silent does not keep the join server from answering.
      if (!here || !*here) return self->ask_for_home(dev_eui);
      self->answer(self->home_of(self->ports_->net_id, **here));
    });
  }
  void ask_for_home(DevEui dev_eui) {
    auto make = [&](actors::Reply<join_server::HomeNetwork> then) {
      return join_server::GetHomeNetwork{*join_eui_, dev_eui, std::move(then)};
    };
    auto answered = [self = shared_from_this()](const Result<join_server::HomeNetwork>& home) {
      if (!home) return self->refuse(home.error());
      self->answer(self->home_of(home->net_id, home->network_server_address));
    };
    ask<join_server::HomeNetwork>(dev_eui, make, std::move(answered));
  }
  bi::HomeNsAns home_of(NetId net_id, const std::string& ns_address) const {
    bi::HomeNsAns out{
        .result = {}, .h_net_id = net_id, .h_ns_id = {}, .tenant_id = {}, .ns_address = ns_address};
    if (net_id == ports_->net_id && !ports_->ns_id.empty()) out.h_ns_id = ports_->ns_id;
    return out;
  }

  void serve(const bi::PrStartReq& request) { roam(request, name_of(request)); }
  void serve(const bi::PrStopReq& request) { roam(request); }
  void serve(const bi::XmitDataReq& request) { roam(request); }

  /// Handover roaming is not built.
  template <class Body>
  void serve(const Body&) {
    refuse(Error(not_supported, {{"type", bi::to_string(header_.type)}}));
  }

  /// `device`: whose keys the answer may hold.
  template <class Request>
  void roam(const Request& request, std::string device = {}) {
    const auto sender = parse_net_id(header_.sender_id);
    if (!sender) return refuse(Error(bi::unknown_sender));
    if (header_.receiver_id != to_string(ports_->net_id)) return refuse(Error(unknown_receiver));
    const auto partners = ports_->roaming.get();
    if (!partners) return refuse(Error(no_roaming_agreement));
    const auto make = [&](actors::Reply<bi::Body> then) {
      return roaming::PartnerAsks{*sender, header_.version, request, std::move(then)};
    };
    auto answered = [self = shared_from_this(),
                     device = std::move(device)](Result<bi::Body> answer) {
      if (!answer) return self->refuse(answer.error());
      if (const auto* start = std::get_if<bi::PrStartAns>(&*answer); start && holds_key(*start))
        return self->answer_recorded(device, {start->nwk_s_key ? "nwk_s_key" : "f_nwk_s_int_key"},
                                     *start);
      self->count(roaming_result(*answer));
      self->answer_with(*std::move(answer));
    };
    ports_->asker.ask<bi::Body>(partners, roaming_role, make, std::move(answered));
  }

  static bool is_rejoin(const Bytes& frame) {
    return !frame.empty() && phy::decode_mhdr(frame[0]).m_type == phy::MType::rejoin_request;
  }
  static bool holds_key(const bi::PrStartAns& answer) {
    return answer.nwk_s_key || answer.f_nwk_s_int_key;
  }
  /// What the audit log calls a device of which no more is known here.
  static std::string name_of(DevEui dev_eui) { return "dev_eui:" + to_string(dev_eui); }
  static std::string name_of(const bi::PrStartReq& request) {
    const auto frame = phy::decode_frame(request.phy_payload);
    const auto ids = frame ? phy::uplink_identifiers(*frame) : phy::UplinkIdentifiers{};
    if (ids.dev_addr) return "dev_addr:" + to_string(*ids.dev_addr);
    return name_of(ids.dev_eui.value_or(DevEui{}));
  }
  static bi::ResultCode roaming_result(const bi::Body& body) {
    if (const auto* start = std::get_if<bi::PrStartAns>(&body)) return start->result.code;
    if (const auto* xmit = std::get_if<bi::XmitDataAns>(&body)) return xmit->result.code;
    const auto* other = std::get_if<bi::OtherAns>(&body);
    return other != nullptr ? other->result.code : bi::ResultCode::success;
  }

  template <class T, class Make, class Then>
  void ask(DevEui dev_eui, Make make, Then then) {
    const storage::JoinKey key{*join_eui_, dev_eui};
    ports_->asker.ask<T>(ports_->join_servers.of(key), role, make,
                         actors::Reply<T>(std::move(then)));
  }

  void joined(Result<network_server::JoinAnswer> joined, bool v1_1, DevEui dev_eui) {
    if (!joined) return refuse(joined.error());
    bi::JoinAns out;
    const auto& keys = joined->keys;
    const auto put = [&](const Aes128Key& key, std::optional<bi::Key>& field) -> Status {
      FF_TRY(field, wrap(key, joined->network_server_kek_label));
      return {};
    };
    const auto wrapped = [&]() -> Status {
      if (!v1_1) return put(keys.f_nwk_s_int_key, out.nwk_s_key);
      FF_CHECK(put(keys.s_nwk_s_int_key, out.s_nwk_s_int_key));
      FF_CHECK(put(keys.f_nwk_s_int_key, out.f_nwk_s_int_key));
      return put(keys.nwk_s_enc_key, out.nwk_s_enc_key);
    }();
    if (!wrapped) return refuse(wrapped.error());
    out.phy_payload = std::move(joined->join_accept);
    out.app_s_key = on_wire(keys.app_s_key);
    out.session_key_id = keys.session_key_id;
    using Names = std::vector<std::string>;
    answer_recorded(name_of(dev_eui),
                    v1_1 ? Names{"s_nwk_s_int_key", "f_nwk_s_int_key", "nwk_s_enc_key", "app_s_key"}
                         : Names{"nwk_s_key", "app_s_key"},
                    std::move(out));
  }

  Result<bi::Key> wrap(const Aes128Key& key, const std::string& label) const {
    if (label.empty()) return bi::Key{{}, to_owned(key.bytes())};
    FF_TRY(const auto envelope, ports_->vault->current()->wrap(key, label));
    return bi::Key{envelope.kek_label, envelope.encrypted_key};
  }
  static bi::Key on_wire(const KeyEnvelope& key) {
    if (key.key) return {{}, to_owned(key.key->bytes())};
    return {key.kek_label, key.encrypted_key};
  }

  void refuse(const Error& error) {
    auto outcome = bi::outcome_of(error, is_join() ? bi::Purpose::join : bi::Purpose::other);
    if (error.is(unknown_receiver)) outcome.code = bi::ResultCode::unknown_receiver;
    count(outcome.code);
    answer_with(bi::OtherAns{std::move(outcome)});
  }
  /// Keys leave when the audit log has it.
  template <class Body>
  void answer_recorded(std::string entity, std::vector<std::string> keys, Body body) {
    audit::Record record;
    record.action = audit::Action::key_access;
    record.method = "interop/" + std::string(bi::to_string(header_.type));
    record.account = "network:" + header_.sender_id;
    record.credential = audit::Credential::certificate;
    record.remote_address = address_;
    record.entities = {std::move(entity)};
    record.keys = std::move(keys);
    const api::AuditedAct act(ports_->audit, std::move(record));
    act.write({}, [self = shared_from_this(), body = std::move(body)](const Status& recorded) {
      if (!recorded) return self->refuse(recorded.error());
      self->answer(body);
    });
  }
  template <class Body>
  void answer(Body body) {
    count(bi::ResultCode::success);
    answer_with(std::move(body));
  }
  /// To one that wants the answer as a request of its own: that it has been heard.
  void acknowledge() {
    const auto found = ports_->answer_ways.find(header_.sender_id);
    if (found == ports_->answer_ways.end()) return;
    way_ = &found->second;
    response_->respond(http_ok, Headers{}, ByteView());
  }
  void answer_with(bi::Body body) {
    const bi::Message message{bi::answer_header(header_), std::move(body)};
    if (way_ == nullptr)
      return response_->respond(http_ok, "application/json", bi::encode(message));
    auto taken = [self = shared_from_this()](const auto& answer) {
      self->count_delivery(answer && answer->status >= 200 && answer->status < 300);
    };
    way_->http->send(actors::interop_request(way_->access, way_->access.fqdn, way_->path, message),
                     std::move(taken));
  }
  void count_delivery(bool taken) const {
    ports_->metrics
        ->counter("farfield_interop_server_late_answers_total",
                  "Answers sent as requests of their own, by whether the other network took them.",
                  {{"result", taken ? "taken" : "lost"}})
        .Increment();
    if (!taken)
      spdlog::warn("msg=\"answer was not taken\" sender=\"{}\" type={}", header_.sender_id,
                   bi::to_string(header_.type));
  }
  void count(bi::ResultCode code) const {
    ports_->metrics
        ->counter("farfield_interop_server_requests_total",
                  "Messages of other networks, by type and result.",
                  {{"type", std::string(bi::to_string(header_.type))},
                   {"result", std::string(bi::to_string(code, bi::Version::v1_1))}})
        .Increment();
  }
  bool is_join() const {
    return header_.type == bi::MessageType::join_req || header_.type == bi::MessageType::rejoin_req;
  }

  Ports ports_;
  const bi::Header header_;
  const std::string address_;
  const CorrelationIds ids_;
  std::shared_ptr<ResponseWriter> response_;
  const AnswerWay* way_ = nullptr;  // null: in the response
  std::vector<std::string> names_;
  std::optional<JoinEui> join_eui_;
};

void count_malformed(const Ports& ports) {
  ports->metrics
      ->counter("farfield_interop_server_malformed_total",
                "Requests of other networks that are no messages.")
      .Increment();
}

/// An answer to a question of ours.
void take_answer(const Ports& ports, const bi::Header& header, const Request& request,
                 const std::shared_ptr<ResponseWriter>& response) {
  const auto chain = presented_chain(request, ports->certificate_proxies);
  if (!ports->senders.authenticate(header.sender_id, chain, ports->now()))
    return response->respond(http_forbidden, Headers{}, ByteView());
  const auto respond = [response](bool waited) {
    response->respond(waited ? http_ok : http_not_found, Headers{}, ByteView());
  };
  if (!ports->late_answers) return respond(false);
  ports->late_answers->take(header, std::string(as_text(request.body)), respond);
}

}  // namespace

net::http::HttpHandler make_interop_handler(ServerPorts ports) {
  auto shared = std::make_shared<const ServerPorts>(std::move(ports));
  return [shared](const Request& request, std::shared_ptr<ResponseWriter> response) {
    if (request.method != "POST" || request.headers.value("Content-Type") != "application/json")
      return response->respond(http_not_found, Headers{}, ByteView());
    auto decoded = bi::decode(as_text(request.body));
    if (!decoded) {
      count_malformed(shared);
      return response->respond(http_bad_request, Headers{}, ByteView());
    }
    if (!bi::is_request(decoded->header.type))
      return take_answer(shared, decoded->header, request, response);
    std::make_shared<Exchange>(shared, std::move(decoded->header), request, std::move(response))
        ->start(decoded->body, presented_chain(request, shared->certificate_proxies));
  };
}

}  // namespace ff::interop
