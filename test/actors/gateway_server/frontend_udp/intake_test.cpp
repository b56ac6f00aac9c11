#include "actors/gateway_server/frontend_udp/intake.hpp"

#include <gtest/gtest.h>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <map>
#include <set>

#include "protocol/gateway/semtech_udp/packet.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::gateway_server {
namespace {

namespace semtech = gateway::semtech_udp;

constexpr std::uint64_t first_eui = 0xb827ebfffe000000;

Bytes push_of(std::uint64_t eui) {
  return semtech::make_packet(semtech::PacketType::push_data, 2, semtech::Token{1}, GatewayEui{eui},
                              "{}");
}
net::Endpoint from(std::string_view text) {
  return *net::Endpoint::parse(text);
}

/// Frontends that note whose datagrams they get.
class IntakeTest : public test::ActorFixture {
 protected:
  ~IntakeTest() override {
    for (std::size_t i = 0; i < handles.size(); ++i) {
      caf::anon_send_exit(handles[i], caf::exit_reason::user_shutdown);
      share->close(i);
    }
    run();
  }
  void open(std::size_t frontends, net::AddressRules rules = {}, std::size_t waiting_max = 1000) {
    share = std::make_shared<UdpListenerShare>(frontends, std::move(rules));
    heard.resize(frontends);
    for (std::size_t i = 0; i < frontends; ++i) {
      auto intake = std::make_shared<Intake>(waiting_max, probe);
      intakes.push_back(intake);
      handles.push_back(
          system->spawn([this, i](UdpFrontendHandle::pointer) -> UdpFrontendHandle::behavior_type {
            return {[this, i](const DatagramsReceived& message) {
                      for (const auto& one : *message.datagrams) heard[i].push_back(one.bytes);
                    },
                    [](const ConnectionReady&) {}, [](const ConnectionEnded&) {},
                    [](const SendDownlink&) {}, [](const actors::Tick&) {}};
          }));
      share->open(i, {handles.back(), intake});
    }
  }
  void deliver(const std::vector<Bytes>& datagrams, std::string_view sender = "192.0.2.1:40000") {
    std::vector<net::Datagram> batch;
    for (const auto& bytes : datagrams) batch.push_back({from(sender), bytes});
    share->deliver(batch, *probe);
    run();
  }
  double blocked() {
    return probe->outcomes[static_cast<std::size_t>(DatagramOutcome::blocked_address)]->Value();
  }

  std::shared_ptr<UdpProbe> probe = std::make_shared<UdpProbe>(metrics);
  std::shared_ptr<UdpListenerShare> share;
  std::vector<std::shared_ptr<Intake>> intakes;
  std::vector<UdpFrontendHandle> handles;
  std::vector<std::vector<Bytes>> heard;
};

TEST_F(IntakeTest, GivesEachGatewayToOneFrontendWhateverSocketItComesTo) {
  open(4);
  std::vector<Bytes> batch;
  for (std::uint64_t i = 0; i < 200; ++i) batch.push_back(push_of(first_eui + i));
  deliver(batch, "192.0.2.1:40000");
  deliver(batch, "198.51.100.1:50000");
  std::map<Bytes, std::set<std::size_t>> owners;
  for (std::size_t i = 0; i < heard.size(); ++i) {
    EXPECT_GT(heard[i].size(), 50U) << "an uneven share";
    for (const auto& bytes : heard[i]) owners[bytes].insert(i);
  }
  EXPECT_EQ(owners.size(), 200U);
  for (const auto& [bytes, who] : owners) EXPECT_EQ(who.size(), 1U);
}

TEST_F(IntakeTest, TakesDatagramsThatNameNoGateway) {
  open(4);
  deliver({Bytes{}, Bytes{1}, Bytes(11, 2)});
  EXPECT_EQ(heard[0].size(), 3U);
}

TEST_F(IntakeTest, KeepsToTheOperatorsRules) {
  open(1, {{*net::AddressBlock::parse("192.0.2.0/24")}, {*net::AddressBlock::parse("192.0.2.9")}});
  deliver({push_of(1)}, "192.0.2.1:1");
  deliver({push_of(2)}, "192.0.2.9:1");
  deliver({push_of(3)}, "198.51.100.1:1");
  EXPECT_EQ(heard[0], std::vector<Bytes>{push_of(1)});
  EXPECT_EQ(blocked(), 2);
}

TEST_F(IntakeTest, DropsWhatAFrontendCanNotTakeAndNothingOfOthers) {
  open(2, {}, 3);
  std::vector<Bytes> first;
  std::vector<Bytes> second;
  for (std::uint64_t i = 0; first.size() < 3 || second.size() < 3; ++i) {
    auto bytes = push_of(first_eui + i);
    auto& side = UdpListenerShare::owner_of(bytes, 2) == 0 ? first : second;
    side.push_back(std::move(bytes));
  }
  first.resize(3);
  second.resize(3);
  deliver(first);
  deliver(first);  // Nobody has taken the first ones out.
  deliver(second);
  EXPECT_EQ(heard[0].size(), 3U);
  EXPECT_EQ(heard[1].size(), 3U);
  EXPECT_EQ(probe->datagrams.dropped.Value(), 3);
  intakes[0]->handled(3);
  deliver(first);
  EXPECT_EQ(heard[0].size(), 6U);
}

TEST_F(IntakeTest, SurvivesTheAbsenceOfAFrontend) {
  open(1);
  share->close(0);
  deliver({push_of(1)});
  EXPECT_TRUE(heard[0].empty());
  share->open(0, {handles[0], intakes[0]});
  deliver({push_of(1)});
  EXPECT_EQ(heard[0].size(), 1U);
}

}  // namespace
}  // namespace ff::gateway_server
