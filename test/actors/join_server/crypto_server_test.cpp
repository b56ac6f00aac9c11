// A shard that asks a crypto server for the keys of a device.
#include <caf/send.hpp>

#include "actors/join_server/actor.hpp"
#include "actors/join_server/errors.hpp"
#include "test/actors/join_server/key_holder.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::join_server {
namespace {

using std::chrono::milliseconds;
using JoinSlot = std::shared_ptr<std::optional<Result<network_server::JoinAnswer>>>;

constexpr ErrorDef too_late{"test", "too_late", Code::deadline_exceeded, "too late"};

class JoinServerAsking : public ff::test::ActorFixture {
 protected:
  void SetUp() override {
    auto context = std::make_shared<Context>();
    context->config.crypto_server = server;
    context->config.crypto_server_patience = milliseconds{900};
    context->deps = deps;
    context->publish = [this](const events::Event& event) { events.emplace_back(event.name); };
    actor = spawn_shard(*system, std::move(context), storage::Shard{0});
    create(test::dev_eui);
    events.clear();
  }
  void TearDown() override {
    server->held.clear();
    caf::anon_send_exit(actor, caf::exit_reason::kill);
    actor = nullptr;
    run();
  }
  void create(DevEui dev_eui) {
    auto device = test::provisioned();
    device.ids.dev_eui = dev_eui;
    device.ids.uid.device_id = DeviceId("dev-" + to_string(dev_eui));
    caf::anon_send(
        actor, ChangeJoinDevice{test::join_eui, dev_eui,
                                [device](const JoinDevice*) { return Result<JoinDevice>(device); },
                                [](auto) {}});
    run();
  }
  JoinSlot join(std::uint16_t nonce, DevEui dev_eui = test::dev_eui) {
    auto slot = std::make_shared<std::optional<Result<network_server::JoinAnswer>>>();
    auto request = test::join(MacVersion::v1_0_3, nonce);
    request.dev_eui = dev_eui;
    request.join_request = join::seal_join_request({test::join_eui, dev_eui, DevNonce{nonce}},
                                                   test::key_of_byte(0x22));
    request.reply = [slot](auto answer) { *slot = std::move(answer); };
    caf::anon_send(actor, std::move(request));
    run();
    return slot;
  }
  void answer_all() {
    while (!server->held.empty()) {
      server->answer_as(holder);
      run();
    }
  }
  JoinShardSnapshot inspect() {
    JoinShardSnapshot out;
    caf::anon_send(actor, InspectJoinShard{[&out](auto shown) { out = *shown; }});
    run();
    return out;
  }

  test::KeyHolder holder;
  std::shared_ptr<test::HeldCryptoServer> server = std::make_shared<test::HeldCryptoServer>();
  ShardActor actor;
  std::vector<std::string> events;
};

TEST_F(JoinServerAsking, AJoinIsAnsweredWhenTheServerHasDoneItsPart) {
  const auto slot = join(1);
  EXPECT_FALSE(*slot);
  EXPECT_EQ(inspect().asking, 1U);
  answer_all();
  ASSERT_TRUE(*slot && **slot) << (*slot)->error().to_string();
  EXPECT_EQ(server->asked.size(), 5U);
  EXPECT_EQ((**slot)->join_accept.size(), 17U);
  EXPECT_EQ(events, std::vector<std::string>{"js.join.accept"});
  EXPECT_EQ(inspect().asking, 0U);
}

TEST_F(JoinServerAsking, OthersOfTheDeviceWaitAndOtherDevicesDoNot) {
  const auto first = join(1);
  const auto replay = join(1);
  EXPECT_EQ(server->held.size(), 1U);
  const DevEui other{0x0004A30B001C0999};
  create(other);
  const auto others = join(1, other);
  EXPECT_EQ(server->held.size(), 2U) << "it is asked for the other device at once";
  // The other one's stays without an answer.
  while (!*first) {
    if (server->held.front().first.ids.dev_eui == other) server->rotate();
    server->answer_as(holder);
    run();
  }
  EXPECT_TRUE(*first && **first);
  ASSERT_TRUE(*replay);
  EXPECT_TRUE((*replay)->error().is(join::reuse_dev_nonce)) << "judged on what the first left";
  EXPECT_FALSE(*others);
}

TEST_F(JoinServerAsking, ARefusalUsesUpNoNonceAndTheDeviceGoesOn) {
  auto slot = join(1);
  server->answer(fail(too_late));
  run();
  ASSERT_TRUE(*slot);
  EXPECT_TRUE((*slot)->error().is(compute_mic));
  EXPECT_EQ(events, std::vector<std::string>{"js.join.reject"});
  EXPECT_NE(metrics.text().find("ttn_lw_js_join_rejected_total"), std::string::npos);
  slot = join(1);
  answer_all();
  EXPECT_TRUE(*slot && **slot) << "the same nonce";
}

TEST_F(JoinServerAsking, WhatIsWrongBeforeIsRefusedWithoutAQuestion) {
  join(1);
  answer_all();
  const auto asked = server->asked.size();
  const auto slot = join(1);
  ASSERT_TRUE(*slot);
  EXPECT_TRUE((*slot)->error().is(join::reuse_dev_nonce));
  EXPECT_EQ(server->asked.size(), asked);
}

TEST_F(JoinServerAsking, AllQuestionsOfAJoinHaveOnePatience) {
  join(1);
  EXPECT_EQ(server->patiences.back(), milliseconds{900});
  advance(milliseconds{400});
  server->answer_as(holder);
  run();
  EXPECT_EQ(server->patiences.back(), milliseconds{500});
  advance(milliseconds{700});
  server->answer_as(holder);
  run();
  EXPECT_EQ(server->patiences.back(), Duration{0}) << "none is left: it ends there";
}

TEST_F(JoinServerAsking, AnAnswerThatNobodyWaitsForIsNothing) {
  caf::anon_send(actor, CryptoAnswered{test::join_eui, test::dev_eui, CryptoAnswer{}});
  run();
  const auto slot = join(1);
  answer_all();
  EXPECT_TRUE(*slot && **slot);
}

}  // namespace
}  // namespace ff::join_server
