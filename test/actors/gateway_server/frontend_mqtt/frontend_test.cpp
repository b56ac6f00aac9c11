// Gateways over MQTT end to end: packets on streams in memory, one thread, virtual time.
#include "actors/gateway_server/connection/errors.hpp"
#include "actors/gateway_server/frontend_mqtt/errors.hpp"
#include "protocol/base/protobuf_wire.hpp"
#include "test/net/mqtt/client.hpp"
#include "test/protocol/gateway/golden_file.hpp"
#include "test/support/gateway_server/frontend_fixture.hpp"

namespace ff::gateway_server {
namespace {

using namespace std::chrono_literals;
using mqtt::Client;
using mqtt::QoS;
using mqtt::ReasonCode;
using mqtt::Version;

const net::Endpoint v3_address = *net::Endpoint::parse("192.0.2.1:1882");
const net::Endpoint v2_address = *net::Endpoint::parse("192.0.2.1:1881");

class GatewayMqttTest : public test::FrontendFixture {
 protected:
  GatewayMqttTest() {
    MqttFrontendConfig v3{.local = v3_address,
                          .format = &mqtt_format_v3(),
                          .name = "gs-mqtt",
                          .tls = nullptr,
                          .network = &streams};
    MqttFrontendConfig v2 = v3;
    v2.local = v2_address;
    v2.format = &mqtt_format_v2();
    v2.name = "gs-mqtt-v2";
    settings.mqtt = {v3, v2};
    // The golden uplink is heard by the second one.
    registry->gateways[0].antennas.resize(3);
  }

  /// A client that has said CONNECT.
  std::shared_ptr<Client> connect(const std::string& user = "gtw-1",
                                  const std::string& password = "NNSXS.ID.SECRET",
                                  Version version = Version::v3_1_1,
                                  const net::Endpoint& server = v3_address) {
    auto client = Client::connect(streams, server, version);
    mqtt::Connect packet{.version = version, .client_id = "any"};
    packet.username = user;
    packet.password = to_owned(as_bytes(password));
    client->send(packet);
    pump();
    return client;
  }
  static ReasonCode answer(Client& client) {
    const auto connack = client.take<mqtt::Connack>();
    return connack ? connack->reason : ReasonCode::unspecified_error;
  }
  bool is_served(const std::shared_ptr<Client>& client) {
    return answer(*client) == ReasonCode::success && !client->closed;
  }

  void publish(Client& client, const std::string& topic, Bytes body, std::uint16_t id = 0) {
    mqtt::Publish packet{.topic = topic, .payload = mqtt::Payload(std::move(body))};
    packet.qos = id == 0 ? QoS::at_most_once : QoS::at_least_once;
    packet.packet_id = id;
    client.send(packet);
    pump();
  }
  ReasonCode subscribe(Client& client, const std::string& filter, QoS qos = QoS::at_most_once) {
    mqtt::Subscribe packet{.packet_id = 9, .subscriptions = {{.filter = filter, .qos = qos}}};
    client.send(packet);
    pump();
    const auto suback = client.take<mqtt::Suback>();
    return suback ? suback->reasons.at(0) : ReasonCode::malformed_packet;
  }

  /// The golden uplink with another counter of its device, so that it is no repetition.
  static Bytes uplink(std::uint16_t number = 0) {
    auto body = gateway::golden("gateway_mqtt/uplink_lora");
    body[8] = static_cast<std::uint8_t>(number);
    body[9] = static_cast<std::uint8_t>(number >> 8U);
    return body;
  }
};

using Texts = std::vector<std::string>;

TEST_F(GatewayMqttTest, CarriesAnUplinkAndItsAnswer) {
  start();
  auto client = connect();
  ASSERT_TRUE(is_served(client));
  ASSERT_EQ(subscribe(*client, "v3/gtw-1/down"), ReasonCode::success);
  publish(*client, "v3/gtw-1/status", gateway::golden("gateway_mqtt/status"));
  publish(*client, "v3/gtw-1/up", uplink(), 1);
  EXPECT_EQ(client->take<mqtt::Puback>()->packet_id, 1);
  ASSERT_EQ(uplinks.size(), 1U);
  EXPECT_EQ(uplinks[0]->band_id, "EU_863_870");
  EXPECT_EQ(uplinks[0]->rx_metadata[0].gateway, (GatewayIdentifiers{GatewayId{"gtw-1"}, eui}));
  EXPECT_EQ(uplinks[0]->received_at, clock->now().utc);

  pass(200ms);
  const auto scheduled = schedule(answer_to(*uplinks[0]));
  ASSERT_TRUE(scheduled) << scheduled.error().to_string();
  EXPECT_EQ(scheduled->window, 1);
  const auto downlink = client->take<mqtt::Publish>();
  ASSERT_TRUE(downlink);
  EXPECT_EQ(downlink->topic, "v3/gtw-1/down");
  EXPECT_EQ(downlink->qos, QoS::at_most_once);
  const std::string body(as_text(downlink->payload.view()));
  EXPECT_NE(body.find("gs:down:token:1"), std::string::npos);
  EXPECT_NE(body.find("ns:downlink:1"), std::string::npos);

  Bytes report;
  protobuf_wire::put_bytes(report, 1, as_bytes("gs:down:token:1"));
  publish(*client, "v3/gtw-1/down/ack", report);
  ASSERT_EQ(acknowledgments.size(), 1U);
  EXPECT_EQ(acknowledgments[0].device.device_id.text(), "dev-1");
  EXPECT_EQ(acknowledgments[0].result, TxResult::success);
  const Texts expected = {"gs.gateway.connect", "gs.gateway.connection.stats",
                          "gs.status.receive",  "gs.up.receive",
                          "gs.up.forward",      "gs.down.schedule.attempt",
                          "gs.down.send",       "gs.txack.receive",
                          "gs.down.tx.success", "gs.txack.forward"};
  EXPECT_EQ(events, expected);
  EXPECT_TRUE(has_metric(R"(ttn_lw_gs_connected_gateways{protocol="mqtt"} 1)"));
  EXPECT_TRUE(has_metric(
      R"(farfield_gateway_server_link_messages_total{frontend="mqtt",outcome="uplink"} 1)"));
}

TEST_F(GatewayMqttTest, OnlyAGatewayWithItsKeyIsLetIn) {
  start();
  struct Row {
    const char* user;
    const char* password;
    ReasonCode answer;
  };
  const Row rows[] = {
      {"gtw-1", "NNSXS.ID.SECRET", ReasonCode::success},
      {"gtw-1@ttn", "NNSXS.ID.SECRET", ReasonCode::success},
      {"gtw-1", "wrong", ReasonCode::not_authorized},
      {"gtw-1", "", ReasonCode::not_authorized},
      {"gtw-2", "NNSXS.ID.SECRET", ReasonCode::not_authorized},  // nobody has registered it
      {"Not An Id", "NNSXS.ID.SECRET", ReasonCode::not_authorized},
      {"gtw-1@T", "NNSXS.ID.SECRET", ReasonCode::not_authorized},
      {"", "NNSXS.ID.SECRET", ReasonCode::not_authorized},
  };
  for (const auto& row : rows) {
    auto client = connect(row.user, row.password);
    EXPECT_EQ(answer(*client), row.answer) << row.user << ' ' << row.password;
    EXPECT_EQ(client->closed, row.answer != ReasonCode::success) << row.user;
  }
  auto anonymous = Client::connect(streams, v3_address);
  anonymous->send(mqtt::Connect{.client_id = "any"});
  pump();
  EXPECT_EQ(answer(*anonymous), ReasonCode::not_authorized);
  EXPECT_TRUE(has_metric(R"(farfield_gateway_server_link_refused_total{frontend="mqtt"} 7)"));
  EXPECT_TRUE(has_metric(R"(farfield_mqtt_violations_total{reason="credentials",server="gs"} 7)"));
  EXPECT_EQ(count("gs.gateway.connect"), 2U);
}

TEST_F(GatewayMqttTest, WhoBreaksTheProtocolIsCutOffAndCounted) {
  start();
  struct Row {
    Bytes bytes;
    const char* reason;
  };
  const Row rows[] = {{{0xf7, 0x00}, "malformed"},
                      {{0x32, 0xff, 0xff, 0x7f}, "too_large"},
                      {{0xd0, 0x00}, "protocol"}};
  for (const auto& row : rows) {
    auto client = connect();
    ASSERT_TRUE(is_served(client)) << row.reason;
    client->stream->write(row.bytes);
    pump();
    EXPECT_TRUE(client->closed) << row.reason;
    EXPECT_TRUE(has_metric(R"(farfield_mqtt_violations_total{reason=")" + std::string(row.reason) +
                           R"(",server="gs"} 1)"))
        << metrics.text();
  }
}

TEST_F(GatewayMqttTest, WhatTheRegistryForbidsIsARefusal) {
  registry->gateways[0].frequency_plan_ids = {"nowhere"};
  start();
  EXPECT_EQ(answer(*connect()), ReasonCode::not_authorized);
  access->failure = Error(frontend_ended);
  EXPECT_EQ(answer(*connect()), ReasonCode::server_unavailable);
}

TEST_F(GatewayMqttTest, AFilterIsGrantedWhenItIsOfTheGatewaysDownlinks) {
  start();
  auto client = connect();
  ASSERT_TRUE(is_served(client));
  EXPECT_EQ(subscribe(*client, "v3/gtw-1/down", QoS::at_least_once), ReasonCode::granted_qos_1);
  EXPECT_EQ(subscribe(*client, "v3/+/down"), ReasonCode::success);
  EXPECT_EQ(subscribe(*client, "#"), ReasonCode::success);
  for (const auto* filter : {"v3/gtw-2/down", "v3/gtw-1/up", "v3/gtw-1", "gtw-1/down"})
    EXPECT_TRUE(is_failure(subscribe(*client, filter))) << filter;
  EXPECT_FALSE(client->closed);
}

TEST_F(GatewayMqttTest, WithoutASubscriptionThereIsNoWayDown) {
  start();
  auto client = connect();
  ASSERT_TRUE(is_served(client));
  publish(*client, "v3/gtw-1/up", uplink());
  ASSERT_EQ(uplinks.size(), 1U);
  EXPECT_FALSE(schedule(answer_to(*uplinks[0])));
  ASSERT_EQ(subscribe(*client, "v3/gtw-1/down"), ReasonCode::success);
  EXPECT_TRUE(schedule(answer_to(*uplinks[0])));
  client->send(mqtt::Unsubscribe{.packet_id = 5, .filters = {"v3/gtw-1/down"}});
  pump();
  EXPECT_FALSE(schedule(answer_to(*uplinks[0])));
}

TEST_F(GatewayMqttTest, OneDownlinkPerGatewayHoweverManyFiltersMatch) {
  start();
  auto client = connect("gtw-1", "NNSXS.ID.SECRET", Version::v5);
  ASSERT_TRUE(is_served(client));
  ASSERT_EQ(subscribe(*client, "v3/gtw-1/down"), ReasonCode::success);
  ASSERT_EQ(subscribe(*client, "v3/#"), ReasonCode::success);
  publish(*client, "v3/gtw-1/up", uplink());
  ASSERT_TRUE(schedule(answer_to(*uplinks.at(0))));
  EXPECT_TRUE(client->take<mqtt::Publish>());
  EXPECT_FALSE(client->take<mqtt::Publish>());
}

TEST_F(GatewayMqttTest, ForeignTopicsAndGarbageAreDroppedAlone) {
  start();
  auto client = connect("gtw-1", "NNSXS.ID.SECRET", Version::v5);
  ASSERT_TRUE(is_served(client));
  publish(*client, "v3/gtw-2/up", uplink(), 1);
  EXPECT_EQ(client->take<mqtt::Puback>()->reason, ReasonCode::not_authorized);
  publish(*client, "v3/gtw-1/up", to_owned(as_bytes("garbage")), 2);
  EXPECT_EQ(client->take<mqtt::Puback>()->reason, ReasonCode::payload_format_invalid);
  publish(*client, "v3/gtw-1/status", Bytes{0x0a, 0x7f}, 3);
  publish(*client, "v3/gtw-1/down/ack", Bytes{0x10, 0x63}, 4);
  publish(*client, "v3/gtw-1/up", {}, 5);
  EXPECT_TRUE(uplinks.empty());
  EXPECT_TRUE(has_metric(
      R"(farfield_gateway_server_link_messages_total{frontend="mqtt",outcome="forbidden"} 1)"));
  EXPECT_TRUE(has_metric(
      R"(farfield_gateway_server_link_messages_total{frontend="mqtt",outcome="malformed"} 4)"));
  publish(*client, "v3/gtw-1/up", uplink(), 6);
  EXPECT_EQ(uplinks.size(), 1U);
  EXPECT_FALSE(client->closed);
  // A client of MQTT 3 can not be told, and is not cut off either.
  auto older = connect();
  ASSERT_TRUE(is_served(older));
  publish(*older, "v3/gtw-2/up", uplink(), 1);
  EXPECT_TRUE(older->take<mqtt::Puback>());
  EXPECT_FALSE(older->closed);
}

TEST_F(GatewayMqttTest, ANewerConnectionTakesOver) {
  start();
  auto older = connect("gtw-1", "NNSXS.ID.SECRET", Version::v5);
  ASSERT_TRUE(is_served(older));
  auto newer = connect();
  ASSERT_TRUE(is_served(newer));
  EXPECT_EQ(older->take<mqtt::Disconnect>()->reason, ReasonCode::session_taken_over);
  EXPECT_TRUE(older->closed);
  EXPECT_EQ(reasons, Texts{"new_connection"});
  publish(*newer, "v3/gtw-1/up", uplink());
  EXPECT_EQ(uplinks.size(), 1U);
  EXPECT_TRUE(has_metric(R"(ttn_lw_gs_connected_gateways{protocol="mqtt"} 1)"));
}

TEST_F(GatewayMqttTest, LosingTheConnectionIsTheDisconnectAndItsWillIsNot) {
  start();
  auto client = Client::connect(streams, v2_address);
  mqtt::Connect packet{.client_id = "any"};
  packet.username = "gtw-1";
  packet.password = to_owned(as_bytes("NNSXS.ID.SECRET"));
  packet.will = mqtt::Will{.topic = "disconnect", .payload = mqtt::Payload(Bytes{1})};
  client->send(packet);
  pump();
  ASSERT_TRUE(is_served(client));
  client->stream->abort();
  pump();
  EXPECT_EQ(count("gs.gateway.disconnect"), 1U);
  EXPECT_EQ(reasons, Texts{"closed"});
  EXPECT_TRUE(last_stats().disconnected_at);
  EXPECT_TRUE(has_metric(R"(ttn_lw_gs_connected_gateways{protocol="mqtt"} 0)"));
  EXPECT_TRUE(has_metric(R"(farfield_actors_running{kind="gateway_link"} 0)"));
}

TEST_F(GatewayMqttTest, ASilentGatewayIsDisconnected) {
  start();
  auto client = Client::connect(streams, v3_address);
  mqtt::Connect packet{.keep_alive = 10, .client_id = "any"};
  packet.username = "gtw-1";
  packet.password = to_owned(as_bytes("NNSXS.ID.SECRET"));
  client->send(packet);
  pump();
  ASSERT_TRUE(is_served(client));
  pass(14s);
  EXPECT_EQ(count("gs.gateway.disconnect"), 0U);
  pass(2s);
  EXPECT_EQ(count("gs.gateway.disconnect"), 1U);
}

TEST_F(GatewayMqttTest, AClientThatSaysNothingIsClosed) {
  start();
  auto client = Client::connect(streams, v3_address);
  pump();
  pass(11s);
  EXPECT_TRUE(client->closed);
}

TEST_F(GatewayMqttTest, AFloodWaitsOutsideUntilItIsServed) {
  start();
  auto client = connect();
  ASSERT_TRUE(is_served(client));
  Bytes flood;
  for (std::uint16_t i = 0; i < 2000; ++i) {
    mqtt::Publish packet{.topic = "v3/gtw-1/up", .payload = mqtt::Payload(uplink(i))};
    append(flood, encode(packet, Version::v3_1_1).flat());
  }
  client->stream->write(flood);
  // The loop alone: what the link has not taken stays in the network.
  loop.run_ready();
  EXPECT_TRUE(uplinks.empty());
  pump();
  EXPECT_EQ(uplinks.size(), 2000U);
}

TEST_F(GatewayMqttTest, AGatewayThatDoesNotReadIsCutOffAndItsDownlinksHaveFailed) {
  registry->gateways[0].enforce_duty_cycle = false;
  registry->gateways.push_back(gateway("gtw-2", GatewayEui{2}));
  streams.set_options({.window = 4096});
  start();
  auto slow = connect();
  ASSERT_TRUE(is_served(slow));
  ASSERT_EQ(subscribe(*slow, "v3/gtw-1/down"), ReasonCode::success);
  auto other = connect("gtw-2");
  ASSERT_TRUE(is_served(other));
  publish(*slow, "v3/gtw-1/up", uplink());
  ASSERT_EQ(uplinks.size(), 1U);
  slow->stream->pause_reading(true);
  auto downlink = answer_to(*uplinks[0]);
  downlink.phy_payload.resize(200);
  downlink.request.device_class = DeviceClass::c;
  downlink.request.rx2 = RxWindow{FskDataRate{50'000}, Frequency::hz(868'800'000)};
  for (int i = 0; i < 1000 && reasons.empty(); ++i) {
    ASSERT_TRUE(schedule(downlink)) << i;
    pass(80ms);
  }
  ASSERT_EQ(reasons, Texts({"closed"}));
  ASSERT_FALSE(acknowledgments.empty());
  EXPECT_EQ(acknowledgments.back().result, TxResult::unknown_error);
  EXPECT_FALSE(
      has_metric(R"(farfield_gateway_server_link_lost_downlinks_total{frontend="mqtt"} 0)"));
  publish(*other, "v3/gtw-2/up", uplink(1));
  EXPECT_EQ(uplinks.back()->rx_metadata[0].gateway.gateway_id.text(), "gtw-2");
}

TEST_F(GatewayMqttTest, AClientThatLeavesBeforeItIsAdmittedLeavesNothingBehind) {
  start();
  access->holds = true;
  auto unchecked = connect();
  unchecked->stream->abort();
  pump();
  access->answer_all();
  pump();
  access->holds = false;
  registry->holds = true;
  auto unknown = connect();
  unknown->stream->abort();
  pump();
  registry->answer_all();
  registry->holds = false;
  pump();
  EXPECT_TRUE(has_metric(R"(farfield_actors_running{kind="gateway_link"} 0)")) << metrics.text();
  EXPECT_TRUE(has_metric(R"(ttn_lw_gs_connected_gateways{protocol="mqtt"} 0)"));
  EXPECT_TRUE(is_served(connect()));
}

TEST_F(GatewayMqttTest, AnIdentityServerThatDoesNotAnswerIsNotWaitedForForever) {
  start();
  access->holds = true;
  auto client = connect();
  pass(11s);
  EXPECT_TRUE(client->closed);
}

TEST_F(GatewayMqttTest, AFailingConnectionTakesNoOtherWithIt) {
  start();
  auto good = connect();
  ASSERT_TRUE(is_served(good));
  registry->throws = true;
  auto bad = connect("gtw-2");
  EXPECT_TRUE(bad->closed);
  registry->throws = false;
  publish(*good, "v3/gtw-1/up", uplink());
  EXPECT_EQ(uplinks.size(), 1U);
}

TEST_F(GatewayMqttTest, LegacyGatewaysSpeakTheirOwnMessages) {
  start();
  auto client = connect("gtw-1", "NNSXS.ID.SECRET", Version::v3_1_1, v2_address);
  ASSERT_TRUE(is_served(client));
  ASSERT_EQ(subscribe(*client, "gtw-1/down"), ReasonCode::success);
  publish(*client, "connect", Bytes{1, 2, 3}, 1);
  EXPECT_TRUE(client->take<mqtt::Puback>());
  publish(*client, "gtw-1/status", gateway::golden("gateway_mqtt_v2/status"));
  publish(*client, "gtw-1/up", gateway::golden("gateway_mqtt_v2/uplink_lora"), 2);
  ASSERT_EQ(uplinks.size(), 1U);
  ASSERT_TRUE(schedule(answer_to(*uplinks[0])));
  const auto downlink = client->take<mqtt::Publish>();
  ASSERT_TRUE(downlink);
  EXPECT_EQ(downlink->topic, "gtw-1/down");
  EXPECT_NE(as_text(downlink->payload.view()).find("SF7BW125"), std::string::npos);
  EXPECT_TRUE(has_metric(
      R"(farfield_gateway_server_link_messages_total{frontend="mqtt-v2",outcome="status"} 1)"));
}

TEST_F(GatewayMqttTest, GatewaysOfAFrontendThatEndsAreDisconnected) {
  start();
  auto client = connect("gtw-1", "NNSXS.ID.SECRET", Version::v5);
  ASSERT_TRUE(is_served(client));
  caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
  pump();
  EXPECT_EQ(client->take<mqtt::Disconnect>()->reason, ReasonCode::server_shutting_down);
  EXPECT_EQ(reasons, Texts{"frontend_ended"});
}

TEST_F(GatewayMqttTest, OneConnectionTooManyIsClosed) {
  settings.mqtt[0].connections_per_address_max = 1;
  start();
  ASSERT_TRUE(is_served(connect()));
  EXPECT_FALSE(is_served(connect()));
  pass(6s);
  EXPECT_TRUE(has_metric(R"(farfield_net_connections_refused_total{listener="gs-mqtt"} 1)"));
}

TEST_F(GatewayMqttTest, EscalatesWhenItsAddressIsTaken) {
  const auto squatter = *streams.listen(v2_address, {}, [](auto) { return nullptr; });
  start();
  pass(2s);
  EXPECT_EQ(escalated, "gateway_frontend_mqtt");
}

}  // namespace
}  // namespace ff::gateway_server
