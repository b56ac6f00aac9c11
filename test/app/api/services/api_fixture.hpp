// The API of a whole process over HTTP JSON, with doubles behind it.
#pragma once

#include <gtest/gtest.h>
#include <caf/actor_system_config.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <boost/json.hpp>

#include "app/api/http_gateway.hpp"
#include "app/api/server.hpp"
#include "app/api/services/register.hpp"
#include "test/app/api/recording_sink.hpp"
#include "test/app/api/services/doubles.hpp"

namespace ff::api::test {

inline constexpr ErrorDef token_unknown{"test", "token_unknown", Code::unauthenticated,
                                        "unknown token"};

/// Everyone who says `Bearer` something.
class AnyBearer final : public Authenticator {
 public:
  void authenticate(const CallMetadata& metadata, Continuation answer) override {
    auto found = metadata.find("authorization");
    if (found == metadata.end()) return answer(fail(token_unknown));
    answer(AuthInfo{.kind = AuthInfo::Kind::api_key, .token_id = "KEY", .account_id = "user:me"});
  }
};

/// Asks whom a test chooses.
class ChosenAuthenticator final : public Authenticator {
 public:
  void authenticate(const CallMetadata& metadata, Continuation answer) override {
    chosen->authenticate(metadata, std::move(answer));
  }
  std::shared_ptr<Authenticator> chosen = std::make_shared<AnyBearer>();
};

/// The audit log that a test chooses; none without.
class ChosenAudit final : public CallAudit {
 public:
  bool concerns(std::string_view method,
                const google::protobuf::Descriptor& response) const override {
    return chosen && chosen->concerns(method, response);
  }
  void begin(Call& call, const google::protobuf::Message& request, Continuation then) override {
    chosen->begin(call, request, std::move(then));
  }
  void end(const Call& call, const google::protobuf::Message& request, const Status& outcome,
           const google::protobuf::Message& response, Continuation then) override {
    chosen->end(call, request, outcome, response, std::move(then));
  }
  void record(const Call& call, const google::protobuf::Message& request,
              Continuation then) override {
    if (!chosen) return then({});
    chosen->record(call, request, std::move(then));
  }
  std::shared_ptr<CallAudit> chosen;
};

struct Answer {
  int status = 0;
  boost::json::value body;

  /// The value at a JSON pointer, as text; empty when there is none.
  std::string at(std::string_view pointer) const {
    boost::json::error_code error;
    const auto* found = body.find_pointer(pointer, error);
    if (!found) return {};
    return found->is_string() ? std::string(found->as_string()) : boost::json::serialize(*found);
  }
  std::string error() const { return at("/details/0/namespace") + ":" + at("/details/0/name"); }
};

class ApiFixture : public ::testing::Test {
 protected:
  ApiFixture() {
    caf_config.set("scheduler.policy", caf::atom("sharing"));
    caf_config.set("scheduler.max-threads", std::size_t{2});
    system = std::make_unique<caf::actor_system>(caf_config);
    deps.now = [] { return UtcTime(std::chrono::hours(24 * 365 * 50)); };
    deps.rights = [this](const Call&, const storage::EntityKey& entity,
                         const actors::Reply<RightSet>& reply) {
      const auto found = rights.find(entity.ids.at(0));
      reply(found == rights.end() ? RightSet() : found->second);
    };
    deps.hub = &hub;
    deps.new_event_id = [] { return std::string("ULID"); };
    deps.network_servers = spawn<NetworkServers>(network_server_double);
    deps.application_servers = spawn<ApplicationServers>(application_server_double);
    deps.join_servers = spawn<JoinServers>(join_server_double);
  }
  ~ApiFixture() override { tear_down(); }

  /// Ends everything; a derived fixture calls it when what its actors use is about to go.
  void tear_down() {
    if (server) server->shutdown(std::chrono::seconds(1));
    gateway.reset();
    server.reset();
    services.reset();
    if (authenticator) authenticator->chosen.reset();
    if (audit) audit->chosen.reset();
    for (const auto& actor : spawned) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    spawned.clear();
    deps = {};
    system.reset();
  }

  /// After changes of `deps`, if any.
  void start() {
    services = std::make_unique<Services>(front, deps);
    auto started = ApiServer::start({{"127.0.0.1:0", {}}}, services->all());
    ASSERT_TRUE(started);
    server = *std::move(started);
    gateway = std::make_unique<HttpGateway>(server->in_process_channel(),
                                            [] { return std::string(32, 'e'); });
  }

  Answer call(const std::string& method, const std::string& path, const std::string& body = "") {
    if (!gateway) start();
    auto sink = std::make_shared<RecordingSink>();
    gateway->serve({method, "/api/v3" + path, {{"Authorization", "Bearer " + token}}, body}, sink);
    sink->wait();
    last = sink;
    boost::json::error_code error;
    return {sink->status(), boost::json::parse(sink->text(), error)};
  }

  template <class Shards, class Behavior>
  Shards spawn(Behavior behavior) {
    Shards shards(*storage::ShardCount::make(1));
    auto handle = system->spawn(behavior);
    shards.route(storage::Shard{}).set(handle);
    spawned.push_back(caf::actor_cast<caf::actor>(handle));
    return shards;
  }

  std::map<std::string, RightSet> rights;  // by the first id of an entity
  events::Hub hub;
  ServiceDeps deps;
  std::string token = "x";
  std::shared_ptr<ChosenAuthenticator> authenticator = std::make_shared<ChosenAuthenticator>();
  std::shared_ptr<ChosenAudit> audit = std::make_shared<ChosenAudit>();
  std::shared_ptr<RecordingSink> last;
  caf::actor_system_config caf_config;
  std::unique_ptr<caf::actor_system> system;
  std::vector<caf::actor> spawned;
  Front front{
      {.now = deps.now ? deps.now : [] { return UtcTime(std::chrono::hours(24 * 365 * 50)); },
       .new_request_id = [] { return std::string("ULID"); },
       .new_error_id = [] { return std::string(32, 'e'); },
       .authenticator = authenticator,
       .audit = audit,
       .on_error = {}}};
  std::unique_ptr<Services> services;
  std::unique_ptr<ApiServer> server;
  std::unique_ptr<HttpGateway> gateway;
};

}  // namespace ff::api::test
