#include "actors/gateway_server/frontend_basic_station/shells.hpp"

#include <gtest/gtest.h>

namespace ff::gateway_server {
namespace {

using std::chrono::milliseconds;

struct Port final : ShellPort {
  void output(Bytes data) override { heard += as_text(data); }
  void ended(const Error& reason) override { end = std::string(reason.name()); }
  std::string heard;
  std::string end;
};

struct Rig {
  Result<StationShells::Opened> open(const std::shared_ptr<Port>& port) {
    return shells.open({"user:admin", "xterm", port, {}}, now.utc);
  }
  StationShells::Telling type(std::uint8_t shell, std::size_t octets) {
    return shells.typed({shell, Bytes(octets, 'x')}, now);
  }
  void pass(Duration time) {
    now.mono += time;
    now.utc += time;
  }
  StationShells shells;
  Instant now{UtcTime{milliseconds{1'700'000'000'000}}, MonoTime{std::chrono::hours{1}}};
};

bool is_text_with(const StationShells::Telling& telling, std::string_view part) {
  const auto* text = std::get_if<std::string>(&telling);
  return text != nullptr && text->find(part) != std::string::npos;
}

TEST(StationShells, CarryWhatIsTypedAndSaid) {
  Rig rig;
  const auto first = std::make_shared<Port>();
  const auto second = std::make_shared<Port>();
  EXPECT_EQ(rig.open(first)->shell, 0);
  EXPECT_EQ(rig.open(second)->shell, 1);
  EXPECT_EQ(std::get<Bytes>(rig.type(1, 2)), (Bytes{1, 'x', 'x'}));
  rig.shells.said(Bytes{0, 'a'});
  rig.shells.said(Bytes{1, 'b', 'c'});
  rig.shells.said(Bytes{7, 'z'});
  rig.shells.said({});
  EXPECT_EQ(first->heard, "a");
  EXPECT_EQ(second->heard, "bc");
}

TEST(StationShells, AreTwoAtMost) {
  Rig rig;
  const auto port = std::make_shared<Port>();
  ASSERT_TRUE(rig.open(port));
  ASSERT_TRUE(rig.open(port));
  const auto refused = rig.open(port);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().is(remote_shells_in_use));
  EXPECT_TRUE(port->end.empty());
  EXPECT_TRUE(is_text_with(rig.shells.close({0}, rig.now.utc), R"("stop":0)"));
  EXPECT_EQ(port->end, "remote_shell_ended");
  EXPECT_EQ(rig.open(port)->shell, 0);
}

TEST(StationShells, EndWhenTheStationSaysSo) {
  Rig rig;
  const auto port = std::make_shared<Port>();
  ASSERT_TRUE(rig.open(port));
  rig.shells.said(Bytes{0});
  EXPECT_EQ(port->end, "remote_shell_ended");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(rig.type(0, 1)));
  EXPECT_TRUE(std::holds_alternative<std::monostate>(rig.shells.close({0}, rig.now.utc)));
  EXPECT_TRUE(std::holds_alternative<std::monostate>(rig.type(200, 1)));
}

TEST(StationShells, EndWithTheStation) {
  Rig rig;
  const auto port = std::make_shared<Port>();
  ASSERT_TRUE(rig.open(port));
  rig.shells.end(Error(no_remote_shell));
  EXPECT_EQ(port->end, "no_remote_shell");
  port->end.clear();
  rig.shells.end(Error(no_remote_shell));
  EXPECT_TRUE(port->end.empty());
}

TEST(StationShells, TakeSoMuchASecond) {
  Rig rig;
  const auto port = std::make_shared<Port>();
  ASSERT_TRUE(rig.open(port));
  for (int second = 0; second < 3; ++second) {
    EXPECT_TRUE(std::holds_alternative<Bytes>(rig.type(0, StationShells::input_max / 2)));
    EXPECT_TRUE(std::holds_alternative<Bytes>(rig.type(0, StationShells::input_max / 2)));
    rig.pass(std::chrono::seconds{1});
  }
  EXPECT_TRUE(std::holds_alternative<Bytes>(rig.type(0, StationShells::input_max)));
  rig.pass(milliseconds{999});
  EXPECT_TRUE(is_text_with(rig.type(0, 1), R"("stop":0)"));
  EXPECT_EQ(port->end, "remote_shell_input");
}

}  // namespace
}  // namespace ff::gateway_server
