// Unmodified clients (Debian's mosquitto-clients) against the application server on a loopback
// socket, with a network server that accepts every push.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <condition_variable>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include "actors/application_server/frontend_mqtt/frontend.hpp"
#include "actors/application_server/frontend_mqtt/probe.hpp"
#include "actors/application_server/pipeline/device.hpp"
#include "actors/application_server/supervisor.hpp"
#include "net/runtime/runtime.hpp"
#include "net/stream/tcp.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/phy/frame_crypto.hpp"
#include "storage/engine/memory_engine.hpp"

namespace ff::application_server {
namespace {

/// A child process whose output is read to its end.
class Client {
 public:
  explicit Client(std::vector<std::string> arguments) {
    int ends[2] = {};
    EXPECT_EQ(pipe(ends), 0);
    pid_ = fork();
    if (pid_ == 0) {
      dup2(ends[1], STDOUT_FILENO);
      dup2(ends[1], STDERR_FILENO);
      close(ends[0]);
      close(ends[1]);
      std::vector<char*> argv;
      for (auto& argument : arguments) argv.push_back(argument.data());
      argv.push_back(nullptr);
      execvp(argv[0], argv.data());
      _exit(127);
    }
    close(ends[1]);
    output_ = ends[0];
  }
  ~Client() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      wait();
    }
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  /// Reads until it has said `text`; false if it ends before.
  bool says(std::string_view text) {
    while (output.find(text) == std::string::npos) {
      if (!read_more()) return false;
    }
    return true;
  }
  int wait() {
    while (read_more()) {
    }
    close(output_);
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  /// Reads on from whichever says something first; false if nobody does, or one has ended.
  static bool read_on(Client& one, Client& other) {
    pollfd ends[] = {{one.output_, POLLIN, 0}, {other.output_, POLLIN, 0}};
    if (poll(ends, 2, 20'000) <= 0) return false;
    if (ends[0].revents != 0 && !one.read_more()) return false;
    return ends[1].revents == 0 || other.read_more();
  }
  std::string output;

 private:
  bool read_more() {
    char buffer[4096];
    const auto n = read(output_, buffer, sizeof buffer);
    if (n > 0) output.append(buffer, static_cast<std::size_t>(n));
    return n > 0;
  }

  pid_t pid_ = 0;
  int output_ = -1;
};

struct System : caf::actor_system_config {
  System() {
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", 2);
    set("logger.verbosity", caf::atom("quiet"));
  }
};

class MqttEndToEnd : public testing::Test {
 protected:
  void SetUp() override {
    deps.clock =
        std::make_shared<actors::ManualClock>(UtcTime{std::chrono::seconds{1'700'000'000}});
    deps.metrics = &metrics;
    deps.make_random = [] { return make_seeded_random(1); };
    deps.ticker.set(actors::spawn_ticker(system, deps.clock));
    deps.committer.set(actors::spawn_committer(
        system, {.engine = &engine, .metrics = &metrics, .on_store_failed = {}}));
    deps.loader.set(actors::spawn_loader(system, {.store = &engine}));
    network_servers.route(storage::Shard{0}).set(system.spawn(network, this));
    const Surroundings surroundings{
        .deps = deps,
        .store = &engine,
        .network_servers = network_servers,
        .join_servers = actors::Sharded<join_server::ShardHandle>(shards),
        .publish = [this](events::Event event) { saw(std::string(event.name)); }};
    auto started = start(system, {}, surroundings, routes);
    ASSERT_TRUE(started);
    supervisor = *started;
    access->allow(uid.application_id, "key", {true, true});
    access->allow(uid.application_id, "reader", {true, false});
    runtime.start();
    MqttConfig config;
    config.listen = {{net::Endpoint::v4({127, 0, 0, 1}, 0), nullptr}};
    config.connection.limits.shared_subscriptions = true;
    auto context = std::make_shared<const MqttContext>(
        MqttContext{.config = config,
                    .deps = deps,
                    .access = access,
                    .links = routes.links,
                    .pipelines = routes.pipelines,
                    .publish = surroundings.publish,
                    .sessions = routes.mqtt_sessions,
                    .session_index = routes.mqtt_session_index,
                    .rate_limiter = nullptr,
                    .groups = routes.mqtt_groups,
                    .application_gone = routes.application_gone});
    auto listening = MqttFrontend::start(*tcp, context);
    ASSERT_TRUE(listening) << listening.error().to_string();
    frontend = std::make_unique<MqttFrontend>(*std::move(listening));
    create_device();
  }
  void TearDown() override {
    frontend.reset();
    runtime.stop();
    end(supervisor);
    end(network_servers.at(storage::Shard{0}));
    network_servers.route(storage::Shard{0}).clear();
    routes.pipelines.route(storage::Shard{0}).clear();
    routes.inspectable.route(storage::Shard{0}).clear();
    routes.links.clear();
    routes.mqtt_sessions.clear();
    routes.mqtt_groups.clear();
    routes.outbox.clear();
    end(deps.committer.get());
    end(deps.loader.get());
    end(deps.ticker.get());
    deps = {};
  }
  template <class Handle>
  void end(const Handle& handle) {
    caf::scoped_actor self(system);
    self->send_exit(handle, caf::exit_reason::user_shutdown);
    self->wait_for(handle);
  }

  static network_server::ShardHandle::behavior_type network(network_server::ShardHandle::pointer,
                                                            MqttEndToEnd* test) {
    return {[](const network_server::UplinkReceived&) {},
            [test](const network_server::ToSession& message) {
              const auto& push = std::get<network_server::PushDownlinks>(*message.event);
              for (const auto& item : push.downlinks)
                test->saw("pushed " + hex_lower(item.frm_payload));
              push.reply({});
            },
            [](const network_server::IndexSession&) {},
            [](const network_server::IndexJoinEuis&) {},
            [](const network_server::WakeSessionAt&) {},
            [](const network_server::SessionLoaded&) {},
            [](const actors::Tick&) {}};
  }
  void create_device() {
    ChangeAppDevice change{uid, {}, [this](auto result) { saw(result ? "created" : "failed"); }};
    change.change = [this](const AppDevice*) {
      return AppDevice{
          .ids = {.uid = uid, .dev_addr = address},
          .session = AppSession{
              .dev_addr = address, .session_key_id = {1}, .app_s_key = KeyEnvelope{key, {}, {}}}};
    };
    caf::anon_send(routes.pipelines.of(uid), change);
    ASSERT_TRUE(happens("created"));
  }
  void receive_uplink(FCnt32 f_cnt = FCnt32{5}) {
    ApplicationUplink uplink{
        .session_key_id = {1}, .f_port = FPort{2}, .f_cnt = f_cnt, .frm_payload = {1, 2, 3}};
    phy::crypt_frm_payload(key, {phy::Direction::up, address, f_cnt}, uplink.frm_payload);
    SessionAccepted message{
        {{.ids = {.uid = uid, .dev_addr = address}, .up = uplink}}, {}, nullptr, uid};
    caf::anon_send(routes.pipelines.of(uid), std::move(message));
  }

  std::vector<std::string> command(const std::string& program, const std::vector<std::string>& more,
                                   const std::string& password = "key") {
    std::vector<std::string> all = {program,
                                    "-h",
                                    "127.0.0.1",
                                    "-p",
                                    std::to_string(frontend->addresses()[0].port()),
                                    "-u",
                                    "food-safety@ttn",
                                    "-P",
                                    password};
    all.insert(all.end(), more.begin(), more.end());
    if (program == "mosquitto_sub") all.insert(all.end(), {"-W", "20"});
    return all;
  }
  void saw(const std::string& event) {
    const std::lock_guard lock(mutex);
    seen.insert(event);
    changed.notify_all();
  }
  bool happens(const std::string& event, std::size_t times = 1) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(20),
                            [&] { return seen.count(event) >= times; });
  }
  /// Of downlinks to the network server.
  std::size_t pushes() {
    const std::lock_guard lock(mutex);
    return static_cast<std::size_t>(
        std::ranges::count_if(seen, [](const auto& one) { return one.starts_with("pushed "); }));
  }
  /// Waits until the stored session of `client_id` has no client, and all of it is durable.
  bool rests(const std::string& client_id) {
    return eventually([client_id](const std::vector<mqtt_session::SessionSnapshot>& all) {
      return std::ranges::any_of(
          all, [&](const auto& one) { return one.key.client_id == client_id && !one.running; });
    });
  }
  bool has_no_sessions() {
    return eventually([](const auto& all) { return all.empty(); });
  }
  /// Asks the directory until what it knows is as wanted.
  bool eventually(
      const std::function<bool(const std::vector<mqtt_session::SessionSnapshot>&)>& wanted) {
    for (int round = 0; round < 1'000'000; ++round) {
      std::promise<bool> answer;
      caf::anon_send(routes.mqtt_sessions.get(), mqtt_session::InspectSessions{[&](auto sessions) {
                       answer.set_value(wanted(*sessions));
                     }});
      if (answer.get_future().get()) return true;
      std::this_thread::yield();
    }
    return false;
  }
  /// The counters of the uplinks in a subscriber's output, in order.
  static std::vector<int> counters(const std::string& output) {
    std::vector<int> out;
    static constexpr std::string_view field = R"("f_cnt":)";
    for (auto at = output.find(field); at != std::string::npos; at = output.find(field, at + 1))
      out.push_back(std::stoi(output.substr(at + field.size())));
    return out;
  }

  const storage::ShardCount shards = *storage::ShardCount::make(1);
  const DeviceUid uid{ApplicationId("food-safety"), DeviceId("cold-room-07")};
  const Aes128Key key = Aes128Key::from(*parse_hex("000102030405060708090a0b0c0d0e0f"));
  static constexpr DevAddr address{0x260B4F1D};
  std::mutex mutex;
  std::condition_variable changed;
  std::multiset<std::string> seen;
  actors::Metrics metrics;
  storage::MemoryEngine engine;
  System system_config;
  caf::actor_system system{system_config};
  net::Runtime runtime{1};
  std::unique_ptr<net::StreamNetwork> tcp = net::make_tcp_network(runtime);
  actors::Deps deps;
  actors::Sharded<network_server::ShardHandle> network_servers{shards};
  Routes routes{shards};
  std::shared_ptr<MemoryAccess> access = std::make_shared<MemoryAccess>();
  std::unique_ptr<MqttFrontend> frontend;
  caf::actor supervisor;
};

std::vector<std::string> join(std::vector<std::string> first,
                              const std::vector<std::string>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

TEST_F(MqttEndToEnd, AnUplinkReachesASubscriber) {
  Client subscriber(command("mosquitto_sub", {"-t", "#", "-q", "1", "-C", "1", "-v"}));
  ASSERT_TRUE(happens("as.application.subscribe"));
  receive_uplink();
  EXPECT_EQ(subscriber.wait(), 0);
  EXPECT_TRUE(subscriber.output.starts_with(
      R"(v3/food-safety@ttn/devices/cold-room-07/up {"end_device_ids":{"device_id":"cold-room-07")"))
      << subscriber.output;
  EXPECT_NE(subscriber.output.find(R"("f_port":2,"f_cnt":5,"frm_payload":"AQID")"),
            std::string::npos)
      << subscriber.output;
}

TEST_F(MqttEndToEnd, ClientsOfAnApplicationThatIsNoMoreAreDisconnected) {
  Client subscriber(command("mosquitto_sub", {"-t", "#", "-q", "1", "-V", "mqttv5"}));
  ASSERT_TRUE(happens("as.application.subscribe"));
  routes.application_gone->call_all("food-safety-2");
  access->forget(uid.application_id);
  routes.application_gone->call_all("food-safety");
  EXPECT_TRUE(happens("as.application.unsubscribe"));
}

TEST_F(MqttEndToEnd, APushReachesTheNetworkServerAndIsAnnounced) {
  Client subscriber(command("mosquitto_sub", {"-t", "v3/+/devices/+/down/+", "-C", "1", "-v"}));
  ASSERT_TRUE(happens("as.application.subscribe"));
  Client publisher(
      command("mosquitto_pub",
              {"-q", "1", "-t", "v3/food-safety@ttn/devices/cold-room-07/down/push", "-m",
               R"({"downlinks":[{"f_port":15,"frm_payload":"Bwg=","priority":"NORMAL"}]})"}));
  EXPECT_EQ(publisher.wait(), 0) << publisher.output;
  Bytes expected{7, 8};
  phy::crypt_frm_payload(key, {phy::Direction::down, address, FCnt32{1}}, expected);
  EXPECT_TRUE(happens("pushed " + hex_lower(expected)));
  EXPECT_EQ(subscriber.wait(), 0);
  EXPECT_NE(subscriber.output.find("down/queued {"), std::string::npos) << subscriber.output;
  EXPECT_NE(subscriber.output.find(R"("frm_payload":"Bwg=")"), std::string::npos)
      << subscriber.output;
}

/// What a client wants said when it is gone is a push like any other, and comes as one; killed, it
/// says no goodbye.
TEST_F(MqttEndToEnd, WhatClientsDoIsInTheMetrics) {
  for (const auto* version : {"mqttv31", "mqttv311", "mqttv5"}) {
    Client publisher(
        command("mosquitto_pub", {"-V", version, "-q", "1", "-t", "nothing", "-m", "x"}));
    EXPECT_EQ(publisher.wait(), 0) << publisher.output;
  }
  const Client subscriber(command("mosquitto_sub", {"-V", "mqttv5", "-t", "#", "-t", "v3/+/x"}));
  ASSERT_TRUE(happens("as.application.subscribe"));
  const MqttProbe probe(metrics);
  EXPECT_EQ(probe.publishes.Value(), 3);
  EXPECT_EQ(probe.rejected.Value(), 3);
  EXPECT_EQ(probe.filters.Value(), 2);
  // Those before may not be gone yet.
  EXPECT_GE(probe.of_version(mqtt::Version::v5).Value(), 1);
  EXPECT_GE(probe.connections.Value(), 1);
  EXPECT_GT(probe.octets_received.Value(), 100);
  EXPECT_GT(probe.octets_sent.Value(), 16);
}

TEST_F(MqttEndToEnd, BadCredentialsAreCounted) {
  Client stranger(command("mosquitto_pub", {"-t", "x", "-m", "x"}, "no key"));
  EXPECT_NE(stranger.wait(), 0) << stranger.output;
  // Its connection may end on our side when the client has gone.
  const std::string counted =
      R"(farfield_mqtt_violations_total{reason="credentials",server="as"} 1)";
  bool found = false;
  for (int round = 0; round < 100'000 && !found; ++round) {
    found = metrics.text().find(counted) != std::string::npos;
    std::this_thread::yield();
  }
  EXPECT_TRUE(found) << metrics.text();
}

TEST_F(MqttEndToEnd, AWillIsPushedWhenItsClientIsCutOff) {
  const std::vector<std::string> will = {
      "--will-topic", "v3/food-safety@ttn/devices/cold-room-07/down/push", "--will-payload",
      R"({"downlinks":[{"f_port":15,"frm_payload":"Bwg="}]})"};
  {
    Client cut(command("mosquitto_sub", join({"-t", "#"}, will)));
    ASSERT_TRUE(happens("as.application.subscribe"));
  }
  Bytes expected{7, 8};
  phy::crypt_frm_payload(key, {phy::Direction::down, address, FCnt32{1}}, expected);
  EXPECT_TRUE(happens("pushed " + hex_lower(expected)));
}

/// One with a will that it may not have is served all the same, and the will forgotten; so is that
/// of a client that says goodbye. A push behind them shows that nothing came of either.
TEST_F(MqttEndToEnd, NoOtherWillIsPushed) {
  const std::string push = "v3/food-safety@ttn/devices/cold-room-07/down/push";
  const auto body = [](const char* payload) {
    return R"({"downlinks":[{"f_port":15,"frm_payload":")" + std::string(payload) + "\"}]}";
  };
  struct Row {
    const char* name;
    const char* key;
    std::string topic;
    bool says_goodbye;
  };
  const Row rows[] = {
      {"without the right", "reader", push, false},
      {"of another application", "key", "v3/other/devices/cold-room-07/down/push", false},
      {"of an uplink", "key", "v3/food-safety@ttn/devices/cold-room-07/up", false},
      {"of a client that says goodbye", "key", push, true},
  };
  std::size_t subscribed = 0;
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    auto arguments =
        join({"-t", "#", "-q", "1"}, {"--will-topic", row.topic, "--will-payload", body("AAAA")});
    if (row.says_goodbye) arguments.push_back("-E");
    Client client(command("mosquitto_sub", arguments, row.key));
    ASSERT_TRUE(happens("as.application.subscribe", ++subscribed));
    if (row.says_goodbye) {
      EXPECT_EQ(client.wait(), 0) << client.output;
    }
  }
  Client publisher(command("mosquitto_pub", {"-q", "1", "-t", push, "-m", body("Bwg=")}));
  EXPECT_EQ(publisher.wait(), 0) << publisher.output;
  Bytes expected{7, 8};
  phy::crypt_frm_payload(key, {phy::Direction::down, address, FCnt32{1}}, expected);
  EXPECT_TRUE(happens("pushed " + hex_lower(expected)));
  EXPECT_EQ(pushes(), 1U);
}

/// There are no retained messages: a push that is retained is one push, and no subscriber that
/// comes later sees it.
TEST_F(MqttEndToEnd, ARetainedPushIsPushedOnceAndNotKept) {
  const std::string push = "v3/food-safety@ttn/devices/cold-room-07/down/push";
  Client publisher(
      command("mosquitto_pub", {"-q", "1", "-r", "-t", push, "-m",
                                R"({"downlinks":[{"f_port":15,"frm_payload":"Bwg="}]})"}));
  EXPECT_EQ(publisher.wait(), 0) << publisher.output;
  Bytes expected{7, 8};
  phy::crypt_frm_payload(key, {phy::Direction::down, address, FCnt32{1}}, expected);
  ASSERT_TRUE(happens("pushed " + hex_lower(expected)));
  Client subscriber(command("mosquitto_sub", {"-t", "v3/+/devices/+/down/push", "-t",
                                              "v3/+/devices/+/up", "-C", "1", "-v"}));
  ASSERT_TRUE(happens("as.application.subscribe"));
  receive_uplink();
  EXPECT_EQ(subscriber.wait(), 0);
  EXPECT_NE(subscriber.output.find("/up {"), std::string::npos) << subscriber.output;
  EXPECT_EQ(subscriber.output.find("/down/push"), std::string::npos) << subscriber.output;
  EXPECT_EQ(pushes(), 1U);
}

TEST_F(MqttEndToEnd, AWrongKeyIsRefusedAndToldAsAnEvent) {
  Client client(command("mosquitto_sub", {"-t", "#"}, "wrong"));
  EXPECT_NE(client.wait(), 0);
  EXPECT_NE(client.output.find("ot authori"), std::string::npos) << client.output;
  EXPECT_TRUE(happens("as.mqtt.connect.fail"));
}

TEST_F(MqttEndToEnd, WhatAClientMayNotDoIsAcknowledgedAndIgnored) {
  const std::string body = R"({"downlinks":[{"f_port":15,"frm_payload":"Bwg="}]})";
  for (const auto* topic : {"v3/food-safety@ttn/devices/cold-room-07/down/push",
                            "v3/other/devices/cold-room-07/down/push"}) {
    Client publisher(command("mosquitto_pub", {"-q", "1", "-t", topic, "-m", body}, "reader"));
    EXPECT_EQ(publisher.wait(), 0) << publisher.output;
  }
  Client publisher(command(
      "mosquitto_pub",
      {"-q", "2", "-t", "v3/food-safety@ttn/devices/cold-room-07/down/push", "-m", "nonsense"}));
  EXPECT_EQ(publisher.wait(), 0) << publisher.output;
  EXPECT_FALSE(seen.contains("as.down.data.receive"));
}

TEST_F(MqttEndToEnd, AnotherApplicationsTopicsAreRefused) {
  Client client(command("mosquitto_sub", {"-t", "v3/other/devices/+/up", "-C", "1"}));
  client.wait();
  EXPECT_NE(client.output.find("denied"), std::string::npos) << client.output;
}

/// How a client asks for its session to be kept, per version of the protocol.
const std::vector<std::vector<std::string>> keeping = {
    {"-V", "mqttv31", "-c"}, {"-V", "mqttv311", "-c"}, {"-V", "mqttv5", "-c", "-x", "3600"}};

TEST_F(MqttEndToEnd, AClientThatWasAwayGetsWhatItMissed) {
  for (std::size_t i = 0; i < keeping.size(); ++i) {
    const auto id = "away-" + std::to_string(i);
    const auto as_client = join(keeping[i], {"-i", id, "-q", "1", "-t", "v3/+/devices/+/up"});
    Client leaving(command("mosquitto_sub", join(as_client, {"-E"})));
    ASSERT_EQ(leaving.wait(), 0) << leaving.output;
    ASSERT_TRUE(rests(id));
    for (std::uint32_t f_cnt = 1; f_cnt <= 3; ++f_cnt) receive_uplink(FCnt32{f_cnt});
    Client back(command("mosquitto_sub", join(as_client, {"-C", "3"})));
    EXPECT_EQ(back.wait(), 0);
    EXPECT_EQ(counters(back.output), (std::vector{1, 2, 3})) << back.output;
    ASSERT_TRUE(rests(id));
  }
}

TEST_F(MqttEndToEnd, WhatAClientDidNotAcknowledgeComesAgainAfterItWasCutOff) {
  const auto as_client = join(keeping[1], {"-i", "cut", "-q", "1", "-t", "#"});
  Client leaving(command("mosquitto_sub", join(as_client, {"-E"})));
  ASSERT_EQ(leaving.wait(), 0);
  {
    Client cut(command("mosquitto_sub", as_client));
    ASSERT_TRUE(happens("as.application.subscribe", 2));
    // The destructor kills it: no DISCONNECT.
  }
  ASSERT_TRUE(rests("cut"));
  for (std::uint32_t f_cnt = 1; f_cnt <= 200; ++f_cnt) receive_uplink(FCnt32{f_cnt});
  // More than one window; it leaves in the middle.
  Client part(command("mosquitto_sub", join(as_client, {"-C", "70"})));
  EXPECT_EQ(part.wait(), 0);
  ASSERT_TRUE(rests("cut"));
  auto got = counters(part.output);
  ASSERT_FALSE(got.empty());
  receive_uplink(FCnt32{201});
  // What comes next: at the latest the first that was not acknowledged, then all others in order.
  Client rest(command("mosquitto_sub", join(as_client, {"-C", "100"})));
  EXPECT_EQ(rest.wait(), 0);
  const auto more = counters(rest.output);
  ASSERT_EQ(more.size(), 100U);
  EXPECT_LE(more.front(), got.back() + 1);
  for (std::size_t i = 1; i < more.size(); ++i) EXPECT_EQ(more[i], more[i - 1] + 1);
}

TEST_F(MqttEndToEnd, ClientsOfAGroupGetEachMessageOnceAmongThem) {
  for (const auto& version : {"mqttv311", "mqttv5"}) {
    // Written line by line, although it is to a pipe.
    const auto as_member =
        join({"stdbuf", "-oL"},
             command("mosquitto_sub", {"-V", version, "-q", "1", "-d", "-t", "$share/workers/#"}));
    Client first(as_member);
    Client second(as_member);
    ASSERT_TRUE(first.says("Subscribed (mid: 1): 1")) << first.output;
    ASSERT_TRUE(second.says("Subscribed (mid: 1): 1")) << second.output;
    for (std::uint32_t f_cnt = 1; f_cnt <= 100; ++f_cnt) receive_uplink(FCnt32{f_cnt});
    const auto complete = [&] {
      auto all = counters(first.output);
      const auto others = counters(second.output);
      all.insert(all.end(), others.begin(), others.end());
      std::ranges::sort(all);
      return all;
    };
    while (complete().size() < 100 && Client::read_on(first, second)) {
    }
    const auto all = complete();
    ASSERT_EQ(all.size(), 100U) << version;
    for (int i = 0; i < 100; ++i) EXPECT_EQ(all[static_cast<std::size_t>(i)], i + 1);
  }
  // The destructors have killed them: nobody wanted the group to be kept.
  EXPECT_TRUE(has_no_sessions());
}

TEST_F(MqttEndToEnd, AGroupWhoseMembersAreAwayKeepsWhatTheyMiss) {
  const auto as_member =
      join(keeping[1], {"-i", "worker-1", "-q", "1", "-t", "$share/workers/v3/+/devices/+/up"});
  Client leaving(command("mosquitto_sub", join(as_member, {"-E"})));
  ASSERT_EQ(leaving.wait(), 0) << leaving.output;
  ASSERT_TRUE(rests("worker-1"));
  ASSERT_TRUE(rests("$share/workers/devices/+/up"));
  for (std::uint32_t f_cnt = 1; f_cnt <= 3; ++f_cnt) receive_uplink(FCnt32{f_cnt});
  Client back(command("mosquitto_sub", join(as_member, {"-C", "3"})));
  EXPECT_EQ(back.wait(), 0);
  EXPECT_EQ(counters(back.output), (std::vector{1, 2, 3})) << back.output;
}

TEST_F(MqttEndToEnd, OthersTopicsAreNotShared) {
  Client client(command("mosquitto_sub", {"-t", "$share/workers/v3/other/#", "-C", "1"}));
  client.wait();
  EXPECT_NE(client.output.find("denied"), std::string::npos) << client.output;
}

TEST_F(MqttEndToEnd, NoClientHasTheNameOfAGroup) {
  Client client(command("mosquitto_sub", {"-V", "mqttv5", "-i", "$share/workers/#", "-t", "#"}));
  EXPECT_NE(client.wait(), 0);
  EXPECT_NE(client.output.find("dentifier"), std::string::npos) << client.output;
}

TEST_F(MqttEndToEnd, ACleanClientEndsTheSessionOfItsName) {
  for (const auto& version : {"mqttv311", "mqttv5"}) {
    const auto as_client =
        std::vector<std::string>{"-V", version, "-i", "same", "-q", "1", "-t", "#"};
    auto kept = join(as_client, {"-c", "-E"});
    if (std::string_view(version) == "mqttv5") kept = join(kept, {"-x", "100"});
    Client leaving(command("mosquitto_sub", kept));
    ASSERT_EQ(leaving.wait(), 0);
    ASSERT_TRUE(rests("same"));
    Client clean(command("mosquitto_sub", join(as_client, {"-E"})));
    EXPECT_EQ(clean.wait(), 0) << clean.output;
    EXPECT_TRUE(has_no_sessions());
  }
}

TEST_F(MqttEndToEnd, ASecondConnectionClosesTheFirst) {
  Client first(
      command("mosquitto_sub", join(keeping[2], {"-i", "twice", "-q", "1", "-t", "#", "-d"})));
  ASSERT_TRUE(happens("as.application.subscribe"));
  Client second(command("mosquitto_sub",
                        join(keeping[2], {"-i", "twice", "-q", "1", "-t", "#", "-E", "-d"})));
  EXPECT_EQ(second.wait(), 0) << second.output;
  EXPECT_TRUE(first.says("DISCONNECT (142)")) << first.output;
}

}  // namespace
}  // namespace ff::application_server
