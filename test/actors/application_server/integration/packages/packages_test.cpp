// Registry, consumers, links and outbox reader together, in virtual time; pipeline and server are
// scripts.
#include <gtest/gtest.h>

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/application_server/integration/packages/actor.hpp"
#include "actors/application_server/integration/packages/errors.hpp"
#include "actors/application_server/link/actor.hpp"
#include "actors/application_server/outbox/actor.hpp"
#include "actors/application_server/outbox/record.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::application_server::packages {
namespace {

using net::http_client::ClientAnswer;
using net::http_client::ClientRequest;
using std::chrono::milliseconds;
using std::chrono::seconds;
using storage::OutboxSequence;
using storage::Shard;

/// Answers as it is told, at once.
class ScriptedServer final : public net::http_client::HttpClient {
 public:
  void send(ClientRequest request, Then then) override {
    requests.push_back(std::move(request));
    if (is_silent) return;
    then(answer);
  }
  net::http_client::ClientCounters counters() const override { return {}; }

  std::vector<ClientRequest> requests;
  bool is_silent = false;
  Result<ClientAnswer> answer = ClientAnswer{
      200, R"({"result":{"01-23-45-67-89-AB-CD-EF":{"result":{"dnlink":{"port":150,"payload":"0A"},
              "position_solution":{"algorithm_type":"gnss","llh":[51,4,3],"accuracy":9}}}}})"};
};

class PackagesActors : public test::ActorFixture {
 protected:
  void SetUp() override {
    outbox = spawn_outbox(*system,
                          {.store = &engine, .deps = deps, .shards = shards, .own_thread = false});
    outbox_route.set(outbox);
    links = spawn_links(*system, {deps, table, {}, seconds{1}});
    links_route.set(links);
    pipeline = system->spawn([this](PipelineHandle::pointer) { return pipeline_double(); });
    for (std::uint16_t i = 0; i < 2; ++i) pipelines.route(Shard{i}).set(pipeline);
    start();
  }
  void TearDown() override {
    for (const auto& actor :
         {caf::actor_cast<caf::actor>(packages), caf::actor_cast<caf::actor>(links),
          caf::actor_cast<caf::actor>(outbox), caf::actor_cast<caf::actor>(pipeline)}) {
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    }
    run();
  }
  PipelineHandle::behavior_type pipeline_double() {
    return {
        [](const SessionAccepted&) {},
        [this](const QueueDownlinks& message) {
          queued.push_back(message);
          queued.back().reply = {};
          message.reply(queue_error ? Status(fail(*queue_error)) : Status());
        },
        [](const ListQueuedDownlinks&) {},
        [this](const SimulateUp& message) {
          published.push_back(message);
          published.back().reply = {};
          message.reply({});
        },
        [](const GetAppDevice&) {},
        [](const ChangeAppDevice&) {},
        [](const DeleteAppDevice&) {},
        [](const DownlinksPushed&) {},
    };
  }
  void start() {
    PackagesContext context{
        .config = config,
        .deps = deps,
        .shards = shards,
        .outbox = outbox_route,
        .links = links_route,
        .pipelines = pipelines,
        .client = &server,
        .publish = [this](events::Event event) { seen.push_back(std::move(event)); }};
    packages = spawn_packages(*system, std::make_shared<const PackagesContext>(std::move(context)));
    run();
  }
  void restart() {
    caf::anon_send_exit(packages, caf::exit_reason::user_shutdown);
    run();
    start();
  }

  template <class T, class Make>
  Result<T> ask(Make make) {
    Result<T> answer = fail(registry_starting);
    caf::anon_send(packages, make([&](Result<T> got) { answer = std::move(got); }));
    run();
    return answer;
  }
  Result<AssociationPtr> set(const std::string& device, std::uint8_t f_port,
                             const std::string& package, const std::string& data = "") {
    return ask<AssociationPtr>([&](auto reply) {
      return SetAssociation{{app, DeviceId(device), f_port},
                            [package, data](const Association* current) -> Result<Association> {
                              auto next = current == nullptr ? Association() : *current;
                              next.package_name = package;
                              next.data = data;
                              return next;
                            },
                            reply};
    });
  }
  Status erase(const std::string& device, std::uint8_t f_port) {
    return ask<void>([&](auto reply) {
      return DeleteAssociation{{app, DeviceId(device), f_port}, reply};
    });
  }
  std::string listed(const std::string& device, std::uint64_t skip = 0, std::uint64_t limit = 0) {
    const auto page = ask<AssociationPage>([&](auto reply) {
      return ListAssociations{app, DeviceId(device), skip, limit, reply};
    });
    std::string out = std::to_string(page->total) + ":";
    for (const auto& [key, association] : page->associations)
      out += " " + std::to_string(key.f_port);
    return out;
  }

  /// As a pipeline: durable first, then live. A device whose clock is 10 s behind asks for the
  /// time.
  void publish(Shard shard, std::uint64_t sequence, bool lively = true,
               const std::string& device = "dev-1") {
    ApplicationUplink uplink;
    uplink.f_port = FPort{202};
    uplink.frm_payload = {0x01, 0xA8, 0x87, 0x2C, 0x51, 0x03};
    uplink.received_at = parse_rfc3339("2023-03-03T10:00:00Z").value();
    publish(shard, sequence, lively, device, std::move(uplink));
  }
  /// Heard by a gateway that knows where it is.
  void publish_located(std::uint64_t sequence, const std::string& device = "dev-1") {
    ApplicationUplink uplink;
    uplink.f_port = FPort{1};
    uplink.f_cnt = FCnt32{static_cast<std::uint32_t>(sequence)};
    uplink.frm_payload = {1};
    uplink.received_at = parse_rfc3339("2023-03-03T10:00:00Z").value() + seconds{sequence};
    RxMetadata metadata;
    metadata.gateway.gateway_id = GatewayId("gtw");
    metadata.location = Location{51, 4, 30, 0, LocationSource::registry};
    uplink.rx_metadata = {metadata};
    publish(zero, sequence, true, device, std::move(uplink));
  }
  /// In the last question to the server.
  std::size_t frames_asked() const {
    if (server.requests.empty()) return 0;
    const auto body = std::string(as_text(*server.requests.back().body));
    const auto frames = body.substr(body.find("frames"));
    return static_cast<std::size_t>(std::ranges::count(frames, '[')) / 2;
  }
  void publish(Shard shard, std::uint64_t sequence, bool lively, const std::string& device,
               ApplicationUplink uplink) {
    const ApplicationUp up{.ids = {{app, DeviceId(device)}, DevEui{0x0123456789ABCDEF}, {}, {}},
                           .correlation_ids = {"as:up:x"},
                           .received_at = clock->now().utc,
                           .up = std::move(uplink)};
    auto message = std::make_shared<const OutboxMessage>(make_message(up));
    storage::WriteBatch batch;
    batch.put(storage::Family::outbox, storage::outbox_key({shard, app, OutboxSequence{sequence}}),
              encode_message(*message));
    ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
    if (lively) publish_to(table)({app, shard, OutboxSequence{sequence}, message});
    run();
  }
  std::string events() {
    std::string out;
    for (const auto& event : std::exchange(seen, {})) out += std::string(event.name) + " ";
    return out;
  }
  std::size_t rows(storage::Family family) {
    return *engine.scan({.family = family, .range = {}}, [](ByteView, ByteView) { return true; });
  }

  const ApplicationId app{"app-a"};
  const storage::ShardCount shards = *storage::ShardCount::make(2);
  const Shard zero{0};
  const Shard one{1};
  PackagesConfig config{.per_application_max = 5};
  ScriptedServer server;
  std::vector<events::Event> seen;
  std::vector<QueueDownlinks> queued;
  std::vector<SimulateUp> published;
  std::optional<Error> queue_error;
  LinkTable table;
  actors::Route<OutboxHandle> outbox_route;
  actors::Route<LinksHandle> links_route;
  actors::Sharded<PipelineHandle> pipelines{shards};
  OutboxHandle outbox;
  LinksHandle links;
  PipelineHandle pipeline;
  PackagesHandle packages;
};

constexpr auto alcsync = "alcsync-v1";
constexpr auto gls = "lora-cloud-geolocation-v3";
constexpr auto dms = "lora-cloud-device-management-v1";

TEST_F(PackagesActors, AssociationsAreSetReadListedAndDeleted) {
  const auto made = set("", 202, alcsync, R"({"threshold":3})");
  ASSERT_TRUE(made) << made.error().to_string();
  EXPECT_EQ((*made)->created_at, clock->now().utc);
  ASSERT_TRUE(set("dev-1", 9, alcsync));
  ASSERT_TRUE(set("dev-1", 7, dms));
  ASSERT_TRUE(set("dev-1", 100, "storage-integration"));
  EXPECT_EQ(listed(""), "1: 202");
  EXPECT_EQ(listed("dev-1"), "3: 7 9 100");
  EXPECT_EQ(listed("dev-1", 1, 1), "3: 9");
  EXPECT_EQ(listed("dev-2"), "0:");
  const AssociationKey key{app, DeviceId("dev-1"), 9};
  EXPECT_EQ((*ask<AssociationPtr>([&](auto reply) {
              return GetAssociation{key, reply};
            }))->package_name,
            alcsync);
  EXPECT_TRUE(erase("dev-1", 9));
  EXPECT_TRUE(erase("dev-1", 9).error().is(association_not_found));
  EXPECT_EQ(listed("dev-1"), "2: 7 100");
}

TEST_F(PackagesActors, WhatCanNotBeIsRefused) {
  EXPECT_TRUE(set("", 1, "no-such-package").error().is(package_not_implemented));
  EXPECT_TRUE(set("", 1, alcsync, std::string(65'537, ' ')).error().is(data_too_large));
  for (std::uint8_t i = 1; i <= 5; ++i) ASSERT_TRUE(set("", i, alcsync));
  EXPECT_TRUE(set("", 6, alcsync).error().is(too_many_associations));
  EXPECT_TRUE(set("", 5, alcsync));
}

TEST_F(PackagesActors, ADeviceThatAsksForTheTimeGetsIt) {
  publish(zero, 1);
  ASSERT_TRUE(set("", 202, alcsync));
  EXPECT_TRUE(queued.empty());
  publish(zero, 2);
  ASSERT_EQ(queued.size(), 1U);
  const auto& downlink = queued[0].downlinks.at(0);
  EXPECT_EQ(downlink.f_port, FPort{202});
  EXPECT_EQ(downlink.frm_payload, (Bytes{0x01, 10, 0, 0, 0, 3}));
  EXPECT_FALSE(downlink.confirmed);
  EXPECT_FALSE(queued[0].replace);
  EXPECT_EQ(events(),
            "as.packages.alcsync.v1.time_correction.cmd_received "
            "as.packages.alcsync.v1.time_correction.answer_enqueued ");
  EXPECT_NE(metrics.text().find("ttn_lw_as_packages_processed_total{package=\"alcsync-v1\"} 1"),
            std::string::npos);
}

TEST_F(PackagesActors, WhatCameMeanwhileIsHandledAfterARestart) {
  ASSERT_TRUE(set("", 202, alcsync));
  publish(zero, 1);
  advance(milliseconds{1100});
  restart();
  EXPECT_EQ(queued.size(), 1U);
  publish(zero, 2, false);
  publish(one, 1, false, "dev-2");
  restart();
  EXPECT_EQ(queued.size(), 3U);
  EXPECT_EQ(listed(""), "1: 202");
}

TEST_F(PackagesActors, RepetitionsHaveTheSameCorrelationId) {
  ASSERT_TRUE(set("", 202, alcsync));
  publish(zero, 1);
  const auto first = queued.at(0).downlinks.at(0).correlation_ids;
  // The cursor was not durable when the process ended.
  caf::anon_send_exit(packages, caf::exit_reason::kill);
  run();
  queued.clear();
  storage::WriteBatch undo;
  integration::put_cursor(undo, consumer_of({app, Package::clock_sync}), zero, OutboxSequence{0});
  ASSERT_TRUE(engine.write(undo, storage::Durability::sync));
  start();
  ASSERT_EQ(queued.size(), 1U);
  EXPECT_EQ(queued[0].downlinks.at(0).correlation_ids, first);
}

TEST_F(PackagesActors, ADownlinkThatCanNotBeQueuedIsTold) {
  static constexpr ErrorDef none{"x", "no_session", Code::failed_precondition, "none"};
  queue_error = Error(none);
  ASSERT_TRUE(set("", 202, alcsync));
  publish(zero, 1);
  EXPECT_EQ(events(),
            "as.packages.alcsync.v1.time_correction.cmd_received as.packages.alcsync.v1.fail ");
  EXPECT_NE(metrics.text().find("error=\"x:no_session\""), std::string::npos);
}

TEST_F(PackagesActors, AServersAnswerReachesDeviceAndApplication) {
  ASSERT_TRUE(set("", 199, dms, R"({"token":"secret","server_url":"https://dms.example"})"));
  publish(zero, 1);
  ASSERT_EQ(server.requests.size(), 1U);
  EXPECT_EQ(server.requests[0].url, "https://dms.example/api/v1/uplink/send");
  ASSERT_EQ(queued.size(), 1U);
  EXPECT_EQ(queued[0].downlinks.at(0).frm_payload, Bytes{0x0A});
  ASSERT_EQ(published.size(), 2U);
  EXPECT_TRUE(published[0].from_package);
  const auto& data = std::get<ReadyUp>(published[0].up).message;
  EXPECT_EQ(data.kind, UpKind::service_data);
  EXPECT_NE(as_text(data.body).find("as:packages:loraclouddmsv1:"), std::string_view::npos);
  EXPECT_EQ(published[0].told.name, "as.up.service.forward");
  EXPECT_EQ(std::get<ReadyUp>(published[1].up).message.kind, UpKind::location_solved);
}

TEST_F(PackagesActors, AServerThatFailsIsAskedAgain) {
  ASSERT_TRUE(set("", 199, dms, R"({"token":"secret"})"));
  const auto good = std::exchange(server.answer, ClientAnswer{500, "oops"});
  publish(zero, 1);
  EXPECT_TRUE(published.empty());
  EXPECT_EQ(events(), "as.packages.loraclouddmsv1.fail ");
  server.answer = good;
  advance(seconds{2});
  EXPECT_EQ(server.requests.size(), 2U);
  EXPECT_EQ(published.size(), 2U);
}

TEST_F(PackagesActors, FailuresOfEachPackageHaveAnEventOfTheirOwn) {
  ASSERT_TRUE(set("", 197, gls, R"({"token":"t","query":"TOARSSI"})"));
  server.answer = ClientAnswer{500, "oops"};
  publish_located(1);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].name, "as.packages.loracloudglsv3.fail");
  EXPECT_TRUE(std::holds_alternative<Error>(seen[0].data));
}

TEST_F(PackagesActors, OneThatIsNotUsedAnyMoreLeavesNothing) {
  ASSERT_TRUE(set("dev-1", 202, alcsync));
  EXPECT_EQ(rows(storage::Family::cursor), 2U);
  ASSERT_TRUE(set("dev-1", 202, dms, R"({"token":"t"})"));
  EXPECT_EQ(rows(storage::Family::cursor), 2U);
  publish(zero, 1);
  EXPECT_EQ(queued.size(), 1U);
  EXPECT_EQ(server.requests.size(), 1U);
  EXPECT_TRUE(erase("dev-1", 202));
  EXPECT_EQ(rows(storage::Family::cursor), 0U);
  EXPECT_EQ(rows(storage::Family::entity), 0U);
  // And begins anew with the next message.
  publish(zero, 2);
  ASSERT_TRUE(set("dev-1", 202, alcsync));
  publish(zero, 3);
  EXPECT_EQ(queued.size(), 2U);
}

TEST_F(PackagesActors, NothingIsInheritedFromDevicesAndApplications) {
  ASSERT_TRUE(set("", 202, alcsync));
  ASSERT_TRUE(set("dev-1", 7, alcsync));
  ASSERT_TRUE(set("dev-2", 7, alcsync));
  caf::anon_send(packages, ForgetDevice{{app, DeviceId("dev-1")}});
  run();
  EXPECT_EQ(listed("dev-1") + listed("dev-2") + listed(""), "0:1: 71: 202");
  caf::anon_send(packages, ForgetDefaults{app});
  run();
  EXPECT_EQ(listed("dev-2") + listed(""), "1: 70:");
  caf::anon_send(packages, ForgetApplication{app});
  run();
  EXPECT_EQ(listed("dev-2"), "0:");
  EXPECT_EQ(rows(storage::Family::entity) + rows(storage::Family::cursor), 0U);
}

constexpr auto several_frames =
    R"({"token":"t","query":"TOARSSI","multi_frame":true,"multi_frame_window_size":16})";

TEST_F(PackagesActors, AQueryWithSeveralFramesGoesOnAfterARestart) {
  server.answer = ClientAnswer{200, R"({"result":null,"errors":[]})"};
  ASSERT_TRUE(set("", 197, gls, several_frames));
  for (std::uint64_t i = 1; i <= 3; ++i) publish_located(i);
  EXPECT_EQ(frames_asked(), 3U);
  advance(milliseconds{1100});
  restart();
  publish_located(4);
  EXPECT_EQ(frames_asked(), 4U);
  // Without a farewell, in the middle of a query: the server has not answered.
  advance(milliseconds{1100});
  server.is_silent = true;
  publish_located(5);
  EXPECT_EQ(frames_asked(), 5U);
  caf::anon_send_exit(packages, caf::exit_reason::kill);
  run();
  server.is_silent = false;
  server.requests.clear();
  start();
  ASSERT_EQ(server.requests.size(), 1U);
  EXPECT_EQ(frames_asked(), 5U);
}

TEST_F(PackagesActors, FramesGoWithTheirDeviceOrThePackage) {
  ASSERT_TRUE(set("", 197, gls, several_frames));
  publish_located(1);
  publish_located(2, "dev-2");
  advance(milliseconds{1100});
  EXPECT_EQ(rows(storage::Family::entity), 3U);
  caf::anon_send(packages, ForgetDevice{{app, DeviceId("dev-1")}});
  run();
  EXPECT_EQ(rows(storage::Family::entity), 2U);
  restart();
  publish_located(3);
  EXPECT_EQ(frames_asked(), 1U);
  EXPECT_TRUE(erase("", 197));
  EXPECT_EQ(rows(storage::Family::entity), 0U);
}

TEST_F(PackagesActors, OperatorsSeeWhatIsThere) {
  ASSERT_TRUE(set("", 202, alcsync));
  ASSERT_TRUE(set("dev-1", 9, alcsync));
  ASSERT_TRUE(set("dev-1", 100, "storage-integration"));
  const auto inspect = [&](std::optional<ApplicationId> application_id) {
    return ask<PackagesSnapshot>([&](auto reply) {
             return InspectPackages{application_id, reply};
           })
        .value();
  };
  const auto all = inspect(std::nullopt);
  EXPECT_EQ(all.associations, 3U);
  ASSERT_EQ(all.consumers.size(), 1U);
  EXPECT_EQ(all.consumers_all, 1U);
  EXPECT_EQ(all.consumers[0].key, (ConsumerKey{app, Package::clock_sync}));
  EXPECT_EQ(all.consumers[0].associations, 2U);
  EXPECT_EQ(all.consumers[0].state, PackagesSnapshot::State::running);
  EXPECT_EQ(inspect(app).associations, 3U);
  EXPECT_TRUE(inspect(ApplicationId("app-b")).consumers.empty());
}

TEST_F(PackagesActors, AConsumerTellsHowItStands) {
  ASSERT_TRUE(set("", 202, alcsync));
  publish(zero, 1);
  const auto inspect = [&](Package package) {
    return ask<ConsumerSnapshot>([&](auto reply) {
      return InspectConsumer{{app, package}, reply};
    });
  };
  EXPECT_EQ(inspect(Package::clock_sync)->done, 1U);
  EXPECT_TRUE(inspect(Package::geolocation).error().is(association_not_found));
}

}  // namespace
}  // namespace ff::application_server::packages
