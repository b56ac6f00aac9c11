#include "app/server/inspect/page.hpp"

#include <caf/send.hpp>

#include <atomic>

#include "app/api/url.hpp"
#include "app/inspection/values.hpp"
#include "app/server/inspect/answer.hpp"
#include "app/server/inspect/json.hpp"
#include "protocol/base/hex.hpp"

namespace ff::app {
namespace {

using boost::json::object;
using net::http::Request;
namespace as_packages = application_server::packages;
using net::http::ResponseWriter;

constexpr ErrorDef not_found{"pkg/errors", "not_found", Code::not_found, "there is no `{path}`"};
constexpr ErrorDef only_get{"pkg/errors", "unimplemented", Code::unimplemented,
                            "inspection only answers GET"};
constexpr ErrorDef invalid_address{"pkg/errors", "validation", Code::invalid_argument,
                                   "invalid `dev_addr`: `{value}` is not eight hex digits"};
constexpr ErrorDef too_many{"pkg/errors", "resource_exhausted", Code::resource_exhausted,
                            "{max} inspections are under way"};

constexpr std::string_view ns_role = "NETWORK_SERVER";
constexpr std::string_view as_role = "APPLICATION_SERVER";
constexpr std::string_view gs_role = "GATEWAY_SERVER";
constexpr std::string_view js_role = "JOIN_SERVER";
constexpr std::string_view supervisor_role = "SUPERVISOR";

boost::json::value waiting() {
  return boost::json::string(part_timeout);
}

class Inspector : public std::enable_shared_from_this<Inspector> {
 public:
  explicit Inspector(InspectPorts ports)
      : ports_(std::move(ports)), queue_(*ports_.metrics, "inspections") {}

  void serve(const Request& request, std::shared_ptr<ResponseWriter> writer) {
    const bool admitted = running_.fetch_add(1) < inspections_max;
    auto answer = std::make_shared<InspectAnswer>(
        std::move(writer), [self = shared_from_this()] { --self->running_; });
    if (!admitted) {
      queue_.dropped.Increment();
      return answer->refuse(Error(too_many, {{"max", inspections_max}}));
    }
    if (request.method != "GET") return answer->refuse(Error(only_get));
    auto path = std::string(request.path());
    ports_.allow(std::string(request.headers.value("Authorization")),
                 [self = shared_from_this(), answer, path](const Status& allowed) {
                   if (!allowed) return answer->refuse(allowed.error());
                   if (auto done = self->route(path, answer); !done) answer->refuse(done.error());
                 });
  }

 private:
  Status route(const std::string& path, const InspectAnswerPtr& answer) const {
    const auto segments = api::split_path(path);
    const auto words = segments.value_or(std::vector<std::string>{});
    const auto is = [&](std::size_t size, std::string_view what) {
      return words.size() == size && words[1] == what;
    };
    if (words.size() == 1) return overview(answer);
    if (is(4, "device")) return device(words[2], words[3], answer);
    if (is(3, "address")) return address(words[2], answer);
    if (is(3, "gateway")) return gateway(words[2], answer);
    if (is(2, "joins")) return joins(answer);
    if (is(2, "packages")) return packages(answer);
    if (is(3, "packages")) return packages_of(words[2], answer);
    if (is(2, "shards")) return shards(answer);
    if (is(2, "roaming")) return roaming(answer);
    if (is(2, "storage")) return storage(answer);
    return fail(not_found, {{"path", path}});
  }

  template <class T, class Handle, class Make>
  void ask(const Handle& to, std::string_view role, Make make, actors::Reply<T> then) const {
    ports_.asker.ask<T>(to, role, make, std::move(then));
  }
  /// Asks with `Message{reply}` and fills the part at `pointer`.
  template <class Message, class T, class Handle>
  void ask_part(const Handle& to, std::string_view role, const InspectAnswerPtr& answer,
                std::string pointer) const {
    const auto make = [](actors::Reply<T> reply) { return Message{std::move(reply)}; };
    ask<T>(to, role, make,
           fills<T>(answer, std::move(pointer), [](const T& part) { return to_json(part); }));
  }

  Status overview(const InspectAnswerPtr& answer) const {
    object components;
    for (const auto& [name, route] : ports_.routes.supervisors) components[name] = waiting();
    object actors;
    for (const auto& [kind, number] :
         ports_.metrics->gauge_values("farfield_actors_running", "kind"))
      actors[kind] = static_cast<std::int64_t>(number);
    answer->begin({{"components", std::move(components)},
                   {"actors", std::move(actors)},
                   {"gateways", waiting()},
                   {"subscribers", waiting()}});
    for (const auto& [name, route] : ports_.routes.supervisors) {
      ask_part<actors::InspectSupervisor, actors::SupervisorSnapshot>(
          route.get(), supervisor_role, answer, "/components/" + name);
    }
    const auto router = ports_.routes.gateway_router.get();
    ask_part<gateway_server::InspectRouter, gateway_server::RouterSnapshot>(router, gs_role, answer,
                                                                            "/gateways");
    const auto links = ports_.routes.application_server.links.get();
    ask_part<application_server::InspectLinks, std::vector<application_server::LinkSnapshot>>(
        links, as_role, answer, "/subscribers");
    return {};
  }

  Status device(const std::string& application, const std::string& id,
                const InspectAnswerPtr& answer) const {
    FF_TRY(auto application_id, parse_application_id(application));
    FF_TRY(auto device_id, parse_device_id(id));
    const DeviceUid uid{std::move(application_id), std::move(device_id)};
    const auto home = storage::shard_of(uid, ports_.routes.network_server.count());
    answer->begin({{"application_id", text(application)},
                   {"device_id", text(id)},
                   {"shard", home.value()},
                   {"device", waiting()},
                   {"addresses", object{}}});
    const auto make = [&](actors::Reply<network_server::DeviceSnapshot> reply) {
      return network_server::InspectDevice{uid, std::move(reply)};
    };
    ask<network_server::DeviceSnapshot>(
        ports_.routes.inspectable_network_server.at(home), ns_role, make,
        [self = shared_from_this(), answer](const Result<network_server::DeviceSnapshot>& device) {
          if (!device) return answer->put("/device", part_of(device.error()));
          answer->put("/device", to_json(*device));
          self->addresses_of(*device, answer);
        });
    return {};
  }

  /// Frames that were refused on a device's address never reached its session.
  void addresses_of(const network_server::DeviceSnapshot& device,
                    const InspectAnswerPtr& answer) const {
    object parts;
    for (const auto* session : {&device.session, &device.pending_session})
      if (*session) parts[to_string((*session)->dev_addr)] = waiting();
    answer->put("/addresses", std::move(parts));
    for (const auto* session : {&device.session, &device.pending_session}) {
      if (!*session) continue;
      const auto dev_addr = (*session)->dev_addr;
      ask_address(dev_addr, answer, "/addresses/" + to_string(dev_addr));
    }
  }

  void ask_address(DevAddr dev_addr, const InspectAnswerPtr& answer, std::string pointer) const {
    using network_server::AddressSnapshot;
    const auto make = [&](actors::Reply<AddressSnapshot> reply) {
      return network_server::InspectAddress{dev_addr, std::move(reply)};
    };
    ask<AddressSnapshot>(ports_.routes.inspectable_network_server.of(dev_addr), ns_role, make,
                         fills<AddressSnapshot>(answer, std::move(pointer),
                                                [](const auto& part) { return to_json(part); }));
  }

  Status address(const std::string& digits, const InspectAnswerPtr& answer) const {
    const auto number = parse_hex_number(digits, 8);
    if (!number) return fail(invalid_address, {{"value", digits}});
    const DevAddr dev_addr{static_cast<std::uint32_t>(*number)};
    const auto shard = storage::shard_of(dev_addr, ports_.routes.network_server.count());
    answer->begin({{"shard", shard.value()}, {"address", waiting()}});
    ask_address(dev_addr, answer, "/address");
    return {};
  }

  /// Every shard has the last few of its own.
  Status joins(const InspectAnswerPtr& answer) const {
    using network_server::ShardSnapshot;
    answer->begin({{"joins_of_unknown_devices", boost::json::array{}},
                   {"shards_without_answer", boost::json::array{}}});
    const auto make = [](actors::Reply<ShardSnapshot> reply) {
      return network_server::InspectShard{std::move(reply)};
    };
    const auto& shards = ports_.routes.inspectable_network_server;
    for (std::uint32_t i = 0; i < shards.count().value(); ++i) {
      ask<ShardSnapshot>(shards.at(ff::storage::Shard{static_cast<std::uint16_t>(i)}), ns_role,
                         make, [answer, i](const Result<ShardSnapshot>& shard) {
                           if (!shard) return answer->append("/shards_without_answer", i);
                           for (const auto& join : shard->refused_joins)
                             answer->append("/joins_of_unknown_devices", to_json(join));
                         });
    }
    return {};
  }

  Status gateway(const std::string& id, const InspectAnswerPtr& answer) const {
    using gateway_server::ConnectionSnapshot;
    FF_TRY(auto gateway_id, parse_gateway_id(id));
    answer->begin({{"gateway_id", text(id)}, {"connection", waiting()}});
    const auto make = [&](actors::Reply<ConnectionSnapshot> reply) {
      return gateway_server::InspectGateway{gateway_id, std::move(reply)};
    };
    ask<ConnectionSnapshot>(ports_.routes.gateway_router.get(), gs_role, make,
                            [answer](const Result<ConnectionSnapshot>& found) {
                              // Not connected is an answer for the caller, not a part of one.
                              if (!found && found.error().code() == Code::not_found)
                                return answer->refuse(found.error());
                              answer->put("/connection", found ? boost::json::value(to_json(*found))
                                                               : part_of(found.error()));
                            });
    return {};
  }

  Status shards(const InspectAnswerPtr& answer) const {
    const auto count = ports_.routes.network_server.count().value();
    object all;
    for (std::uint32_t i = 0; i < count; ++i) {
      all[std::to_string(i)] = object{{"network_server", waiting()},
                                      {"application_server", waiting()},
                                      {"join_server", waiting()}};
    }
    answer->begin({{"shards", std::move(all)}});
    for (std::uint32_t i = 0; i < count; ++i)
      ask_shard(ff::storage::Shard{static_cast<std::uint16_t>(i)}, answer);
    return {};
  }

  void ask_shard(ff::storage::Shard shard, const InspectAnswerPtr& answer) const {
    const auto& routes = ports_.routes;
    const auto place = "/shards/" + std::to_string(shard.value());
    ask_part<network_server::InspectShard, network_server::ShardSnapshot>(
        routes.inspectable_network_server.at(shard), ns_role, answer, place + "/network_server");
    ask_part<application_server::InspectPipeline, application_server::PipelineSnapshot>(
        routes.application_server.inspectable.at(shard), as_role, answer,
        place + "/application_server");
    ask_part<join_server::InspectJoinShard, join_server::JoinShardSnapshot>(
        routes.inspectable_join_server.at(shard), js_role, answer, place + "/join_server");
  }

  Status packages(const InspectAnswerPtr& answer) const {
    using as_packages::PackagesSnapshot;
    answer->begin({{"packages", waiting()}});
    const auto make = [](actors::Reply<PackagesSnapshot> reply) {
      return as_packages::InspectPackages{std::nullopt, std::move(reply)};
    };
    ask<PackagesSnapshot>(
        ports_.routes.application_server.packages.get(), as_role, make,
        fills<PackagesSnapshot>(answer, "/packages", [](const auto& all) { return to_json(all); }));
    return {};
  }

  Status packages_of(const std::string& application, const InspectAnswerPtr& answer) const {
    using as_packages::PackagesSnapshot;
    FF_TRY(auto application_id, parse_application_id(application));
    answer->begin({{"application_id", text(application)}, {"packages", waiting()}});
    const auto make = [&](actors::Reply<PackagesSnapshot> reply) {
      return as_packages::InspectPackages{application_id, std::move(reply)};
    };
    ask<PackagesSnapshot>(ports_.routes.application_server.packages.get(), as_role, make,
                          [self = shared_from_this(), answer](const auto& found) {
                            if (!found) return answer->put("/packages", part_of(found.error()));
                            self->consumers_of(*found, answer);
                          });
    return {};
  }

  /// Each of an application's packages has an actor.
  void consumers_of(const as_packages::PackagesSnapshot& all,
                    const InspectAnswerPtr& answer) const {
    object parts;
    for (const auto& one : all.consumers) {
      parts[info_of(one.key.package).name] = object{{"associations", one.associations},
                                                    {"state", text(name_of(one.state))},
                                                    {"consumer", waiting()}};
    }
    answer->put("/packages", std::move(parts));
    using as_packages::ConsumerSnapshot;
    for (const auto& one : all.consumers) {
      const auto make = [&](actors::Reply<ConsumerSnapshot> reply) {
        return as_packages::InspectConsumer{one.key, std::move(reply)};
      };
      ask<ConsumerSnapshot>(
          ports_.routes.application_server.packages.get(), as_role, make,
          fills<ConsumerSnapshot>(
              answer, "/packages/" + std::string(info_of(one.key.package).name) + "/consumer",
              [](const auto& consumer) { return to_json(consumer); }));
    }
  }

  /// Without partners nobody is there to ask.
  Status roaming(const InspectAnswerPtr& answer) const {
    answer->begin({{"roaming", nullptr}});
    const auto partners = ports_.routes.roaming.get();
    if (!partners) return {};
    answer->put("/roaming", waiting());
    ask_part<ff::roaming::InspectRoaming, ff::roaming::RoamingSnapshot>(partners, ns_role, answer,
                                                                        "/roaming");
    return {};
  }

  Status storage(const InspectAnswerPtr& answer) const {
    answer->begin({{"committer", waiting()}, {"store", nullptr}});
    ask_part<actors::InspectCommitter, actors::CommitterSnapshot>(
        ports_.routes.deps.committer.get(), "COMMITTER", answer, "/committer");
    if (ports_.store != nullptr) answer->put("/store", to_json(ports_.store->stats()));
    return {};
  }

  InspectPorts ports_;
  actors::QueueProbe queue_;
  std::atomic<std::size_t> running_{0};
};

}  // namespace

net::http::HttpHandler make_inspect_handler(InspectPorts ports) {
  return [inspector = std::make_shared<Inspector>(std::move(ports))](
             const Request& request, std::shared_ptr<ResponseWriter> writer) {
    inspector->serve(request, std::move(writer));
  };
}

}  // namespace ff::app
